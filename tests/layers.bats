#!/usr/bin/env bats
#
# scripts/img2rootfs -layers, against a real registry: the layers, stacked by overlayfs, are the image that umoci unpacks flat.

load img2rootfs

setup_file() {
	((EUID == 0)) || return 0
	prepare_img2rootfs
	export PATH=$FILES/bin:$PATH    # other tests write to the disk, and a sync would wait for that
	mkdir "$FILES/bin"
	ln -s "$(command -v true)" "$FILES/bin/sync"
	make_layers
	umoci init --layout "$FILES/layout"
	image image "$NATIVE" base changes top
	image sibling "$NATIVE" base other
	image implied "$NATIVE" base changes
	start_registry registry
	REGISTRY=$REPLY
	push "oci:$FILES/layout:image" "docker://$REGISTRY/image"
	push "oci:$FILES/layout:sibling" "docker://$REGISTRY/sibling"
	chmod -R a+rX "$FILES/layout"
}

# --- Images -----------------------------------------------------------------------------------------------------

make_layers() (
	umask 022
	cd "$FILES" || return

	mkdir -p base/{again,bin,closed,dir-to-file/below,file-to-link,gone/below,opaque/old,root,owned,usr/lib,replaced/below}
	cp "$(command -v busybox)" base/bin/busybox
	ln base/bin/busybox base/bin/hard
	ln -s usr/lib base/lib
	touch base/{again/old,bin/gone,closed/file,dir-to-file/below/file,file-to-dir,file-to-link/file,gone/below/file,opaque/{1,old/2}}
	touch base/{owned/file,replaced/{old,below/old},kept,usr/lib/kept,capable}
	chown -R 33:65534 base/owned
	chmod 2770 base/owned
	chmod 700 base/closed
	chmod 4755 base/bin/hard
	setcap cap_net_raw+ep base/capable
	touch -d @1000000000 base/kept
	layer base

	mkdir -p changes/{again,closed,dir-to-file,file-to-dir,opaque/new,replaced,bin,owned,lib}
	rmdir changes/dir-to-file
	echo file >changes/dir-to-file
	ln -s kept changes/file-to-link
	touch changes/{.wh.again,again/new,file-to-dir/file,opaque/{.wh..wh..opq,new/3},.wh.gone,bin/.wh.gone,.wh.replaced,replaced/new,closed/new}
	touch changes/{owned/.wh.nothing,lib/through-the-link}
	ln changes/closed/new changes/bin/new
	mkfifo changes/fifo
	# The directories are only implied, but for those that are new.
	tar -C changes -cf changes.tar --no-recursion .wh.again again again/new closed/new dir-to-file file-to-link file-to-dir file-to-dir/file fifo bin/new \
		opaque/.wh..wh..opq opaque/new opaque/new/3 .wh.gone bin/.wh.gone replaced replaced/new .wh.replaced owned/.wh.nothing \
		lib/through-the-link

	mkdir -p top/{gone,owned,usr/lib}
	touch top/{gone/again,.wh.fifo,.wh.opaque,owned/new,usr/lib/.wh.through-the-link}
	chmod 750 top/owned
	layer top --format=posix --pax-option="SCHILY.xattr.user.colour:=green"

	mkdir other
	echo other >other/other
	layer other
)

# tar_of NAME ENTRY…: makes the layer NAME for what tar(1) does not pack. An entry is a name and attributes of Python's TarInfo.
tar_of() {
	python3 - "$FILES/$1.tar" "${@:2}" <<-'END'
		import sys, tarfile
		with tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT) as archive:
		    for entry in sys.argv[2:]:
		        name, attributes = eval(entry, vars(tarfile))
		        member = tarfile.TarInfo(name)
		        for attribute in attributes.items():
		            setattr(member, *attribute)
		        archive.addfile(member)
	END
}

# hostile NAME ENTRY…: the image NAME has such a layer on top of base.
hostile() {
	tar_of "$@"
	image "$1" "$NATIVE" base "$1"
	chmod -R a+rX "$FILES/layout"
}

# --- What the tests say -----------------------------------------------------------------------------------------

# contents NAME: all that there is in $OUT/NAME, flat or of layers, and what is known of it, but for the times of directories.
contents() {
	local directory=$OUT/$1 lower=0 number=0 layer mounts
	if [[ -e $directory.layers ]]; then
		mounts=$(mktemp -d "$BATS_TEST_TMPDIR/mounts.XXXX")
		mkdir "$mounts"/{0,merged}
		while read -r layer; do
			ln -s "$OUT/$layer" "$mounts/$((++number))"
			lower=$number:$lower
		done <"$directory.layers"
		cd "$mounts" || return
		LIBMOUNT_FORCE_MOUNT2=always mount -t overlay -o "userxattr,lowerdir=$lower" overlay merged || return
		directory=$mounts/merged
	fi
	cd "$directory" || return
	tar --sort=name --xattrs --xattrs-include='*' --numeric-owner -cf - . |
		tar --xattrs --xattrs-include='*' --numeric-owner --full-time -tvv | sed -E 's/ +/ /g; /^d/s/ [0-9-]+ [0-9:.]+ / /'
	find . -type f -exec sha256sum {} + | sort -k 2
	PATH=$PATH:/sbin:/usr/sbin getcap -rn .
}

# assert_same NAME NAME [COMMAND…]: both have the same contents, as the command sees it.
assert_same() {
	local name
	for name in "$1" "$2"; do
		"${@:3}" unshare --mount env OUT="$OUT" BATS_TEST_TMPDIR="$BATS_TEST_TMPDIR" \
			bash -euo pipefail -c "$(declare -f contents); contents '$name'" >"$BATS_TEST_TMPDIR/$name.contents"
		[[ -s $BATS_TEST_TMPDIR/$name.contents ]]
	done
	diff -u "$BATS_TEST_TMPDIR"/{"$1","$2"}.contents
}

as_its_root() { as_user unshare --map-root-user --map-auto "$@"; }

layers_of() { wc -l <"$OUT/$1.layers"; }

# --- The layers are the image -----------------------------------------------------------------------------------

@test "root: the layers, stacked, are what umoci unpacks flat" {
	img2rootfs "${ARGS[@]}" -layers
	assert_success
	img2rootfs -image "$REGISTRY/image" -output "$OUT/flat"
	assert_same flat rootfs
	assert_equal "$(layers_of rootfs)" 3
	assert_only .layers flat flat.json rootfs rootfs.json rootfs.layers
	assert_equal "$(ls -A "$OUT/rootfs")" ''
}

@test "root: a layer that does not list its root directory has that of the layer below" {
	img2rootfs -image "oci:$FILES/layout:implied" -output "$OUT/rootfs" -layers
	img2rootfs -image "oci:$FILES/layout:implied" -output "$OUT/flat"
	assert_same flat rootfs
}

@test "root: each layer is root's, and open to its other users, whatever the image has" {
	mkdir "$FILES/odd"
	chown 1000:1000 "$FILES/odd"
	chmod 722 "$FILES/odd"
	tar -C "$FILES/odd" -cf "$FILES/odd.tar" .
	image odd "$NATIVE" odd other odd
	img2rootfs -image "oci:$FILES/layout:odd" -output "$OUT/rootfs" -layers
	assert_success
	assert_equal "$(cd "$OUT" && xargs stat -c %a:%u:%g .layers rootfs <rootfs.layers | xargs)" "700:0:0 755:0:0 755:0:0 555:0:0 755:0:0"
}

@test "user: the layers, stacked, are what umoci unpacks flat" {
	img2rootfs_as_user "${ARGS[@]}" -layers
	assert_success
	img2rootfs_as_user -image "$REGISTRY/image" -output "$OUT/flat"
	assert_same flat rootfs as_its_root
	assert_equal "$(stat -c %u "$OUT/rootfs")" "$(id -u learner)"
}

@test "user: without subordinate ids, every file of every layer belongs to the caller" {
	run --separate-stderr in_mount_namespace 'mount --bind /dev/null /etc/subuid' as_user "$IMG2ROOTFS" "${ARGS[@]}" -layers
	assert_success
	run find "$OUT" -mindepth 1 ! -user learner
	assert_output ''
	[[ -e $OUT/$(tail -n 1 "$OUT/rootfs.layers")/owned/new ]]
	# With subordinate ids, it will not take these.
	img2rootfs_as_user -image "$REGISTRY/sibling" -output "$OUT/sibling" -layers
	assert_regex "$stderr" "that are new, 2 of 2 "
}

@test "each layer has what it changes, deleted files as whiteouts, and its directory the name of its ChainID" {
	local base changes top
	img2rootfs "${ARGS[@]}" -layers
	{ read -r base && read -r changes && read -r top; } <"$OUT/rootfs.layers"
	assert_equal "$(stat -c '%F %t:%T' "$OUT/$changes"/{gone,bin/gone} | uniq)" "character special file 0:0"
	run find "$OUT/$changes" -name '.wh.*'
	assert_output ''
	assert_equal "$(cd "$OUT/$top" && find . | sort | xargs)" \
		". ./fifo ./gone ./gone/again ./opaque ./owned ./owned/new ./usr ./usr/lib ./usr/lib/through-the-link"
	jq -r '.rootfs.diff_ids[]' "$OUT/rootfs.json" >"$BATS_TEST_TMPDIR/diff_ids"
	assert_equal "$base" ".layers/$(sed -n 1p "$BATS_TEST_TMPDIR/diff_ids")"
	assert_equal "$changes" ".layers/sha256:$(printf '%s %s' "${base#.layers/}" "$(sed -n 2p "$BATS_TEST_TMPDIR/diff_ids")" | sha256sum | cut -c 1-64)"
}

@test "128 layers are stacked, and 129 refused" {
	local number
	for number in {1..129}; do
		echo "$number" >"$FILES/number"
		tar -C "$FILES" -cf "$FILES/number-$number.tar" number
	done
	image 128 "$NATIVE" base number-{2..128}
	umoci tag --image "$FILES/layout:128" 129
	umoci raw add-layer --image "$FILES/layout:129" "$FILES/number-129.tar"
	img2rootfs -image "oci:$FILES/layout:128" -output "$OUT/rootfs" -layers
	assert_success
	img2rootfs -image "oci:$FILES/layout:128" -output "$OUT/flat"
	assert_same flat rootfs
	assert_equal "$(layers_of rootfs)" 128
	img2rootfs -image "oci:$FILES/layout:129" -output "$OUT/more" -layers
	assert_explained 1 "oci:$FILES/layout:129 has 129 layers, and gcr stacks 128; leave out -layers$" \
		.layers flat flat.json rootfs rootfs.json rootfs.layers
}

# --- Sharing ----------------------------------------------------------------------------------------------------

# fetched REPOSITORY LINE: the blobs that the registry has sent since that line of its log.
fetched() { tail -n "+$(($2 + 1))" "$FILES/registry.log" | sed -n "s|.*\"GET /v2/$1/blobs/\([^ ]*\) .*|\1|p"; }

@test "a second image on the same base fetches and unpacks only what is new" {
	local since base
	img2rootfs "${ARGS[@]}" -layers
	assert_regex "$stderr" "that are new, 3 of 3 "
	base=$(stat -c %i:%Z "$OUT/$(head -n 1 "$OUT/rootfs.layers")")
	since=$(wc -l <"$FILES/registry.log")
	img2rootfs -image "$REGISTRY/sibling" -output "$OUT/sibling" -layers
	assert_regex "$stderr" "that are new, 1 of 2 "
	assert_equal "$(head -n 1 "$OUT/sibling.layers")" "$(head -n 1 "$OUT/rootfs.layers")"
	assert_equal "$(stat -c %i:%Z "$OUT/$(head -n 1 "$OUT/sibling.layers")")" "$base"
	assert_equal "$(fetched sibling "$since" | wc -l)" 2    # the config and one layer
}

@test "a layer on another base is another layer" {
	image moved "$NATIVE" other changes
	img2rootfs "${ARGS[@]}" -layers
	img2rootfs -image "oci:$FILES/layout:moved" -output "$OUT/moved" -layers
	assert_success
	assert_equal "$(cat "$OUT"/*.layers | sort -u | wc -l)" 5
}

@test "two images at once" {
	local first
	"$IMG2ROOTFS" "${ARGS[@]}" -layers 2>"$BATS_TEST_TMPDIR/log" 3>&- &
	first=$!
	img2rootfs -image "$REGISTRY/image" -output "$OUT/second" -layers
	assert_success
	wait "$first"
	cmp "$OUT"/{rootfs,second}.layers
	img2rootfs -image "$REGISTRY/image" -output "$OUT/flat"
	assert_same flat second
	assert_equal "$(ls -A "$OUT/.layers")" "$(sed 's|.*/||' "$OUT/second.layers" | sort)"
}

# --- All or nothing ---------------------------------------------------------------------------------------------

@test "SIGTERM while a layer is unpacked leaves nothing" {
	interrupt TERM umoci "${LIKE_FOREGROUND[@]}" -layers
	assert_only .layers
	assert_equal "$(ls -A "$OUT/.layers")" ''
}

@test "user: Ctrl+C while a layer is unpacked leaves nothing" {
	interrupt INT umoci as_user "${LIKE_FOREGROUND[@]}" -layers
	assert_only .layers
	assert_equal "$(ls -A "$OUT/.layers")" ''
}

# killed_at TOOL N: img2rootfs and all that it has started are killed at the Nth use of the tool.
killed_at() {
	stub "$1" <<-END
		echo >>"$BATS_TEST_TMPDIR/uses"
		[ \$(wc -l <"$BATS_TEST_TMPDIR/uses") -lt $2 ] || kill -KILL 0
		exec $(command -v "$1") "\$@"
	END
	: >"$BATS_TEST_TMPDIR/uses"
	run env PATH="$BATS_TEST_TMPDIR/bin:$PATH" "${LIKE_FOREGROUND[@]}" -layers -force
	assert_failure 137
	rm "$BATS_TEST_TMPDIR/bin/$1"
}

@test "SIGKILL at any moment: no half layer is ever used, and -prune removes what is left" {
	local moment
	img2rootfs -image "$REGISTRY/image" -output "$OUT/flat"
	for moment in "umoci 1" "umoci 3" "sync 1" "mv 1" "mv 3" "mv 4" "mv 6"; do
		# shellcheck disable=SC2086 # two words
		killed_at $moment
		[[ ! -e $OUT/rootfs ]]
		img2rootfs "${ARGS[@]}" -layers -force
		assert_success
		assert_same flat rootfs
		rm -r "$OUT"/{rootfs*,.layers}
	done
	killed_at umoci 2
	img2rootfs -prune "$OUT"
	assert_success
	assert_only .layers flat flat.json
	assert_equal "$(ls -A "$OUT/.layers")" ''
}

@test "-force replaces a flat root filesystem by layers, and layers by a flat one" {
	img2rootfs "${ARGS[@]}"
	img2rootfs "${ARGS[@]}" -layers -force
	assert_success
	assert_only .layers rootfs rootfs.json rootfs.layers
	assert_equal "$(ls -A "$OUT/rootfs")" ''
	img2rootfs "${ARGS[@]}" -force
	assert_success
	assert_only .layers rootfs rootfs.json
	[[ -e $OUT/rootfs/kept ]]
}

# --- Deleting ---------------------------------------------------------------------------------------------------

@test "-prune deletes layers that no image uses, and downloads" {
	local used
	img2rootfs "${ARGS[@]}" -layers
	img2rootfs -image "$REGISTRY/sibling" -output "$OUT/sibling" -layers
	[[ -n $(ls "$GCR_CACHE_DIR/blobs/sha256") ]]
	rm -r "$OUT/rootfs"
	img2rootfs -prune "$OUT"
	assert_success
	assert_regex "$stderr" "^==> deleting 2 layers, [0-9.]+K
==> deleting the downloads in $GCR_CACHE_DIR, [0-9.]+M\$"
	assert_only .layers sibling sibling.json sibling.layers
	mapfile -t used <"$OUT/sibling.layers"
	assert_equal "$(cd "$OUT" && printf '%s\n' .layers/*)" "$(printf '%s\n' "${used[@]}" | sort)"
	assert_equal "$(ls -A "$GCR_CACHE_DIR")" ''
}

@test "user: -prune deletes layers of subordinate ids" {
	img2rootfs_as_user "${ARGS[@]}" -layers
	rm -r "$OUT/rootfs"
	img2rootfs_as_user -prune "$OUT"
	assert_success
	assert_only .layers
	assert_equal "$(ls -A "$OUT/.layers")" ''
}

@test "-prune deletes nothing of a run that goes on" {
	local mode
	stub umoci <<-END
		"$IMG2ROOTFS" -prune "$OUT" 2>"$BATS_TEST_TMPDIR/pruned"
		exec $(command -v umoci) "\$@"
	END
	for mode in "" -layers; do
		# shellcheck disable=SC2086 # a word or none
		PATH=$BATS_TEST_TMPDIR/bin:$PATH img2rootfs "${ARGS[@]}" $mode -force
		assert_success
		if [[ $mode ]]; then
			assert_equal "$(cat "$BATS_TEST_TMPDIR/pruned")" "img2rootfs: another img2rootfs adds layers to $OUT; try again when it has ended"
		else
			assert_equal "$(tail -n 1 "$BATS_TEST_TMPDIR/pruned")" "==> kept the downloads in $GCR_CACHE_DIR: another img2rootfs is fetching"
		fi
	done
	assert_equal "$(stat -c %a "$GCR_CACHE_DIR/blobs")" 700    # an image may be private
	[[ -n $(ls "$GCR_CACHE_DIR/blobs/sha256") ]]
}

@test "-prune waits for nobody: not where another img2rootfs adds layers, nor for a layer in use" {
	local layer
	img2rootfs "${ARGS[@]}" -layers
	rm -r "$OUT/rootfs"
	run --separate-stderr flock --shared "$OUT/.layers" "$IMG2ROOTFS" -prune "$OUT"
	assert_explained 1 "another img2rootfs adds layers to $OUT; try again when it has ended" .layers rootfs.json rootfs.layers
	layer=$(echo "$OUT"/.layers/* | cut -d ' ' -f 2)
	run --separate-stderr flock --shared "$layer" "$IMG2ROOTFS" -prune "$OUT"
	assert_success
	assert_equal "$(echo "$OUT"/.layers/*)" "$layer"
	img2rootfs -prune "$OUT/none"
	assert_explained 1 "-prune $OUT/none: no such directory" .layers
}

# --- Downloads --------------------------------------------------------------------------------------------------

@test "a second try fetches only what the first one did not get" {
	local since
	interrupt TERM skopeo "${LIKE_FOREGROUND[@]}"
	assert_only
	rm "$GCR_CACHE_DIR/blobs/sha256/$(skopeo inspect --format '{{index .Layers 1}}' "oci:$FILES/layout:image" | cut -d : -f 2)"
	since=$(wc -l <"$FILES/registry.log")
	img2rootfs "${ARGS[@]}"
	assert_success
	assert_equal "$(fetched image "$since" | wc -l)" 2    # the config and one layer
}

@test "a download that was damaged on disk is noticed, and fetched again" {
	local blob mode
	for mode in "" -layers; do
		img2rootfs "${ARGS[@]}" -force
		blob=$(find "$GCR_CACHE_DIR/blobs" -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2)
		printf damage | dd bs=1 seek=5000 conv=notrunc status=none of="$blob"
		rm -r "$OUT"/rootfs*
		# shellcheck disable=SC2086 # a word or none
		img2rootfs "${ARGS[@]}" $mode
		assert_failure 1
		assert_regex "$stderr" "a download was damaged on this disk, and is deleted: try again \\("
		# shellcheck disable=SC2086
		img2rootfs "${ARGS[@]}" $mode
		assert_success
	done
}

# --- Hostile images ---------------------------------------------------------------------------------------------

@test "a layer whose archive is another than its config says" {
	cp -r "$FILES/layout" "$BATS_TEST_TMPDIR/layout"
	cd "$BATS_TEST_TMPDIR/layout/blobs/sha256"
	rewrite '.rootfs.diff_ids[1] = .rootfs.diff_ids[0]'
	for mode in "" -layers; do
		# shellcheck disable=SC2086 # a word or none
		img2rootfs -image "oci:$BATS_TEST_TMPDIR/layout:image" -output "$OUT/rootfs" $mode
		assert_failure 1
		assert_regex "$stderr" "diffid mismatch"
	done
	rewrite '.rootfs.diff_ids[0] = "../../../tmp"'
	img2rootfs -image "oci:$BATS_TEST_TMPDIR/layout:image" -output "$OUT/rootfs" -layers
	assert_explained 1 "oci:.* has a layer '../../../tmp', which is no digest by SHA-256$" .layers
	rewrite '.rootfs.diff_ids = .rootfs.diff_ids[0:1]'
	img2rootfs -image "oci:$BATS_TEST_TMPDIR/layout:image" -output "$OUT/rootfs" -layers
	assert_explained 1 "oci:.* has 3 layers, but its config speaks of 1$" .layers
}

# Changes the config of the image "image" in the layout around the working directory, by a filter of jq's.
rewrite() {
	local old
	skopeo inspect --raw "oci:$FILES/layout:image" >manifest.old
	old=$(jq -r .config.digest manifest.old)
	jq -c "$1" "${old#sha256:}" >config
	jq -c --arg digest "sha256:$(sha256sum config | cut -c 1-64)" --argjson size "$(stat -c %s config)" \
		'.config.digest = $digest | .config.size = $size' manifest.old >manifest
	cp config "$(sha256sum config | cut -c 1-64)"
	cp manifest "$(sha256sum manifest | cut -c 1-64)"
	jq --arg digest "sha256:$(sha256sum manifest | cut -c 1-64)" --argjson size "$(stat -c %s manifest)" \
		'(.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "image")) |= (.digest = $digest | .size = $size)' \
		"$FILES/layout/index.json" >../../index.json
}

# In overlayfs's own form, as in CVE-2023-0386's kind: what is below is hidden or led elsewhere.
@test "what means something to overlayfs gets into no layer" {
	local layer
	hostile attributes '("usr", dict(type=DIRTYPE, mode=0o755, pax_headers={"SCHILY.xattr.user.overlay.opaque": "y",
			"SCHILY.xattr.user.overlay.redirect": "/owned", "SCHILY.xattr.user.mine": "1"}))' \
		'("evil", dict(pax_headers={"SCHILY.xattr.user.overlay.metacopy": "", "SCHILY.xattr.user.overlay.redirect": "/kept"}))'
	for run in img2rootfs img2rootfs_as_user; do
		"$run" -image "oci:$FILES/layout:attributes" -output "$OUT/$run" -layers
		assert_success
		layer=$OUT/$(tail -n 1 "$OUT/$run.layers")
		run tar --xattrs --xattrs-include='*' -C "$layer" -cf - usr evil
		assert_output --partial "user.mine"
		refute_output --regexp 'user\.overlay\.(opaque|redirect|metacopy)'
		rm -r "$OUT/.layers"
	done
}

@test "a device 0:0 gets into no layer" {
	hostile device '("usr/lib", dict(type=CHRTYPE, devmajor=0, devminor=0))'
	img2rootfs -image "oci:$FILES/layout:device" -output "$OUT/rootfs" -layers
	assert_explained 1 "oci:.* has a device that no layer can hold \(0:0 means a deleted file\): leave out -layers \(" .layers
	rmdir "$OUT/.layers"
	img2rootfs_as_user -image "oci:$FILES/layout:device" -output "$OUT/rootfs" -layers
	assert_success
	run find "$OUT/.layers" -type c
	assert_output ''
}

@test "no layer writes or deletes outside: absolute names, .., links, whiteouts" {
	local name mode
	hostile names '("../../up", {})' '("/absolute", {})' '("out", dict(type=SYMTYPE, linkname="'"$OUT"'"))' '("out/through", {})' \
		'("lib/../../../../../twice", {})' '("up", dict(type=SYMTYPE, linkname="../../.."))' '("up/.wh.precious", {})'
	hostile hard-link '("hard", dict(type=LNKTYPE, linkname="../../../../../../../../etc/passwd"))'
	hostile parent '(".wh...", {})'
	hostile itself '("usr/.wh..", {})'
	hostile none '(".wh.", {})'
	mkdir "$OUT/precious"
	touch "$OUT/precious/file"
	for name in names hard-link parent itself none; do
		for mode in "" -layers; do
			# shellcheck disable=SC2086 # a word or none
			img2rootfs -image "oci:$FILES/layout:$name" -output "$OUT/rootfs" $mode
			[[ -e $OUT/precious/file ]]
			rm -rf "$OUT"/rootfs*
			rm -rf "$OUT/.layers"
			assert_only precious
		done
	done
	assert_equal "$(ls "$BATS_TEST_TMPDIR" --ignore='separate-stderr*')" out
}

# --- Wrong ------------------------------------------------------------------------------------------------------

@test "a file system that takes no layers" {
	run --separate-stderr in_mount_namespace "mkdir '$BATS_TEST_TMPDIR'/{upper,work}
		mount -t overlay -o 'lowerdir=$OUT,upperdir=$BATS_TEST_TMPDIR/upper,workdir=$BATS_TEST_TMPDIR/work' overlay '$OUT'" \
		"$IMG2ROOTFS" "${ARGS[@]}" -layers
	assert_failure 1
	assert_regex "$stderr" 'img2rootfs: this file system takes no layers: choose another -output \(on ext4, xfs or btrfs\), or leave out -layers \(overlayfs cannot write to overlayfs: '
	img2rootfs -image "$REGISTRY/image" -output "$OUT/.layers"
	assert_explained 2 "-output $OUT/.layers is for the layers of images"
}

@test "user: an owner outside the caller's subordinate ids" {
	hostile far '("far", dict(uid=2000000))'
	img2rootfs_as_user -image "oci:$FILES/layout:far" -output "$OUT/rootfs" -layers
	assert_explained 1 "you have too few subordinate ids for an owner in oci:.*: get more" .layers
	assert_equal "$(ls -A "$OUT/.layers")" ''
}

@test "user: layers of root's are not the user's" {
	mkdir -m 700 "$OUT/.layers"
	img2rootfs_as_user "${ARGS[@]}" -layers
	assert_explained 1 "$OUT/.layers belongs to another user; choose another -output, or use sudo$" .layers
}

# A tmpfs of kernel 6.1 has no attributes user.*, so overlayfs cannot delete a directory on it. This is what umoci says then.
@test "a file system that cannot note what is deleted" {
	stub umoci <<<'echo "   ⨯ unpack entry: .wh.again: whiteout remove: whiteout subpath: unlinkat merged/again: input/output error" >&2; exit 1'
	PATH=$BATS_TEST_TMPDIR/bin:$PATH img2rootfs "${ARGS[@]}" -layers
	assert_explained 1 "this file system takes no layers" .layers
}

@test "user: no user namespace at all" {
	stub unshare <<<'echo "unshare: unshare failed: Operation not permitted" >&2; exit 1'
	run --separate-stderr as_user PATH="$BATS_TEST_TMPDIR/bin:$PATH" "$IMG2ROOTFS" "${ARGS[@]}" -layers
	assert_explained 1 "-layers takes a user namespace: see scripts/doctor userns, or leave out -layers \\(unshare: unshare failed: " .layers
}

@test "the output may have spaces and colons in its name" {
	img2rootfs -image "$REGISTRY/image" -output "$OUT/some, where:x/my image:1" -layers
	assert_success
	assert_equal "$(ls -A "$OUT/some, where:x")" $'.layers\nmy image:1\nmy image:1.json\nmy image:1.layers'
	[[ -e "$OUT/some, where:x/$(tail -n 1 "$OUT/some, where:x/my image:1.layers")/owned/new" ]]
}

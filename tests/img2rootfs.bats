#!/usr/bin/env bats
#
# scripts/img2rootfs, against a real registry that serves a real image: three layers, two architectures.

load img2rootfs

setup_file() {
	((EUID == 0)) || return 0
	export OTHER=arm64
	prepare_img2rootfs
	[[ $NATIVE != arm64 ]] || OTHER=amd64
	make_image
	start_registry registry
	REGISTRY=$REPLY
	push --all oci:"$FILES/layout:all" "docker://$REGISTRY/image"
}

make_image() (
	umask 022
	cd "$FILES" || return
	umoci init --layout layout

	mkdir -p base/{bin,owner,mode,gone-too,opaque}
	cp "$(command -v busybox)" base/bin/busybox
	ln base/bin/busybox base/bin/hard
	ln -s /bin/busybox base/absolute
	ln -s bin/busybox base/relative
	ln -s /no/where base/dangling
	for id in 0 1 33 65534; do install -o $id -g $id /dev/null base/owner/$id; done
	for mode in 0000 0640 2755 4755; do install -m $mode /dev/null base/mode/file-$mode; done
	for mode in 0000 0700 1777; do install -d -m $mode base/mode/dir-$mode; done
	touch base/mode/dir-0000/inside base/{gone,gone-too/file,opaque/old,swap,capable} 'base/a name with späces'
	touch -d @1000000000 base/capable
	setcap cap_net_raw+ep base/capable
	mkfifo base/fifo
	layer base

	mkdir -p changes/{opaque,swap}
	touch changes/{.wh.gone,.wh.gone-too,opaque/.wh..wh..opq,opaque/new,swap/inside}
	layer changes

	for arch in "$NATIVE" "$OTHER"; do
		mkdir "mark-$arch"
		echo "$arch" >"mark-$arch/arch"
		layer "mark-$arch" --format=posix --pax-option="SCHILY.xattr.user.colour:=green"
		image "$arch" "$arch" base changes "mark-$arch"
	done

	index=$(printf '{"schemaVersion": 2, "manifests": [%s, %s]}' \
		"$(descriptor amd64 amd64)" "$(descriptor arm64 arm64)" | tee index | sha256sum)
	index=${index%% *}
	mv index "layout/blobs/sha256/$index"
	descriptor=$(printf '{"mediaType": "application/vnd.oci.image.index.v1+json", "digest": "sha256:%s", "size": %d,
		"annotations": {"org.opencontainers.image.ref.name": "all"}}' \
		"$index" "$(stat -c %s "layout/blobs/sha256/$index")")
	sed -i "s|\"manifests\":\[|&${descriptor//$'\n'/},|" layout/index.json
)

# What has to come out, with the ids of the owners as they are in the image.
IMAGE='/ d 555 0:0
/a name with späces f 644 0:0
/absolute l 777 0:0 /bin/busybox
/arch f 644 0:0
/bin d 755 0:0
/bin/busybox f 755 0:0
/bin/hard f 755 0:0
/capable f 644 0:0
/dangling l 777 0:0 /no/where
/fifo p 644 0:0
/mode d 755 0:0
/mode/dir-0000 d 0 0:0
/mode/dir-0000/inside f 644 0:0
/mode/dir-0700 d 700 0:0
/mode/dir-1777 d 1777 0:0
/mode/file-0000 f 0 0:0
/mode/file-0640 f 640 0:0
/mode/file-2755 f 2755 0:0
/mode/file-4755 f 4755 0:0
/opaque d 755 0:0
/opaque/new f 644 0:0
/owner d 755 0:0
/owner/0 f 755 0:0
/owner/1 f 755 1:1
/owner/33 f 755 33:33
/owner/65534 f 755 65534:65534
/relative l 777 0:0 bin/busybox
/swap d 755 0:0
/swap/inside f 644 0:0'

# --- What the tests say -----------------------------------------------------------------------------------------

# tree DIRECTORY [OWNER FIRST]: what is there, in the form of $IMAGE. To the test user, the OWNER
# is 0 and its subordinate ids, from FIRST, are 1 and so on; without these the ids are as they are.
tree() {
	find "$1" -printf '/%P\t%y\t%m\t%U\t%G\t%l\n' | LC_ALL=C sort | awk -F'\t' -v owner="${2-}" -v first="${3-}" '
		function id(n) { return first == "" ? n : n == owner ? 0 : n - first + 1 }
		{ print $1, $2, $3, id($4) ":" id($5) ($6 == "" ? "" : " " $6) }'
}

assert_tree() { assert_equal "$(tree "$@")" "$IMAGE"; }

# --- Right ------------------------------------------------------------------------------------------------------

@test "root: types, modes, owners, link targets and whiteouts are those of the image" {
	img2rootfs "${ARGS[@]}"
	assert_success
	assert_only rootfs rootfs.json
	assert_tree "$OUT/rootfs"
}

@test "root: hard links are one file, and a program runs" {
	img2rootfs "${ARGS[@]}"
	[[ $OUT/rootfs/bin/busybox -ef $OUT/rootfs/bin/hard ]]
	run chroot "$OUT/rootfs" /bin/busybox echo hello
	assert_output hello
}

@test "root: times, extended attributes and file capabilities are there" {
	img2rootfs "${ARGS[@]}"
	run stat -c %Y "$OUT/rootfs/capable"
	assert_output 1000000000
	run getcap "$OUT/rootfs/capable"
	assert_output --partial cap_net_raw=ep
	run tar --xattrs -C "$OUT/rootfs" -cf - arch
	assert_output --partial SCHILY.xattr.user.colour=green
}

@test "user: the caller owns what is root's, its subordinate ids own the rest" {
	img2rootfs_as_user "${ARGS[@]}"
	assert_success
	assert_only rootfs rootfs.json
	assert_tree "$OUT/rootfs" "$(id -u learner)" "$(sed -n 's/^learner:\([0-9]*\):.*/\1/p' /etc/subuid)"
}

@test "user: a file capability counts in the caller's user namespaces only" {
	img2rootfs_as_user "${ARGS[@]}"
	run getcap -n "$OUT/rootfs/capable"
	assert_output --partial "cap_net_raw=ep [rootid=$(id -u learner)]"
}

@test "user: without subordinate ids, it says so and the caller owns everything" {
	run --separate-stderr in_mount_namespace 'mount --bind /dev/null /etc/subuid' \
		as_user "$IMG2ROOTFS" "${ARGS[@]}"
	assert_success
	assert_regex "$stderr" 'no user namespace .* every file will belong to you \(unshare: .*/etc/subuid'
	assert_only rootfs rootfs.json
	refute_regex "$stderr" sysctl
	IMAGE=$(sed -E 's/ (1:1|33:33|65534:65534)$/ 0:0/' <<<"$IMAGE")
	assert_tree "$OUT/rootfs" "$(id -u learner)" 1
}

@test "user: where Ubuntu restricts user namespaces, it names the sysctl" {
	run --separate-stderr in_mount_namespace 'mount --bind /dev/null /etc/subuid; mount -t tmpfs none /proc/sys/kernel
		echo 1 >/proc/sys/kernel/apparmor_restrict_unprivileged_userns' as_user "$IMG2ROOTFS" "${ARGS[@]}"
	assert_success
	assert_regex "$stderr" 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0'
}

@test "user: no policy.json is needed, nor anything of root's" {
	run --separate-stderr in_mount_namespace 'mount -t tmpfs none /etc/containers
		mount -t tmpfs -o mode=700 none /var/lib/containers' as_user "$IMG2ROOTFS" "${ARGS[@]}"
	assert_success
}

@test "-arch chooses another architecture, and this machine's is the default" {
	img2rootfs -image "$REGISTRY/image" -output "$OUT/default"
	img2rootfs --image="$REGISTRY/image" --arch "$OTHER" -output "$OUT/other"
	assert_equal "$(cat "$OUT"/{default,other}/arch)" "$NATIVE"$'\n'"$OTHER"
}

assert_source() {
	img2rootfs -image "$1" -output "$OUT/rootfs"
	assert_success
	assert_tree "$OUT/rootfs"
}

@test "source: docker://" { assert_source "docker://$REGISTRY/image:latest"; }

@test "source: oci:" { assert_source "oci:$FILES/layout:all"; }

@test "source: a relative path" {
	cd "$FILES"
	assert_source "oci:layout:all"
}

@test "source: oci-archive:" {
	push "oci:$FILES/layout:$NATIVE" "oci-archive:$BATS_TEST_TMPDIR/image.tar"
	assert_source "oci-archive:$BATS_TEST_TMPDIR/image.tar"
}

@test "source: docker-archive:" {
	push "oci:$FILES/layout:$NATIVE" "docker-archive:$BATS_TEST_TMPDIR/image.tar:image:latest"
	assert_source "docker-archive:$BATS_TEST_TMPDIR/image.tar"
}

@test "source: an image whose config has no architecture" {
	local manifest config
	cp -r "$FILES/layout" "$BATS_TEST_TMPDIR/layout"
	cd "$BATS_TEST_TMPDIR/layout/blobs/sha256"
	manifest=$(skopeo inspect --raw "oci:$FILES/layout:$NATIVE")
	config=$(jq -r .config.digest <<<"$manifest")
	jq -c 'del(.architecture)' "${config#sha256:}" >config
	manifest=$(jq -c --arg digest "sha256:$(sha256sum config | cut -c 1-64)" --argjson size "$(stat -c %s config)" \
		'.config.digest = $digest | .config.size = $size' <<<"$manifest")
	mv config "$(sha256sum config | cut -c 1-64)"
	printf %s "$manifest" >manifest
	printf '{"schemaVersion": 2, "manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:%s", "size": %d,
		"annotations": {"org.opencontainers.image.ref.name": "bare"}}]}' "$(sha256sum manifest | cut -c 1-64)" "$(stat -c %s manifest)" >../../index.json
	mv manifest "$(sha256sum manifest | cut -c 1-64)"
	assert_source "oci:$BATS_TEST_TMPDIR/layout:bare"
}

# Where root has used podman.
@test "user: /run/containers is root's alone" {
	run --separate-stderr in_mount_namespace 'mount -t tmpfs none /run && mkdir -m 700 /run/containers' \
		as_user "$IMG2ROOTFS" "${ARGS[@]}"
	assert_success
	assert_only rootfs rootfs.json
}

@test "an owner outside the caller's subordinate ids" {
	mkdir -p "$FILES/far"
	install -o 2000000 -g 0 /dev/null "$FILES/far/file"
	layer far
	image far "$NATIVE" far
	chmod -R a+rX "$FILES/layout"
	img2rootfs_as_user -image "oci:$FILES/layout:far" -output "$OUT/rootfs"
	assert_explained 1 "you have too few subordinate ids for an owner in oci:$FILES/layout:far: get more \(scripts/doctor subids\), or use sudo \(.*chown"
}

# Who owns it, is root in gcr's container.
@test "root: the rootfs is root's, and open to its other users, whatever the image has" {
	mkdir -p "$FILES/odd/usr"
	chown 1000:1000 "$FILES/odd"
	chmod 722 "$FILES/odd"
	tar -C "$FILES/odd" -cf "$FILES/odd.tar" .
	image odd "$NATIVE" odd
	img2rootfs -image "oci:$FILES/layout:odd" -output "$OUT/rootfs"
	assert_success
	assert_equal "$(stat -c %a:%u:%g "$OUT/rootfs")" 755:0:0
}

@test "a directory that it makes for root filesystems is its maker's alone" {
	umask 022
	img2rootfs -image "$REGISTRY/image" -output "$OUT/rootfs/image"
	assert_success
	assert_equal "$(stat -c %a "$OUT/rootfs" "$OUT/rootfs/image" | xargs)" "700 555"
}

@test "source: layers that are compressed with zstd" {
	push --dest-compress --dest-compress-format zstd "oci:$FILES/layout:$NATIVE" "oci:$BATS_TEST_TMPDIR/zstd:latest"
	assert_source "oci:$BATS_TEST_TMPDIR/zstd:latest"
}

@test "the caller's umask does not close directories that the image only implies" {
	mkdir -p "$FILES/implied/usr/share"
	tar -C "$FILES/implied" -cf "$FILES/implied.tar" --no-recursion usr/share
	image implied "$NATIVE" implied
	umask 077
	img2rootfs -image "oci:$FILES/layout:implied" -output "$OUT/rootfs"
	assert_equal "$(stat -c %a "$OUT/rootfs" "$OUT/rootfs/usr" | xargs)" "755 755"
}

@test "the output may have spaces in its name, a colon, and parents that do not exist" {
	img2rootfs -image "$REGISTRY/image" -output "$OUT/some where/my ubuntu:24.04"
	assert_success
	assert_tree "$OUT/some where/my ubuntu:24.04"
	assert_equal "$(ls -A "$OUT/some where")" $'my ubuntu:24.04\nmy ubuntu:24.04.json'
}

@test "on a terminal, it shows the progress of the download" {
	run script --quiet --return --command "stty cols 100; $IMG2ROOTFS ${ARGS[*]}" /dev/null
	assert_success
	assert_line --partial "Copying blob"
}

# --- The config -------------------------------------------------------------------------------------------------

# assert_config TAG: beside the root filesystem is the config of that image, byte for byte.
assert_config() {
	local config
	config=$(skopeo inspect --raw "oci:$FILES/layout:$1" | jq -r .config.digest)
	cmp "$FILES/layout/blobs/sha256/${config#sha256:}" "$OUT/rootfs.json"
}

@test "the image's config is beside the root filesystem, as it is in the image" {
	img2rootfs "${ARGS[@]}"
	assert_success
	assert_config "$NATIVE"
	assert_equal "$(stat -c %a "$OUT/rootfs.json")" 644
	img2rootfs "${ARGS[@]}" -arch "$OTHER" -force
	assert_config "$OTHER"
}

@test "a file at the config's name stays, and only -force replaces it" {
	echo mine >"$OUT/rootfs.json"
	img2rootfs "${ARGS[@]}"
	assert_explained 1 "$OUT/rootfs.json exists; -force replaces it$" rootfs.json
	assert_equal "$(cat "$OUT/rootfs.json")" mine
	img2rootfs "${ARGS[@]}" -force
	assert_success
	assert_config "$NATIVE"
}

@test "Ctrl+C with -force at any rename: an old root filesystem has its old config, a new one its new config" {
	local count
	for count in 1 2 3 4 5; do
		rm -rf "$OUT"/rootfs*
		mkdir "$OUT/rootfs"
		echo old | tee "$OUT/rootfs/old" >"$OUT/rootfs.json"
		interrupt INT mv@$count "${LIKE_FOREGROUND[@]}" -force
		assert_only rootfs rootfs.json
		if [[ -e $OUT/rootfs/old ]]; then
			assert_equal "$(cat "$OUT/rootfs.json")" old
		else
			assert_config "$NATIVE"
		fi
	done
	[[ ! -e $OUT/rootfs/old ]]
}

# --- All or nothing ---------------------------------------------------------------------------------------------

@test "an output that exists stays, and only -force replaces it" {
	mkdir "$OUT/rootfs"
	touch "$OUT/rootfs/old"
	img2rootfs "${ARGS[@]}"
	assert_explained 1 "$OUT/rootfs exists; -force replaces it$" rootfs
	[[ -e $OUT/rootfs/old ]]

	img2rootfs "${ARGS[@]}" -force
	assert_success
	assert_only rootfs rootfs.json
	assert_tree "$OUT/rootfs"
}

@test "two at once make one output" {
	local first failed=0
	"$IMG2ROOTFS" "${ARGS[@]}" 2>"$BATS_TEST_TMPDIR/first" 3>&- &
	first=$!
	"$IMG2ROOTFS" "${ARGS[@]}" -arch "$OTHER" 2>"$BATS_TEST_TMPDIR/second" || failed=$?
	wait "$first" || failed=$((failed + $?))
	assert_equal "$failed" 1
	assert_equal "$(grep -h img2rootfs: "$BATS_TEST_TMPDIR"/{first,second})" "img2rootfs: $OUT/rootfs exists; -force replaces it"
	assert_only rootfs rootfs.json
	assert_config "$(cat "$OUT/rootfs/arch")"
}

@test "user: -force replaces a rootfs whose files belong to subordinate ids" {
	img2rootfs_as_user "${ARGS[@]}"
	img2rootfs_as_user "${ARGS[@]}" -force
	assert_success
	assert_only rootfs rootfs.json
}

@test "user: -force does not start on what belongs to somebody else" {
	mkdir "$OUT/rootfs"
	img2rootfs_as_user "${ARGS[@]}" -force
	assert_explained 1 "$OUT/rootfs belongs to another user; remove it, or use sudo" rootfs
}

@test "-force deletes nothing behind a symbolic link or a mount" {
	mkdir -p "$BATS_TEST_TMPDIR/precious" "$OUT/root fs/home"
	touch "$BATS_TEST_TMPDIR/precious/file"
	ln -s "$BATS_TEST_TMPDIR/precious" "$OUT/link"
	img2rootfs -image "$REGISTRY/image" -output "$OUT/link" -force
	assert_success
	run --separate-stderr in_mount_namespace "mount --bind '$BATS_TEST_TMPDIR/precious' '$OUT/root fs/home'" \
		"$IMG2ROOTFS" -image "$REGISTRY/image" -output "$OUT/root fs" -force
	assert_explained 1 "something is mounted in $OUT/root fs; unmount it first" link link.json "root fs"
	assert_tree "$OUT/link"
	[[ -e $BATS_TEST_TMPDIR/precious/file ]]
}

@test "SIGTERM while the image is fetched leaves nothing" {
	interrupt TERM skopeo "${LIKE_FOREGROUND[@]}"
	assert_only
}

@test "Ctrl+C while the image is unpacked leaves nothing" {
	interrupt INT umoci "${LIKE_FOREGROUND[@]}"
	assert_only
}

@test "a second Ctrl+C, during the removal, changes nothing" {
	stub rm <<<"kill -INT 0; exec $(command -v rm) \"\$@\""
	interrupt INT umoci "${LIKE_FOREGROUND[@]}"
	assert_only
}

@test "SIGTERM leaves nothing, even if the tool takes its time to end" {
	stub umoci <<END
for last; do :; done
trap 'sleep 0.2; mkdir "\$last"; exit' TERM
kill -TERM \$PPID
for _ in \$(seq 500); do sleep 0.02; done
END
	run env PATH="$BATS_TEST_TMPDIR/bin:$PATH" "${LIKE_FOREGROUND[@]}"
	assert_failure 143
	assert_only
}

@test "user: SIGTERM while the image is unpacked leaves nothing, not even of the subordinate ids" {
	interrupt TERM umoci as_user "${LIKE_FOREGROUND[@]}"
	assert_only
}

@test "user: Ctrl+C without subordinate ids leaves nothing, not even in directories of mode 0" {
	interrupt INT umoci in_mount_namespace 'mount --bind /dev/null /etc/subuid' as_user "${LIKE_FOREGROUND[@]}"
	assert_only
}

@test "SIGHUP with -force leaves the old root filesystem as it was" {
	mkdir "$OUT/rootfs"
	touch "$OUT/rootfs/old"
	interrupt HUP umoci "${LIKE_FOREGROUND[@]}" -force
	assert_only rootfs
	assert_equal "$(ls "$OUT/rootfs")" old
}

# --- Wrong ------------------------------------------------------------------------------------------------------

@test "a layer that is not what its digest says is refused, and with -force the old root filesystem stays" {
	local layer
	mkdir "$FILES/damaged"
	head -c 50000 /dev/urandom >"$FILES/damaged/noise"
	layer damaged
	image damaged "$NATIVE" base damaged
	push "oci:$FILES/layout:damaged" "docker://$REGISTRY/damaged"
	layer=$(skopeo inspect --tls-verify=false --format '{{index .Layers 1}}' "docker://$REGISTRY/damaged")
	printf damage | dd bs=1 seek=30000 conv=notrunc status=none \
		of="$(echo "$FILES"/registry/docker/registry/v2/blobs/sha256/*/"${layer#sha256:}"/data)"

	img2rootfs -image "$REGISTRY/damaged" -output "$OUT/rootfs"
	assert_explained 1 "skopeo failed with docker://$REGISTRY/damaged .*Digest did not match"
	mkdir "$OUT/rootfs"
	touch "$OUT/rootfs/old"
	img2rootfs -image "$REGISTRY/damaged" -output "$OUT/rootfs" -force
	assert_explained 1 "skopeo failed" rootfs
	[[ -e $OUT/rootfs/old ]]
}

@test "an image that deletes what is beside the root filesystem" {
	echo >"$FILES/.wh..."
	tar -C "$FILES" -cf "$FILES/beside.tar" .wh...
	image beside "$NATIVE" beside
	mkdir "$OUT/precious"
	img2rootfs -image "oci:$FILES/layout:beside" -output "$OUT/rootfs"
	assert_explained 1 "umoci failed with oci:$FILES/layout:beside " precious
}

@test "nobody listens at the registry's port" {
	img2rootfs -image 127.0.0.1:1/image -output "$OUT/rootfs"
	assert_explained 1 "the registry of docker://127.0.0.1:1/image does not answer: check its name and the network "
	assert_line --partial '(pinging container registry 127.0.0.1:1: Get "http://127.0.0.1:1/v2/": dial tcp'
}

@test "a registry that comes back in time" {
	local name=$FILES/restarted address
	start_registry restarted
	address=$REPLY
	push --all oci:"$FILES/layout:all" "docker://$address/image"
	kill "$(tail -n 1 "$FILES/pids")"
	wait "$(tail -n 1 "$FILES/pids")" || true
	sed -i "s/127.0.0.1:0/$address/" "$name.yml"
	{ sleep 0.3 && exec docker-registry serve "$name.yml"; } &>"$name.log" 3>&- &
	echo $! >>"$FILES/pids"
	img2rootfs -image "$address/image" -output "$OUT/rootfs"
	assert_success
}

@test "no such tag" {
	img2rootfs -image "$REGISTRY/image:none" -output "$OUT/rootfs"
	assert_explained 1 "there is no docker://$REGISTRY/image:none, or it needs 'skopeo login': check name and tag"
}

@test "no such repository" {
	img2rootfs -image "$REGISTRY/none" -output "$OUT/rootfs"
	assert_explained 1 "there is no docker://$REGISTRY/none, or it needs 'skopeo login': check name and tag"
}

@test "a registry that wants a login" {
	echo somebody:password >"$FILES/passwords"
	start_registry private "auth: {htpasswd: {realm: private, path: $FILES/passwords}}"
	img2rootfs -image "$REPLY/image" -output "$OUT/rootfs"
	assert_explained 1 "there is no docker://$REPLY/image, or it needs 'skopeo login'"
}

# assert_advice ADVICE WORDS: the advice when these are skopeo's words.
assert_advice() {
	stub skopeo <<END
echo >&2 'time="2025-01-01T00:00:00Z" level=fatal msg="initializing source docker://ubuntu:latest: $2"'
exit 1
END
	PATH=$BATS_TEST_TMPDIR/bin:$PATH img2rootfs -image ubuntu -output "$OUT/rootfs"
	assert_explained 1 "$1"
}

@test "what registries say elsewhere" {
	local hub='reading manifest latest in docker.io/library/ubuntu:'
	assert_advice "the registry's rate limit is reached" "$hub toomanyrequests: You have reached your pull rate limit."
	assert_advice "the registry's rate limit is reached" "$hub too many requests to registry"
	assert_advice ".*needs 'skopeo login'" "$hub requested access to the resource is denied"
	assert_advice ".*needs 'skopeo login'" "$hub authentication required"
	assert_advice ".*needs 'skopeo login'" "$hub repository name not known to registry"
	assert_advice ".* does not answer" 'pinging container registry ghcr.io: Get \\"https://ghcr.io/v2/\\": i/o timeout'
}

@test "no such architecture in a list of images" {
	img2rootfs "${ARGS[@]}" -arch s390x
	assert_explained 1 "there is no docker://$REGISTRY/image for s390x: choose another -arch"
}

@test "no such architecture in an image for one only" {
	img2rootfs -image "oci:$FILES/layout:$OTHER" -output "$OUT/rootfs"
	assert_explained 1 "oci:$FILES/layout:$OTHER is for $OTHER, not for $NATIVE: take another image, or -arch $OTHER"
}

@test "no such file" {
	img2rootfs -image docker-archive:/no/where.tar -output "$OUT/rootfs"
	assert_explained 1 "skopeo failed with docker-archive:/no/where.tar .*no such file or directory"
}

@test "a full disk, while the image is fetched" {
	run --separate-stderr in_mount_namespace "mkdir '$GCR_CACHE_DIR'; mount -t tmpfs -o size=64k none '$GCR_CACHE_DIR'" \
		"$IMG2ROOTFS" "${ARGS[@]}"
	assert_explained 1 "the disk is full: make room, or choose another -output or GCR_CACHE_DIR \(.*no space left on device"
}

@test "a full disk, while the image is unpacked" {
	mkdir "$FILES/large"
	truncate -s 4M "$FILES/large/zeroes"
	layer large
	image large "$NATIVE" large
	run --separate-stderr in_mount_namespace "mount -t tmpfs -o size=1m none '$OUT'; trap 'ls -A \"$OUT\"' EXIT" \
		"$IMG2ROOTFS" -image "oci:$FILES/layout:large" -output "$OUT/rootfs"
	assert_explained 1 "the disk is full: make room, or choose another -output or GCR_CACHE_DIR \(.*no space left on device"
}

# umoci 0.4 does so once in a thousand times: its verification races with its decompression.
@test "a full disk, over which the tool crashes" {
	stub umoci <<-'END'
		for output; do :; done
		head -c 20M /dev/zero >"$output" 2>/dev/null
		printf '%s\n' >&2 "panic: d.nx != 0" "" "goroutine 1 [running]:" "	main.go:172 +0x32"
		exit 2
	END
	run --separate-stderr in_mount_namespace "mount -t tmpfs -o size=16m none '$OUT'; trap 'ls -A \"$OUT\"' EXIT" \
		env PATH="$BATS_TEST_TMPDIR/bin:$PATH" "$IMG2ROOTFS" "${ARGS[@]}"
	assert_explained 1 "the disk is full: make room, or choose another -output or GCR_CACHE_DIR \(panic: d.nx != 0; no space left on device\)"
}

@test "user: a directory that the caller may not write to" {
	chmod 755 "$OUT"
	img2rootfs_as_user "${ARGS[@]}"
	assert_explained 1 "mktemp: .*Permission denied; choose another -output"
	img2rootfs_as_user -image "$REGISTRY/image" -output "$OUT/parent/rootfs"
	assert_explained 1 "mkdir: .*Permission denied; choose another -output"
}

@test "missing tools" {
	local tool
	mkdir -m 755 "$BATS_TEST_TMPDIR/bin"
	for tool in bash env id setpriv getent cut dirname uname sed; do ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin"; done
	run --separate-stderr env PATH="$BATS_TEST_TMPDIR/bin" "$IMG2ROOTFS" "${ARGS[@]}"
	assert_explained 1 'a tool is missing; run: sudo apt-get install skopeo umoci$'
	run --separate-stderr as_user PATH="$BATS_TEST_TMPDIR/bin" "$IMG2ROOTFS" "${ARGS[@]}"
	assert_explained 1 'a tool is missing; run: sudo apt-get install skopeo umoci uidmap$'
}

@test "wrong usage is status 2" {
	img2rootfs
	assert_explained 2 "-image and -output are needed; see scripts/img2rootfs --help"
	img2rootfs -image "$REGISTRY/image"
	assert_explained 2 "-image and -output are needed"
	img2rootfs -output "$OUT/rootfs" -image
	assert_explained 2 "-image needs a value"
	img2rootfs -output= -image x
	assert_explained 2 "-output needs a value"
	img2rootfs "${ARGS[@]}" -verbose
	assert_explained 2 "no option '-verbose'"
	img2rootfs -image containers-storage:localhost/mine -output "$OUT/rootfs"
	assert_explained 2 "-image containers-storage:localhost/mine: first 'podman save --format oci-archive -o FILE localhost/mine', then -image oci-archive:FILE"
	img2rootfs -image ostree:mine -output "$OUT/rootfs"
	assert_explained 2 "-image ostree:mine: no such source, ostree:"
	for file in x.tar ./x images/x.tgz /x; do
		img2rootfs -image "$file" -output "$OUT/rootfs"
		assert_explained 2 "-image $file: for a file, write docker-archive:FILE or oci-archive:FILE; for a directory, oci:DIRECTORY"
	done
	img2rootfs "$REGISTRY/image" "$OUT/rootfs"
	assert_explained 2 "'$REGISTRY/image' is no option"
}

@test "-help" {
	for option in -help --help -h; do
		img2rootfs "$option"
		assert_success
		assert_line --index 0 "usage: scripts/img2rootfs -image IMAGE -output DIRECTORY [-arch ARCH] [-layers] [-force]"
		assert_equal "$stderr" ''
	done
}

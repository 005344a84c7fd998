# What the tests of scripts/img2rootfs share: registries, images, and what they say of a run.
# shellcheck shell=bash disable=SC2034,SC2154 # names that the tests use; names that bats sets

bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert
load user

# For setup_file: copies the script to where an ordinary user reaches it, wherever the repository is.
prepare_img2rootfs() {
	export FILES=$BATS_FILE_TMPDIR IMG2ROOTFS=$BATS_FILE_TMPDIR/img2rootfs NATIVE REGISTRY CACHE=''
	NATIVE=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/; s/i[3-6]86/386/')
	[[ -e /var/lib/containers ]] || CACHE=/var/lib/containers    # skopeo makes it
	chmod a+x "$BATS_RUN_TMPDIR"
	install "$BATS_TEST_DIRNAME/../scripts/img2rootfs" "$IMG2ROOTFS"
	cp -r "$BATS_TEST_DIRNAME/../scripts/lib" "$FILES/lib"
	chmod -R a+rX "$FILES/lib"
}

teardown_file() {
	((EUID == 0)) || return 0
	[[ ! -e $FILES/pids ]] || xargs kill <"$FILES/pids"
	[[ ! $CACHE ]] || rm -rf "$CACHE"
}

setup() {
	((EUID == 0)) || skip "needs root: for files of several owners, and for an ordinary user"
	OUT=$BATS_TEST_TMPDIR/out
	chmod a+rwx "$BATS_TEST_TMPDIR"
	mkdir -m 777 "$OUT"
	export GCR_CACHE_DIR=$BATS_TEST_TMPDIR/cache
	ARGS=(-image "$REGISTRY/image" -output "$OUT/rootfs")
	# A background process of bash's ignores SIGINT, under nohup(1) SIGHUP, too, and is in the process group of the tests.
	LIKE_FOREGROUND=(setsid env --default-signal "$IMG2ROOTFS" "${ARGS[@]}")
}

# start_registry NAME [CONFIG]: starts one on a free port; its address is in $REPLY.
start_registry() {
	printf '%s\n' "version: 0.1" "storage: {filesystem: {rootdirectory: $FILES/$1}}" \
		"http: {addr: '127.0.0.1:0'}" "${2-}" >"$FILES/$1.yml"
	docker-registry serve "$FILES/$1.yml" &>"$FILES/$1.log" 3>&- &
	echo $! >>"$FILES/pids"
	until REPLY=$(sed -n 's/.*listening on \([0-9.:]*\).*/\1/p' "$FILES/$1.log") && [[ $REPLY ]]; do
		kill -0 $!
		sleep 0.02
	done
}

push() { skopeo --insecure-policy copy --quiet --dest-tls-verify=false "$@"; }

# layer NAME [OPTION…]: packs the directory NAME, with these options of tar's.
layer() {
	chmod 555 "$FILES/$1"    # as Fedora's, it is a root directory that not even its owner may write to
	tar --xattrs --xattrs-include='*' "${@:2}" -C "$FILES/$1" -cf "$FILES/$1.tar" .
}

# image TAG ARCH LAYER…: an image in the OCI layout.
image() {
	local layer
	umoci new --image "$FILES/layout:$1"
	umoci config --image "$FILES/layout:$1" --architecture "$2"
	for layer in "${@:3}"; do umoci raw add-layer --image "$FILES/layout:$1" "$FILES/$layer.tar"; done
}

# descriptor TAG ARCH: how an index refers to that image.
descriptor() {
	local manifest
	manifest=$(skopeo inspect --raw "oci:$FILES/layout:$1" | tee "$FILES/manifest" | sha256sum)
	printf '{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:%s", "size": %d,
		"platform": {"os": "linux", "architecture": "%s"}}' "${manifest%% *}" "$(stat -c %s "$FILES/manifest")" "$2"
}

# Nothing is in $OUT but this.
assert_only() { assert_equal "$(LC_ALL=C ls -A "$OUT")" "$(printf '%s\n' "$@")"; }

# assert_explained STATUS REGEX [NAME…]: it failed, one line says why, and nothing is left but what was there before.
assert_explained() {
	assert_failure "$1"
	assert_output ''
	# shellcheck disable=SC2154    # run sets it
	run grep -v '^==> ' <<<"$stderr"
	assert_output --regexp "^img2rootfs: $2"
	assert_equal "${#lines[@]}" 1
	assert_only "${@:3}"
}

as_user() { as_test_user GCR_CACHE_DIR="$GCR_CACHE_DIR" "$@"; }
img2rootfs() { run --separate-stderr "$IMG2ROOTFS" "$@"; }
img2rootfs_as_user() { run --separate-stderr as_user "$IMG2ROOTFS" "$@"; }

# in_mount_namespace SETUP COMMAND…: runs SETUP and the command where mounts are nobody else's.
in_mount_namespace() {
	export -f as_test_user as_user
	# shellcheck disable=SC2016
	unshare --mount bash -c 'eval "$1"; shift; "$@"' - "$@"
}

# stub TOOL <SCRIPT: puts a script of that name into $BATS_TEST_TMPDIR/bin.
stub() {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	(echo '#!/bin/sh' && cat) >"$BATS_TEST_TMPDIR/bin/$1"
	chmod +x "$BATS_TEST_TMPDIR/bin/$1"
}

# interrupt SIGNAL TOOL[@N] COMMAND…: COMMAND gets the signal when TOOL, at its Nth use, has done its work but lingers.
# SIGINT comes as from Ctrl+C, to the whole process group.
interrupt() {
	local signal=$1 tool=${2%@*} use=${2#"${2%@*}"} command pid child status=0 pids=$BATS_TEST_TMPDIR/pids
	shift 2
	use=${use#@}
	rm -f "$pids"*
	stub "$tool" <<END
$(command -v "$tool") "\$@"
echo >>$pids.uses
[ \$(wc -l <$pids.uses) -ne ${use:-1} ] || { echo \$(ps -o pgid= \$\$) \$\$ >$pids; exec sleep 100; }
END
	PATH=$BATS_TEST_TMPDIR/bin:$PATH "$@" &>"$BATS_TEST_TMPDIR/log" 3>&- &
	command=$!
	until [[ -s $pids ]]; do
		kill -0 "$command"
		sleep 0.02
	done
	read -r pid child <"$pids"
	[[ $signal != INT ]] || pid=-$pid
	kill "-$signal" -- "$pid"
	wait "$command" || status=$?
	assert_equal "$status" $((128 + $(kill -l "$signal")))
	run kill -0 "$child"
	assert_failure
}

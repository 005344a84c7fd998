# valgrind(1) finds no error and no leak, in a build with GCR_DYNAMIC. It does not know pidfd_open(2) and clone3, so these calls
# fail in it. So valgrind sees gcr up to its fork, and only the sanitizers see the container's process.

load helpers

memcheck=(valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite)

setup_file() {
	export rootfs=$BATS_FILE_TMPDIR/rootfs
	make_busybox_rootfs "$rootfs"
}

# Asserts that a command ends with this status under valgrind, and that valgrind prints nothing.
clean() {
	echo "${@:2}"
	run timeout 60 "${memcheck[@]}" "${@:2}"
	assert_equal "$status" "$1"
	refute_output --partial "by 0x"
}

@test "the unit tests" {
	local part
	CK_FORK=no CK_RUN_CASE=parse clean 0 "$build/tests/unit/unit"
	for part in cli fd id ids log try netlink rootfs; do
		CK_RUN_CASE=$part CK_DEFAULT_TIMEOUT=60 clean 0 "$build/tests/unit/unit"
		assert_output --partial "ok 1"
	done
}

@test "gcr, up to its fork" {
	local each
	for each in "$build"/steps/*; do
		clean 125 "$each/gcr" run -q -e A=1 -e B "$rootfs" true
		assert_output --regexp "gcr_prepare_child.*: Function not implemented" # valgrind knows no pidfd_open(2)
	done
}

@test "what gcr answers by itself" {
	use_step "$last_step"
	gcr=$build/steps/$step/gcr # with no shell between
	clean 0 "$gcr" --version
	clean 0 "$gcr" --help
	clean 2 "$gcr" run --memory x "$rootfs" true
	clean 2 "$gcr" run -p 80 "$rootfs" true
	clean 2 "$gcr" run --security-opt x "$rootfs" true
	clean 125 "$gcr" run nosuchname true
}

@test "gcr-net refuses" {
	local input
	for input in /dev/null /proc/self/ns/net /proc/self/ns/mnt; do
		clean 125 "$build/steps/$last_step/gcr-net" <"$input"
		assert_line "gcr: gcr-net: refused"
	done
}

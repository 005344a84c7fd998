# --explain tells the truth: tests/explain compares its output with what strace(1) sees. scripts/test runs this file once for
# each step.

load helpers
load user
load network

setup_file() {
	export rootfs=$BATS_FILE_TMPDIR/rootfs
	export ASAN_OPTIONS=detect_leaks=0 # LeakSanitizer and strace(1) exclude each other
	make_busybox_rootfs "$rootfs"
}

setup() {
	prepare_gcr
	! since v1.0 || inside true # it makes what gcr keeps its data in
}

teardown() {
	remove_host
}

# Asserts that a run with these options prints its calls as it makes them. The tracer is root, so newuidmap and gcr-net keep
# their privileges.
is_true() {
	! since v0.4 || set -- --hostname box "$@"
	! since v0.7 || set -- --net none "$@"
	run --separate-stderr "$top/tests/explain" "$BATS_TEST_TMPDIR" "rootfs->path=\"$rootfs\"" hostname='"box"' -- \
		"$gcr" run --explain "$@" "$rootfs" true
	[ "$status" -eq 0 ] || fail "${output:-$stderr}"
}

# Asserts that a call was told, so that the lists are not the same for want of any: told CALL
told() {
	grep -qxE "$1" "$BATS_TEST_TMPDIR/told" || fail "nothing is told of $1: $(cat "$BATS_TEST_TMPDIR/told")"
}

@test "explain: it tells the calls that it makes, in their order, and no other" {
	takes_root
	is_true
	told 'clone3\(.*CLONE_NEWPID.*'
	told 'setsid\(\)'
	told 'prctl\(PR_SET_DUMPABLE, 0\)'
	told 'fork\(\)'
	told 'exec true'
	! since v0.2 || told 'mount\("proc", path_of\(proc\)\.text, "proc", MS_NODEV\|MS_NOEXEC\|MS_NOSUID, NULL\)'
	! since v0.2 || told 'pivot_root\(".", "."\)'
	! since v0.3 || told "$([ -n "${GCR_USER:-}" ] && echo 'exec newuidmap .*' || echo 'write\(/proc/[0-9]+/uid_map, "0 .*"\)')"
	! since v0.4 || told 'sethostname\("box", .*\)'
	! since v0.9 || told 'write\(/proc/sys/user/max_user_namespaces, "0"\)'
	! since v1.0 || told 'mount\("overlay", ".*", "overlay", MS_NODEV\|MS_NOSUID, "userxattr,.*"\)'
	# After the filter there is only what it allows.
	! since v0.9 || assert_equal "$(grep -A 1 '^seccomp(SECCOMP_SET_MODE_FILTER' "$BATS_TEST_TMPDIR/told")" \
		$'seccomp(SECCOMP_SET_MODE_FILTER, 0, &program)\nfork()'
}

@test "explain: the way to the bridge" {
	takes_root
	since v0.7 || return 0
	# gcr-net begins with an empty environment: nothing could switch its LeakSanitizer off.
	! grep -q __asan_init "$build/steps/$step/gcr-net" || return 0
	make_host
	gcr_net setup -q
	is_true --net bridge
	told "$([ -n "${GCR_USER:-}" ] && echo 'exec /usr/local/libexec/gcr/gcr-net' || echo 'sendmsg\(RTM_NEWNEIGH\)')"
	told 'sendmsg\(RTM_NEWROUTE\)'
}

@test "explain: the filter in words, and none without it" {
	takes_root
	since v0.9 || return 0
	local errors names
	run -0 "$gcr" run --explain --net none "$rootfs" true
	assert_line "container | EPERM: add_key keyctl request_key"
	assert_line "container | ENOSYS: clone3"
	assert_line --regexp '^container \| allowed: .*signals, memory,'
	# All that is refused is told.
	errors=$(grep -cE '^container \| E[A-Z]+: ' <<<"$output")
	assert_equal "$errors" "$(grep -cE '^	\{ E[A-Z]+,' "$top/steps/$step/profile.c")"
	run -0 "$gcr" run --explain --net none --security-opt seccomp=unconfined "$rootfs" true
	refute_output --regexp 'E[A-Z]+: |seccomp\(2\)|max_user_namespaces'
	assert_line --partial "warning: no seccomp filter"
	is_true --security-opt seccomp=unconfined
}

@test "explain: the host's network" {
	takes_root
	since v0.7 || return 0
	is_true --net host
}

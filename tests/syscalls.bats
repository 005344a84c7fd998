# The filter of system calls, without a container: it is what the profile says, and the profile is podman's and docker's.

load helpers

setup_file() {
	use_step v0.9-seccomp
	export filter_maker=$build/steps/v0.9-seccomp/gcr-filter
}

# Prints the calls with another verdict than in podman's profile, for a container with gcr's capabilities.
differences() {
	local capabilities
	mapfile -t capabilities < <(sed -n '/ capabilities\[\] = {/,/};/p' "$top/steps/v0.9-seccomp/gcr.c" | grep -o 'CAP_[A-Z_]*')
	python3 "$top/tests/syscalls.py" <("$1" "$2") "$2" /usr/share/containers/seccomp.json "${capabilities[@]}"
}

# Compiles the profile as sed(1) changes it: other_filter_maker SCRIPT. Prints the path of the program.
other_filter_maker() {
	local work=$BATS_TEST_TMPDIR/other
	mkdir "$work"
	cp "$top"/steps/v0.9-seccomp/{gcr-filter.c,profile.h} "$work"
	sed "$1" "$top/steps/v0.9-seccomp/profile.c" >"$work/profile.c"
	! cmp -s "$work/profile.c" "$top/steps/v0.9-seccomp/profile.c" || fail "$1 changes nothing"
	cc -D_GNU_SOURCE -I"$top/common" -o "$work/gcr-filter" "$work"/*.c -lseccomp
	echo "$work/gcr-filter"
}

@test "verdict by verdict, the filter is podman's profile, but for named differences: x86-64, x32 and i386" {
	run -0 --separate-stderr differences "$filter_maker" x86_64
	assert_output ""
	assert_regex "$stderr" "# [0-9]{5,} verdicts"
}

@test "verdict by verdict, the filter is podman's profile, but for named differences: arm64 and arm" {
	run -0 --separate-stderr differences "$filter_maker" aarch64
	assert_output ""
	assert_regex "$stderr" "# [0-9]{5,} verdicts"
}

@test "a gcr of 32 bits has the filter of x86-64, as its container may have programs of 64" {
	cmp <("$filter_maker" x86_64) <("$filter_maker" i686)
}

@test "the comparison sees a call too many, one too few, another error, and a condition that is gone" {
	run -0 differences "$(other_filter_maker 's/ wait4 / /; s/{ ENOSYS, "clone3"/{ EPERM, "clone3"/; s/IS(0, AF_VSOCK)/IS(0, 41)/')" x86_64
	assert_line "x86_64 wait4(0x0, 0x0, 0x0) is ENOSYS, not allowed"
	assert_line "x86_64 clone3(0x0, 0x0, 0x0) is EPERM, not ENOSYS"
	assert_line "x32 socket(0x28, 0x0, 0x0) is allowed, not EPERM"
}

@test "a name that is no system call's, and a processor without a profile, end the build" {
	run -1 "$(other_filter_maker 's/ wait4 / waitt4 /')" x86_64
	assert_output "gcr-filter: profile.c: there is no system call 'waitt4'"
	run -1 "$filter_maker" riscv64
	assert_output "gcr-filter: no profile for the architecture 'riscv64'"
}

# v0.9: the kernel asks a filter before each system call of a container.
#
# hint: A filter holds for the process that loads it (seccomp(2)) and for all that this process forks. It never goes again. So which process loads it, what must be done before, and what after?
# hint: In the child: the namespace limit before /proc/sys is read-only, the filter after no_new_privs and after the last call that it refuses, and before the fork of the command. The filter is made when gcr is built: add_search() finds a number's verdict, add_group() looks at the arguments.
# hint: syscalls_load_filter(): syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), with the number of lines and the lines in struct sock_fprog. profile.c: { ENOSYS, "clone3" … }, { 0, "clone" … { HAS_NONE_OF(0, NAMESPACES) } }, { EPERM, "clone setns unshare" … }. add_group(), from the last line to the first: BPF_JEQ with condition->value, BPF_AND with condition->mask, add_load() of args[condition->argument], which is next. add_search(): BPF_JGE with ranges[half].first.

load ../walkthrough

export GCR_USER=$test_user
use_step v0.9-seccomp

setup_file() {
	prepare_walkthrough v0.8-ports v0.9-seccomp
}
teardown_file() {
	end_walkthrough
}

# Makes calls in the container, by their names in tests/probe.c. Prints a line for each: what it returned.
calls() {
	# shellcheck disable=SC2016 # for the shell inside
	"$gcr" run -q ubuntu bash -c 'cat >/tmp/probe && chmod +x /tmp/probe || exit
		for name; do echo "$name: $(/tmp/probe calls "$name")"; done' bash "$@" <"$build/tests/probe"
}

# Whether gcr tells that it loads the filter, before it fails.
loads_before_it_fails() {
	"$gcr" run --explain ubuntu true 2>&1 | grep -q SYS_seccomp
}

profile_allows_clone() {
	local folder=steps
	[ -z "${GCR_GRADE:-}" ] || folder=workshop
	grep -qE '\{ *0, *"([^"]* )?clone[ "]' "$top/$folder/$step/profile.c"
}

# As that of all walkthroughs, but a call that the filter refused, or that loads it, has another lesson.
eval "any_$(declare -f came_up)"
came_up() {
	local said
	said=$(grep '^gcr: ' <<<"$output" | grep -v '^gcr: warning: ') || true
	case $said in
		*SYS_seccomp*"Permission denied"* | *clone_container*)
			if [ -n "$(calls_of_gcr seccomp)" ]; then
				lesson "gcr has loaded the filter for itself: a filter holds for the process that calls seccomp(2) and for its children. Which process has to be under it?"
				return 1
			fi
			lesson "seccomp(2) takes no_new_privs (or CAP_SYS_ADMIN): without it, a filter could mislead a setuid program. Which call sets it, and does it come before?"
			[[ $said != *SYS_seccomp* ]] || return 1 ;;
		*SYS_seccomp*"Invalid argument"*)
			lesson "the kernel does not take the filter. It has 1 to 4096 lines, each jump goes to a later line, and each way ends at a BPF_RET: build/workshop/v0.9-seccomp/steps/v0.9-seccomp/filter.inc has the lines"
			return 1 ;;
		*SYS_seccomp*"Bad address"*)
			lesson "seccomp(2) takes the address of a struct sock_fprog, which has the number of lines and the address of the first"
			return 1 ;;
		*start_command*)
			lesson "the filter refuses fork(2), which is the system call clone, and no row of the profile allows clone"
			profile_allows_clone || return 1
			lesson "the filter refuses fork(2), which is the system call clone: the first row that fits decides, and one that refuses comes before the one that allows"
			[[ $said != *"Operation not permitted"* ]] || return 1
			lesson "the filter refuses fork(2), which is the system call clone, though the profile allows it: the search (add_search()) finds the verdict of another number. Which half has a number that is at least the first of the upper half (BPF_JGE)?"
			return 1 ;;
		*gcr_write_file*"Read-only file system"*)
			lesson "max_user_namespaces is in /proc/sys, which is read-only by then: what makes it so, and what has to come before?"
			return 1 ;;
		*"Function not implemented"*)
			lesson "the filter refuses a call that the profile allows: the search (add_search()) finds the verdict of another number. Which half has a number that is at least the first of the upper half (BPF_JGE)?"
			return 1 ;;
		*"Operation not permitted"*)
			if loads_before_it_fails; then
				lesson "the filter has refused a call of gcr's own: it was loaded too early. It refuses what builds a container, such as mount, pivot_root and keyctl: it comes after all of these"
				return 1
			fi ;;
	esac
	lesson "the container ended without a word, or by a signal: under the filter, it can neither print nor end. Does the search (add_search()) find the verdict of the number that it looks for?"
	[[ -n $output || $status -lt 128 ]]
	any_came_up
}

# Where a call was not refused: which process has a filter?
find_the_cause() {
	local seccomp
	seccomp=$("$gcr" run -q ubuntu sed -n 's/^Seccomp:\t//p' /proc/self/status /proc/1/status | paste -sd ' ')
	case $seccomp in
		"0 0") lesson "nobody has loaded the filter: /proc/PID/status of the command and of PID 1 say Seccomp: 0" ;;
		"0 2") lesson "PID 1 has the filter and the command has none (Seccomp: in /proc/PID/status): a child has the filters that its parent had at the fork" ;;
		"2 0") lesson "the command has the filter, and PID 1 has none (Seccomp: in /proc/PID/status): PID 1 is a process of the container, too" ;;
		*) lesson "${1:-the filter is loaded, and allows what the profile refuses: does add_search() look for the number of the call?}" ;;
	esac
}

@test "transcript: no user namespace inside" {
	run "$gcr" run -q ubuntu unshare --user true
	ended=$status
	came_up
	if [ "$output" != "unshare: unshare failed: Operation not permitted" ]; then
		find_the_cause
		return 1
	fi
	assert_equal "$ended" 1
}

@test "the command and PID 1 have the filter" {
	run "$gcr" run -q ubuntu grep -hE '^(NoNewPrivs|Seccomp):' /proc/self/status /proc/1/status
	came_up
	if [ "$output" != $'NoNewPrivs:\t1\nSeccomp:\t2\nNoNewPrivs:\t1\nSeccomp:\t2' ]; then
		find_the_cause "no_new_privs is not set in /proc/PID/status"
		return 1
	fi
}

@test "what the profile names returns EPERM, what it does not name ENOSYS" {
	run calls keyctl bpf userfaultfd io_uring_setup futex_waitv "a number without a call"
	came_up
	[[ $output == *"keyctl: EPERM"* ]] || { find_the_cause; return 1; }
	lesson "the search ends at the verdict of another call: each half begins with the number of its first range"
	assert_output $'keyctl: EPERM\nbpf: EPERM\nuserfaultfd: EPERM\nio_uring_setup: EPERM\nfutex_waitv: ENOSYS\na number without a call: ENOSYS'
}

@test "clone: processes, but no namespaces" {
	run calls "clone(SIGCHLD)" "clone(CLONE_NEWUSER)" "clone(CLONE_NEWNS)" "clone(CLONE_NEWUSER), with garbage" clone3 setns
	came_up
	lesson "clone(2) makes no process at all, and every program needs that"
	assert_line "clone(SIGCHLD): success"
	if [[ $output != *"clone(CLONE_NEWUSER): EPERM"* ]]; then
		find_the_cause "clone(2) may still make a user namespace: the flags are its argument 0, in the lower 32 bits. Which row of clone comes first, and which lines does add_group() add for its condition?"
		return 1
	fi
	lesson "one kind of namespace is refused by its flag, and another is not: the mask has to be NAMESPACES"
	assert_line "clone(CLONE_NEWNS): EPERM"
	lesson "garbage in the upper half of a register gets past the filter: the kernel takes an int from the lower 32 bits, and so must the filter"
	assert_line "clone(CLONE_NEWUSER), with garbage: EPERM"
	lesson "clone3 has to return ENOSYS: only then does libc take clone instead. With EPERM no program can start a thread"
	assert_line "clone3: ENOSYS"
	assert_line "setns: EPERM"
}

@test "arguments: some sockets, some personalities" {
	run calls "socket(AF_UNIX)" "socket(NETLINK_ROUTE)" "socket(AF_INET), with that number" "socket(AF_VSOCK)" "socket(AF_VSOCK), with garbage" "socket(NETLINK_AUDIT)" \
		"personality(PER_LINUX32)" "personality(ADDR_NO_RANDOMIZE)"
	came_up
	lesson "every socket is refused: nothing looks at the conditions of a row yet (add_group())"
	assert_line "socket(AF_UNIX): success"
	lesson "a row with two conditions refuses a socket for which one of the two holds: its error is only for the calls for which all hold"
	assert_line "socket(NETLINK_ROUTE): success"
	assert_line "socket(AF_INET), with that number: EPROTONOSUPPORT"
	[[ $output == *"socket(AF_VSOCK): EPERM"* ]] || { find_the_cause "a condition does not hold where it should: which half of the argument is loaded, and what is it compared with?"; return 1; }
	lesson "garbage in the upper half of a register gets past the filter: the kernel takes an int from the lower 32 bits, and so must the filter"
	assert_line "socket(AF_VSOCK), with garbage: EPERM"
	lesson "the row with two conditions never decides: where do the second one's lines go if it holds?"
	assert_line "socket(NETLINK_AUDIT): EINVAL"
	assert_line "personality(PER_LINUX32): success"
	assert_line "personality(ADDR_NO_RANDOMIZE): ENOSYS"
}

@test "calls of another architecture are no way around" {
	run calls "unshare(CLONE_NEWUSER)" "unshare of x32"
	came_up
	[[ $output == *"unshare(CLONE_NEWUSER): EPERM"* ]] || { find_the_cause; return 1; }
	[ "$(uname -m)" = x86_64 ] || return 0
	lesson "x32 is x86-64 with other numbers: they have a bit more, and ranges of their own"
	assert_line "unshare of x32: EPERM"
	# shellcheck disable=SC2016 # for the shell inside
	run "$gcr" run -q ubuntu bash -c 'cat >/tmp/probe && chmod +x /tmp/probe && /tmp/probe call-other' <"$build/tests/probe"
	lesson "a program of 64 bits may also make calls of 32 bits, which have other numbers: a filter first looks at the architecture (AUDIT_ARCH_I386), then at the number"
	assert_output --regexp "EPERM|Segmentation fault" # a kernel without such calls
}

@test "the second wall: user.max_user_namespaces is 0, and stays 0" {
	before=$(cat /proc/sys/user/max_user_namespaces)
	run "$gcr" run -q ubuntu bash -c 'cat /proc/sys/user/max_user_namespaces; echo 100 >/proc/sys/user/max_user_namespaces'
	lesson "gcr wrote the limit of the host: each user namespace has its own, and a process sees that of the namespace that it is in"
	assert_equal "$(cat /proc/sys/user/max_user_namespaces)" "$before"
	came_up
	lesson "a process in the container's user namespace may make others in it, once it has got past the filter: user.max_user_namespaces is not 0 (namespaces(7))"
	assert_line --index 0 0
	lesson "the container may raise its limit again: /proc/sys has to be read-only inside"
	assert_line --index 1 --partial "Read-only file system"
	# A process that enters by nsenter(1) is not under the filter.
	start ubuntu bash -c 'echo ready; exec sleep 1000'
	run as_test_user nsenter --user --target "$(command_pid)" unshare --user true
	lesson "without the filter, this limit has to stop the namespace: the kernel then says that there is no space left"
	assert_output --partial "No space left on device"
}

@test "--security-opt seccomp=unconfined" {
	run "$gcr" run -q --security-opt seccomp=unconfined ubuntu bash -c 'unshare --user true && echo allowed'
	lesson "gcr does not know --security-opt yet: the options of syscalls.h want a row in struct gcr_program"
	refute_output --partial "no such option"
	came_up
	lesson "with seccomp=unconfined, both walls are left out: the filter and the limit"
	assert_line allowed
	lesson "who leaves the filter out has to be warned: gcr_warn() also warns under -q"
	assert_output --partial "gcr: warning: "
	says "gcr: warning: no seccomp filter: the container may make every system call"
	run "$gcr" run -q --security-opt seccomp=strict ubuntu true
	lesson "a value that gcr does not know is a mistake on the command line: one line, status 2"
	assert_refused 2
	says "gcr: --security-opt 'seccomp=strict': there is only seccomp=unconfined"
}

@test "before: v0.8 allows it all" {
	use_step v0.8-ports
	run -0 calls "unshare(CLONE_NEWUSER)" keyctl "socket(NETLINK_AUDIT)"
	assert_output $'unshare(CLONE_NEWUSER): success\nkeyctl: success\nsocket(NETLINK_AUDIT): success'
}

# v0.1: the transcript of the original, the init that a container takes, and the gap that this step leaves.
#
# hint: A process cannot move to another pid namespace; it is born there. So the call that forks makes the namespace. Its first process is PID 1, and the kernel expects an init there: a process that waits for its children and passes signals on.
# hint: clone3(2) takes a struct with the flags that make namespaces; pid_namespaces(7) names this one. PID 1 blocks all signals, forks the command, and loops at sigwaitinfo(2): SIGCHLD says that a child has ended, any other signal is for the command. gcr waits for PID 1.
# hint: In main(): gcr_prepare_child(), clone_container(), container() in the child, gcr_end_as() of what gcr_wait() returns in gcr. clone_container(): syscall(SYS_clone3, …) with CLONE_PIDFD | CLONE_NEWPID, SIGCHLD and &child->pidfd, while sigprocmask(2) blocks all. start_command(): fork, setsid, gcr_take_streams, gcr_reset_signals, gcr_exec. reap_children(): waitpid(-1, …, WNOHANG) until there is none, then gcr_send_status() and _exit() if the command was among them.

load ../walkthrough
export GCR_APART=yes
use_step v0.1-pid

setup_file() {
	prepare_guard
}
teardown() {
	end_test
	[ -z "${container:-}" ] || kill -KILL "$container" 2>/dev/null || true
}

# Whether both processes go on as the child.
both_are_the_child() {
	[ "$(grep -c '\[fork\] as pid' <<<"$1")" -ge 2 ]
}
both="clone3(2) returns twice, as fork(2) does, and here both go on in container(): it returns 0 in the child alone"

# shellcheck disable=SC2317 # called by look_first()
why_it_hangs() {
	if both_are_the_child "$1"; then
		echo "$both"
	elif grep -q '[#$] exit' <<<"$1"; then
		echo "bash has ended, and gcr has not: PID 1 learns of the end by SIGCHLD, which the kernel drops if PID 1 does not block it; gcr learns of PID 1's end by child->pidfd, which clone3(2) fills in"
	else
		lesson_of_a_hang
	fi
}

# Starts a command that waits, and sets $init and $command to what the host calls PID 1 and PID 2.
start_waiting() {
	start ubuntu bash -c "${1:-} echo ready; exec sleep 1000"
	init=$(container_pid)
	command=$(pgrep --parent "$init" --oldest)
}

@test "transcript: sudo ./gcr run ubuntu bash" {
	run "$top/tests/terminal" "$gcr run ubuntu bash" "exit"
	ended=$status
	run -0 normalized <<<"$output"
	lesson "$both"
	refute both_are_the_child "$output"
	lesson "gcr has to say with which pid it runs"
	assert_line --index 0 "<date> [run] as pid <pid>"
	lesson "the child is none that gcr can wait for: the struct of clone3(2) names the signal that a child sends at its end, and fork(2) has SIGCHLD there"
	refute_output --partial "No child processes"
	lesson "the command cannot take the terminal: only the first process of a session can, and it becomes that by setsid(2), before"
	refute_output --partial "gcr_take_streams(&child->streams): Operation not permitted"
	lesson "the command has no terminal to take: gcr_open_terminal() in PID 1 makes it, before the command is started"
	refute_output --partial "gcr_take_streams(&child->streams): Bad file descriptor"
	lesson "bash did not live to read a line: does gcr wait for the command's end?"
	assert_output --regexp '[#$] exit'
	lesson "the child has a pid of the host's, it should be 1: which clone flag makes a pid namespace?"
	assert_line --index 1 "<date> [fork] as pid 1"
	lesson "the child has to say what it is about to run, and then start it"
	assert_line --index 2 "running command: [ubuntu bash]"
	assert_line --index 3 "Container running... press Ctrl+C to stop."
	assert_line --index 4 --regexp '[#$] exit$'
	lesson "bash ended with status 0, and gcr with $ended: what gcr_wait() returns is for gcr_end_as()"
	assert_equal "$ended" 0
}

@test "the command is PID 2, and still /proc shows the host" {
	# A process of the host's, older than the container.
	sleep 98765 3>&- &
	run "$gcr" run -q ubuntu bash -c "echo pid=\$\$; tr '\\0' ' ' </proc/$!/cmdline"
	kill $!
	came_up
	lesson "the command is not PID 2: PID 1 is gcr's own init, which forks once, and the child executes the command"
	assert_line pid=2
	lesson "the host's processes should still be seen: /proc is the host's until v0.2"
	assert_line "sleep 98765 "
}

@test "without root: one line that says what to do" {
	GCR_USER=nobody
	use_step v0.1-pid
	prepare_gcr
	# shellcheck disable=SC2317 # look_first() calls it
	why_it_hangs() { echo "the kernel refuses clone3(2) here, and gcr went on: TRY() ends it where a call fails"; }
	run "$gcr" run -q /usr true
	lesson "where the kernel refuses a call, gcr has to end with 125 and one line: what failed, and why"
	assert_refused 125
}

# --- how it ends -----------------------------------------------------------------------------------

@test "gcr ends as the command did" {
	run "$gcr" run -q ubuntu bash -c "exit 7"
	came_up
	# Bash has ended so. If PID 1 has, too, the status is lost in gcr.
	strace -f -qq -e trace=exit_group -e signal=none -o "$BATS_TEST_TMPDIR/ends" "$gcr" run -q ubuntu bash -c "exit 7" >/dev/null 2>&1 || true
	if [ "$(grep -c 'exit_group(7)' "$BATS_TEST_TMPDIR/ends")" -ge 2 ]; then
		lesson "the command ended with status 7, PID 1 with the same, and gcr with another: what gcr_wait() returns is for gcr_end_as()"
	else
		lesson "the command ended with status 7, and PID 1 with another: what waitpid(2) says of the command is for gcr_send_status(), then for _exit(2)"
	fi
	assert_equal "$status" 7
	# The status that wait(2) gives has the signal in its low bits.
	run perl -e 'exit(system(@ARGV) & 127)' "$gcr" run -q ubuntu bash -c 'kill -TERM $$'
	lesson "SIGTERM ended the command, and gcr ended otherwise: a shell's loop stops at Ctrl+C only if the signal ends gcr, too; does PID 1 send the status (gcr_send_status()), and does gcr end by gcr_end_as()?"
	assert_equal "$status" 15
}

@test "a signal to gcr reaches the command" {
	start ubuntu bash -c 'trap "exit 5" TERM; echo ready; for i in {1..30}; do sleep 0.1; done; exit 6'
	kill -TERM "$gcr_pid"
	# The command has 3 seconds for it.
	why_it_hangs() { echo "SIGTERM to gcr did not reach the command, and PID 1 does not end: gcr_wait() passes signals to PID 1, and PID 1 has to pass them to the command"; }
	lesson "SIGTERM to gcr did not reach the command: gcr_wait() passes signals to PID 1, and PID 1 has to pass them to the command"
	ended_with 5
}

@test "a signal does what it does without a container" {
	start_waiting
	lesson "the command begins with signals blocked: a child of PID 1 has inherited that; gcr_reset_signals() before the exec ends it"
	run -0 grep SigBlk "/proc/$command/status"
	assert_output $'SigBlk:\t0000000000000000'
	kill -KILL "$gcr_pid"
	start ubuntu bash -c 'trap "" TERM; echo ready; for i in {1..10}; do sleep 0.1; done; exit 6'
	kill -TERM "$gcr_pid"
	lesson "the command ignores SIGTERM, and SIGTERM ended the container: what a signal does is for the command to say; PID 1 only passes it on"
	ended_with 6
	start_waiting
	kill -TERM "$gcr_pid"
	lesson "SIGTERM did not end a command that knows nothing of signals: the kernel takes no default action for PID 1, but it does for PID 2"
	ended_with 143
}

@test "what its caller ignores, the command does not" {
	run env --ignore-signal=HUP --ignore-signal=USR1 "$gcr" run -q ubuntu grep -E "Sig(Ign|Blk)" /proc/self/status
	came_up
	lesson "the command ignores the signals that gcr's caller ignores, or has them blocked: a fork and an exec keep both; gcr_reset_signals() before the exec ends that"
	assert_output $'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000'
}

@test "the container does not outlive gcr" {
	start ubuntu bash -c 'echo ready; exec sleep 1000'
	container=$(container_pid)
	kill -KILL "$gcr_pid"
	lesson "gcr was killed, and its container lives on: PR_SET_PDEATHSIG in prctl(2) lets a child die with its parent"
	retry 30 '[ ! -e "/proc/$container" ]'
}

# --- what an init does -----------------------------------------------------------------------------

@test "PID 1 waits for the orphans" {
	start_waiting 'for i in {1..10}; do (sleep 0.5 &); done;'
	# They end while it is stopped. The kernel keeps one SIGCHLD then, and no more.
	kill -STOP "$init"
	sleep 1
	kill -CONT "$init"
	lesson "processes that have ended are left as zombies: when a parent ends before its child, PID 1 becomes the child's parent, and waits for it; waitpid(-1, …) waits for any child, and one SIGCHLD may tell of several"
	retry 20 '[ "$(pgrep --parent "$init")" = "$command" ]'
}

@test "the end of an orphan is not the end of the container" {
	run "$gcr" run -q ubuntu bash -c '(bash -c "sleep 0.1; exit 3" &); sleep 0.5; echo still there; exit 7'
	ended=$status
	came_up
	lesson "an orphan has ended, and the container with it: waitpid(2) tells which child it was; only the command's end is PID 1's"
	assert_output "still there"
	assert_equal "$ended" 7
}

@test "the container ends with the command" {
	# Its output is a file: what is left behind would keep a pipe open.
	GCR_PATIENCE=8 "$gcr" run -q ubuntu bash -c 'sleep 98764 & echo $$; exit 7' >"$BATS_TEST_TMPDIR/output" 2>&1 3>&- &
	gcr_job=$!
	retry 50 '! kill -0 "$gcr_job" || [ -s "$BATS_TEST_TMPDIR/output" ]'
	show "$(cat "$BATS_TEST_TMPDIR/output")"
	lesson "the command has ended, and a process that it left behind lives on: PID 1 has to end with the command, and the kernel kills all that is left"
	retry 20 '! pgrep -f "^sleep 98764"'
	wait "$gcr_job" && ended=0 || ended=$?
	lesson "with the command, gcr has to end, and with its status"
	assert_equal "$ended" 7
}

@test "PID 1 is called gcr-init, and has nothing open but its socket" {
	start_waiting
	lesson "PID 1 has descriptors that are the command's, or gcr's: as long as it has them, nobody sees that the command has closed its own; gcr_keep_socket() leaves it one"
	retry 20 '[ "$(ls "/proc/$init/fd")" = 0 ]'
	run -0 readlink "/proc/$init/fd/0"
	assert_output --partial "socket:"
	lesson "ps shows gcr's own words as PID 1's, with names of the host's files: gcr_set_title() gives it another"
	retry 20 '[ "$(tr "\\0" " " <"/proc/$init/cmdline" | sed "s/ *\$//")" = gcr-init ]'
}

@test "PID 1 is not to be traced" {
	# Without the capability by which root traces any process. A process that may trace another may read this link.
	run setpriv --bounding-set=-sys_ptrace "$gcr" run -q ubuntu bash -c \
		'while read -r name value; do [ "$name" != PPid: ] || readlink "/proc/$value/exe" || echo refused; done </proc/self/status'
	lesson "the command can open the program that PID 1 runs, which is gcr (CVE-2019-5736), and trace it: a process that is not dumpable refuses both (PR_SET_DUMPABLE in prctl(2))"
	assert_line refused
}

# --- its session and its terminal ------------------------------------------------------------------

@test "PID 1 has a session of its own, and so has the command" {
	start_waiting
	run -0 ps -o sid= -p "$init"
	lesson "PID 1 is in its caller's session, and so in reach of the caller's terminal: it leaves both by setsid(2), in gcr_leave_caller()"
	assert_equal "$((output))" "$init"
	run -0 ps -o sid= -p "$command"
	lesson "the command is in PID 1's session: what it signals to its process group comes back to PID 1, and it can take no terminal; it leads a session of its own after setsid(2)"
	assert_equal "$((output))" "$command"
}

@test "kill 0 does not reach the caller's process group" {
	run setsid --wait bash -c '"$0" run -q ubuntu bash -c "kill -TERM 0; sleep 5"; echo "alive, after $?"' "$gcr"
	lesson "the container has signalled its caller's process group (kill(0, …)): a process leaves that by setsid(2)"
	assert_line "alive, after 143"
}

@test "the terminal is the container's own" {
	run "$top/tests/terminal" "tty; $gcr run -q ubuntu tty"
	lesson "the command has the terminal of gcr's caller: gcr_take_streams() gives it its own, which gcr copies to and from"
	assert_regex "${lines[0]}" '^/dev/pts/'
	assert_regex "${lines[1]}" '^/dev/pts/'
	assert_not_equal "${lines[1]}" "${lines[0]}"
	run "$top/tests/terminal" "$gcr run -q ubuntu bash -c 'echo Password: >/dev/tty; echo over' </dev/null 2>&1 | cat"
	lesson "all streams lead elsewhere, and the container still wrote to its caller's terminal: /dev/tty opens the terminal of a session, and PID 1 and the command leave their caller's by setsid(2)"
	assert_output --partial "No such device or address"
	assert_output --partial over
}

# --- what goes along -------------------------------------------------------------------------------

@test "no open file of the caller's goes along" {
	lesson "a descriptor of the caller's is open in the container: before the exec, all but 0, 1 and 2 have to be closed or marked close-on-exec"
	run -0 "$gcr" run -q ubuntu ls /proc/self/fd 7</etc/passwd 42</
	assert_output $'0\n1\n2\n3' # 3 is the directory that ls reads
}

@test "a file as standard input is there to read only" {
	echo mine >"$BATS_TEST_TMPDIR/file"
	run "$gcr" run -q ubuntu bash -c 'cat; echo theirs >/proc/self/fd/0' <"$BATS_TEST_TMPDIR/file"
	came_up
	lesson "the command has written to the file that it was given to read: by /proc/self/fd a process opens anew what it has; gcr_take_streams() gives it a pipe, which gcr copies the file to"
	assert_output mine
	assert_equal "$(cat "$BATS_TEST_TMPDIR/file")" mine
}

@test "no variable of the caller's goes along" {
	lesson "the command has the caller's environment, with what may be secret in it: it takes a fresh one"
	SECRET=s run -0 "$gcr" run -q ubuntu env
	refute_output --partial SECRET
	assert_line HOME=/root
}

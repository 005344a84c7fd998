# v0.1: the transcript of the original, and the gap that it leaves.
#
# hint: A process cannot move to another pid namespace; it is born there. So it is the call that forks that makes one.
# hint: The flags of clone(2) that make namespaces all start with CLONE_NEW; pid_namespaces(7) names this one. The parent then waits.
# hint: Give gcr_clone() a table with NAMESPACE(CLONE_NEWPID, "…") in it; the child runs container(), the parent returns what gcr_wait() does.

load ../walkthrough
export GCR_APART=yes
use_step v0.1-pid

setup_file() {
	prepare_gcr
}
setup() {
	cd "$top" || return
}
teardown() {
	[ -z "${container:-}" ] || kill -KILL "$container" 2>/dev/null || true
}

@test "transcript: sudo ./gcr run ubuntu bash" {
	run "$top/tests/terminal" "$gcr run ubuntu bash" "exit"
	ended=$status
	run -0 normalized <<<"$output"
	lesson "gcr has to say with which pid it runs"
	assert_line --index 0 "<date> [run] as pid <pid>"
	lesson "bash did not live to read a line: does gcr wait for the command's end?"
	assert_output --regexp '[#$] exit'
	lesson "the child has a pid of the host's, it should be 1: which clone flag makes a pid namespace?"
	assert_line --index 1 "<date> [fork] as pid 1"
	lesson "the child has to say what it is about to run, and then become it"
	assert_line --index 2 "running command: [ubuntu bash]"
	assert_line --index 3 "Container running... press Ctrl+C to stop."
	assert_line --index 4 --regexp '[#$] exit$'
	assert_equal "$ended" 0
}

@test "the command is PID 1, and still ps shows the host" {
	# A process of the host's, older than the container.
	sleep 98765 3>&- &
	# As PID 1, because ps looks itself up in /proc: by a number that there belongs to another, or to none.
	run "$top/tests/terminal" "$gcr run -q ubuntu bash" 'echo pid=$$' "exec ps -e -o args"
	kill $!
	run -0 normalized <<<"$output"
	lesson "the command is not PID 1: has it become the child of clone3(2) itself, by execve(2), or one more process below that?"
	assert_line pid=1
	lesson "ps should still see the host: /proc is the host's until v0.2"
	assert_line "sleep 98765"
}

@test "without root: one line that says what to do" {
	GCR_USER=nobody
	use_step v0.1-pid
	prepare_gcr
	lesson "where the kernel refuses a call, gcr has to end with 125 and one line: what failed, why, and the cure"
	run -125 "$gcr" run -q /usr true
	assert_output "gcr: gcr_clone(namespaces, &child): Operation not permitted: only root may make these namespaces; try sudo"
}

# --- how it ends -----------------------------------------------------------------------------------

@test "gcr ends as the command did" {
	lesson "the command ended with status 7, and gcr with another: the parent learns it by waitid(2), and has to pass it on"
	run -7 "$gcr" run -q ubuntu bash -c "exit 7"
	start ubuntu bash -c 'echo ready; exec sleep 1000'
	kill -KILL "$(container_pid)"
	lesson "signal 9 ended the command: gcr's status is 128 + 9 then, as a shell's; gcr_exit_status() does that"
	ended_with 137
}

@test "a signal to gcr reaches the command" {
	start ubuntu bash -c 'trap "exit 5" TERM; echo ready; for i in {1..30}; do sleep 0.1; done; exit 6'
	kill -TERM "$gcr_pid"
	lesson "SIGTERM to gcr did not reach the command: who waits has to pass signals on; see gcr_wait() in process.h"
	ended_with 5
}

@test "the container does not outlive gcr" {
	start ubuntu bash -c 'echo ready; exec sleep 1000'
	container=$(container_pid)
	kill -KILL "$gcr_pid"
	lesson "gcr was killed, and its container lives on: PR_SET_PDEATHSIG in prctl(2) lets a child die with its parent"
	retry 30 '[ ! -e "/proc/$container" ]'
}

# --- what goes along -------------------------------------------------------------------------------

@test "no open file of the caller's goes along" {
	lesson "a descriptor of the caller's is open in the container: before the exec, all but 0, 1 and 2 have to be closed or marked close-on-exec"
	run -0 "$gcr" run -q ubuntu ls /proc/self/fd 7</etc/passwd 42</
	assert_output $'0\n1\n2\n3' # 3 is the directory that ls reads
}

@test "no variable of the caller's goes along" {
	lesson "the command has the caller's environment, with what may be secret in it: it takes a fresh one"
	SECRET=s run -0 "$gcr" run -q ubuntu env
	refute_output --partial SECRET
	assert_line HOME=/root
}

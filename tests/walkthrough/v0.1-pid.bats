# v0.1: the transcript of the original, and the gap that it leaves.

load ../helpers
use_step v0.1-pid

@test "transcript: sudo ./gcr run ubuntu bash" {
	cd "$top"
	run -0 "$top/tests/terminal" "$gcr run ubuntu bash" "exit"
	run -0 normalized <<<"$output"
	assert_line --index 0 "<date> [run] as pid <pid>"
	assert_line --index 1 "<date> [fork] as pid 1"
	assert_line --index 2 "running command: [ubuntu bash]"
	assert_line --index 3 "Container running... press Ctrl+C to stop."
	assert_line --index 4 --regexp '[#$] exit$'
}

@test "the command is PID 1, and still ps shows the host" {
	cd "$top"
	# A process of the host's, older than the container.
	sleep 98765 3>&- &
	# As PID 1, because ps looks itself up in /proc: by a number that there belongs to another, or to none.
	run -0 "$top/tests/terminal" "$gcr run -q ubuntu bash" 'echo pid=$$' "exec ps -e -o args"
	run -0 normalized <<<"$output"
	assert_line pid=1
	assert_line "sleep 98765"
	kill $!
}

@test "without root: one line that says what to do" {
	GCR_USER=nobody
	use_step v0.1-pid
	prepare_gcr
	run -125 "$gcr" run -q /usr true
	assert_output "gcr: gcr_clone(namespaces, &pidfd): Operation not permitted: only root may make these namespaces; try sudo"
}

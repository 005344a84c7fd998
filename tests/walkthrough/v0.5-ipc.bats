# v0.5: the transcript of the original: a shared memory segment of the host's, seen from v0.4, not from v0.5.

load ../helpers
load ../user

setup_file() {
	prepare_walkthrough v0.4-uts v0.5-ipc
}
teardown_file() {
	test_user_remove
}
export GCR_USER=gcr-test

setup() {
	segment=$(as_test_user ipcmk -M 1M | grep -o '[0-9]*$')
}
teardown() {
	ipcrm -m "$segment"
}

@test "outside: the segment is there" {
	run -0 as_test_user ipcs -m
	assert_line --regexp "^0x[0-9a-f]+ +$segment +gcr-test +644 +1048576 +0 *\$"
}

@test "before: v0.4 shows it" {
	use_step v0.4-uts
	run -0 "$gcr" run -q ubuntu ipcs -m
	assert_line --index 0 "------ Shared Memory Segments --------"
	assert_line --regexp "^0x[0-9a-f]+ +$segment +root +644 +1048576 +0 *\$"
}

@test "transcript: v0.5 does not" {
	use_step v0.5-ipc
	run -0 "$gcr" run ubuntu ipcs -m
	run -0 normalized <<<"$output"
	assert_line --index 0 "<date> [run] as pid <pid>"
	assert_line --index 1 "<date> [fork] as pid 1"
	assert_line --index 2 "------ Shared Memory Segments --------"
	assert_line --index 3 --regexp "^key +shmid +owner +perms +bytes +nattch +status *\$"
	assert [ "${#lines[@]}" -eq 4 ]
}

@test "what the container makes ends with it" {
	use_step v0.5-ipc
	before=$(ipcs -m)
	"$gcr" run -q ubuntu bash -c 'ipcmk -M 1M && ipcs -m | grep -q 1048576'
	assert_equal "$(ipcs -m)" "$before"
}

# v0.4: the transcripts of the original: the host's name before, the container's id now.

load ../helpers
load ../user

setup_file() {
	prepare_walkthrough v0.3-user v0.4-uts
}
teardown_file() {
	test_user_remove
}
export GCR_USER=gcr-test

@test "before: v0.3 has the host's name" {
	use_step v0.3-user
	run -0 "$top/tests/terminal" "$gcr run ubuntu bash" "hostname" "exit"
	run -0 normalized <<<"$output"
	assert_line --index 0 "<date> [run] as pid <pid>"
	assert_line --index 1 "<date> [fork] as pid 1"
	assert_line --index 2 "root@<host>:/# hostname"
	assert_line --index 3 "$(uname -n)"
	assert_line --index 4 "root@<host>:/# exit"
}

@test "transcript: the hostname is the container's id" {
	use_step v0.4-uts
	run -0 "$top/tests/terminal" "$gcr run ubuntu bash" "hostname" "exit"
	run -0 normalized <<<"$output"
	assert_line --index 0 "<date> [run] as pid <pid>"
	assert_line --index 1 "<date> [fork] as pid 1"
	assert_line --index 3 --regexp '^[0-9a-f]{12}$'
	id=${lines[3]}
	assert_line --index 2 "root@$id:/# hostname"
	assert_line --index 4 "root@$id:/# exit"
	assert_equal "$(uname -n)" "$(cat /proc/sys/kernel/hostname)"
}

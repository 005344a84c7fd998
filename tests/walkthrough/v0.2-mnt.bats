# v0.2: the transcript of the original, on a real root filesystem.

load ../helpers
use_step v0.2-mnt

@test "transcript: sudo ./gcr run ubuntu bash" {
	cd "$top"
	run -0 "$top/tests/terminal" "$gcr run ubuntu bash" "ls" "exit"
	run -0 normalized <<<"$output"
	assert_line --index 0 "<date> [run] as pid <pid>"
	assert_line --index 1 "<date> [fork] as pid 1"
	assert_line --index 2 "root@<host>:/# ls"
	# Some architectures have a lib32 or a lib64 too.
	assert_line --index 3 --regexp \
		'^bin\s+boot\s+dev\s+etc\s+home\s+lib(\s+lib[0-9a-z.]+)*\s+media\s+mnt\s+opt\s+proc\s+root\s+run\s+sbin\s+srv\s+sys\s+tmp\s+usr\s+var$'
	assert_line --index 4 "root@<host>:/# exit"
}

@test "ps shows the container alone, tty its terminal" {
	cd "$top"
	run -0 "$top/tests/terminal" "$gcr run -q ubuntu bash" "ps -e -o pid,args" "tty" "exit"
	run -0 normalized <<<"$output"
	assert_line --index 1 --regexp '^ +PID COMMAND$'
	assert_line --index 2 --regexp '^ +1 bash$'
	assert_line --index 3 --regexp '^ +[0-9]+ ps -e -o pid,args$'
	assert_line --index 5 /dev/console
}

@test "bash has job control, and Ctrl+C ends its job" {
	cd "$top"
	run -6 "$top/tests/terminal" "$gcr run -q ubuntu bash" 'sleep 1000 & jobs' \
		'bash -c "echo r\$((1+1))d2; exec sleep 1000"' wait:r2d2 ^C 'echo status $?' "exit 6"
	assert_output --partial "Running"
	assert_output --partial "status 130"
	refute_output --partial "no job control"
}

@test "what is written stays in the rootfs, not in the host's" {
	cd "$top"
	run -0 "$gcr" run -q ubuntu bash -c 'echo hello >/etc/gcr-test && cat /etc/gcr-test'
	assert_output hello
	assert [ ! -e /etc/gcr-test ]
	assert_equal "$(cat "$ubuntu/etc/gcr-test")" hello
	rm "$ubuntu/etc/gcr-test"
}

@test "without root: one line that says what to do" {
	GCR_USER=nobody
	use_step v0.2-mnt
	prepare_gcr
	run -125 "$gcr" run -q /usr true
	assert_output "gcr: gcr_clone(namespaces, &pidfd): Operation not permitted: only root may make these namespaces; try sudo"
}

# The container's terminal, and its caller's. scripts/test runs this file for each step.

load helpers

setup_file() {
	prepare_step
}

# Runs shell code at a terminal, see tests/terminal.
at_terminal() {
	local shown status=0
	shown=$("$top/tests/terminal" "$@") || status=$?
	tr -d '\r' <<<"$shown"
	return "$status"
}

# The caller's interactive shell, with job control and a prompt that no container has.
shell="env TERM=dumb PS1='host\$ ' bash --norc --noprofile -i"

@test "the command has a terminal of the container's, not its caller's" {
	run -0 at_terminal "tty; $gcr run -q '$rootfs' sh -c 'tty; : </dev/tty && echo opened'"
	assert_line --index 1 --regexp "^/dev/pts/"
	assert_line --index 2 opened
	since v0.2 || { refute_line --index 1 "${lines[0]}"; return 0; }
	assert_line --index 1 /dev/pts/0
	run -0 at_terminal "$gcr run -q '$rootfs' sh -c 'echo to the console >/dev/console'"
	assert_line "to the console"
}

@test "it has the size of the caller's, and follows it" {
	# stty(1) sets the rows and the columns with a call each: there are two changes.
	run -0 at_terminal "$gcr run -q '$rootfs' sh -c 'trap \"stty size | grep 77 && exit\" WINCH
		stty size; echo ready; while :; do sleep 0.1; done'" wait:ready resize:33:77
	assert_line "24 250"
	assert_line "33 77"
}

@test "it has the modes of the caller's, which keep theirs" {
	run -0 at_terminal "stty -echoctl; $gcr run -q '$rootfs' stty -a; $gcr run -q '$rootfs' stty -echo -icanon; stty -a"
	assert_equal "$(grep -c -- "-echoctl" <<<"$output")" 2
	assert_equal "$(grep -c -- " echo " <<<"$output")" 2 # the container's at first, and the caller's at the end
	assert_equal "$(grep -c -- " icanon" <<<"$output")" 2
}

@test "after Ctrl+C the caller's terminal is as before" {
	run -0 at_terminal "$shell" "$gcr run -q '$rootfs' sh -c 'stty -echo; exec $probe wait'" wait:ready ^C \
		'stty -a | grep -o "[-]*echo "; exit'
	assert_line --regexp "^echo *$"
}

@test "Ctrl+C ends a command that does not catch it: 130" {
	run -130 at_terminal "$gcr run -q '$rootfs' $probe wait" wait:ready ^C
}

@test "Ctrl+C arrives once" {
	run -4 at_terminal "$gcr run -q '$rootfs' sh -c \
		'trap \"echo caught\" INT; echo ready; sleep 2; sleep 1; exit 4'" wait:ready ^C
	run -0 grep -c caught <<<"$output"
	assert_output 1
}

@test "one Ctrl+C ends a shell's loop that runs gcr" {
	run -0 at_terminal "$shell" "for i in 1 2 3; do $gcr run -q '$rootfs' $probe wait; done" wait:ready ^C \
		"echo st\$((6*7))ill; exit"
	run -0 grep -c "ready$" <<<"$output"
	assert_output 1
}

# After a kill, the shell waits a moment for the job. busybox's handler of SIGCHLD has no SA_RESTART, so if the signal came while the
# shell writes its prompt, the prompt would be lost.
@test "a shell has job control, and Ctrl+C ends its job, not the container" {
	run -6 at_terminal "$gcr run -q '$rootfs' sh" "sleep 1000 &" "jobs" \
		'sh -c "echo r\$((1+1))d2; exec sleep 1000"' wait:r2d2 ^C "kill %1; sleep 0.2" "echo still here" "exit 6"
	assert_output --partial "Running"
	assert_output --partial "still here"
	refute_output --partial "can't access tty"
}

@test "Ctrl+Z stops a job of the container's shell, not gcr" {
	run -0 at_terminal "$gcr run -q '$rootfs' sh" 'sh -c "echo r\$((1+1))d2; exec sleep 1000"' wait:r2d2 ^Z \
		"kill -9 %1; sleep 0.2" "exit 0" "exit 0" # the first may say that there are stopped jobs
	assert_output --partial "Stopped"
}

@test "afterwards the terminal's foreground is the caller's again" {
	run -0 at_terminal "$gcr run -q '$rootfs' sh; printf 'name# '; read -r x; echo got-\$x" "exit" "typed"
	assert_output --partial got-typed
}

@test "beside a pipe, too" {
	run -0 at_terminal "$gcr run -q '$rootfs' sh -c 'echo ready; read -r x' | cat; printf 'name# '; read -r x; echo got-\$x" \
		wait:ready type:inside "typed"
	assert_output --partial got-typed
}

@test "in the background gcr stops for the terminal, as any job does" {
	run -0 at_terminal "$shell" "$gcr run -q '$rootfs' sh -c 'read -r x; echo got-\$x' &" pause \
		'type:until jobs -s | grep -q .; do sleep 0.1; done; jobs; echo se""en' wait:seen pause "type:echo typed here" wait:here \
		pause "type:fg" pause "type:for the container" wait:got-for "exit"
	assert_output --partial "Stopped"
	assert_line --regexp "^typed here"
	assert_output --partial "got-for the container"
}

@test "in the background without the terminal's input it goes on" {
	run -0 at_terminal "$shell" "$gcr run -q '$rootfs' sh -c 'sleep 0.2; echo ba\"\"ck' </dev/null & wait; exit"
	assert_line --regexp "back"
}

@test "beside a pipe, what is typed for another program is left to it" {
	# As less(1), this one reads keys.
	local keys="stty -icanon -echo </dev/tty; read -r word; echo \$word; echo got-\$(head -c 3 </dev/tty)"
	run -0 at_terminal "$gcr run -q '$rootfs' sh -c 'echo ready; sleep 1' | bash -c '$keys'" \
		wait:ready pause type:key
	assert_line got-key
}

@test "a terminal that is closed ends the command" {
	at_terminal "$gcr run -q '$rootfs' sh -c 'echo ready; exec sleep 1000$$'" wait:ready hangup || true
	retry 100 '! pgrep -f "sleep 1000$$"'
}

@test "much output comes through whole" {
	run -0 at_terminal "$gcr run -q '$rootfs' seq 100000"
	assert [ "${#lines[@]}" -eq 100000 ]
	assert_line --index 99999 100000
}

@test "long lines can be pasted" {
	text=$(printf 'x%.0s' {1..3000})
	run -0 at_terminal "$gcr run -q '$rootfs' sh -c 'echo ready; read -r x; echo \${#x}'" wait:ready pause "type:$text"
	assert_line 3000
}

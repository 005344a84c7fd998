# The init and the session that every container has. scripts/test runs this file for each step.
# shellcheck disable=SC2030,SC2031 # each test is a process of its own, as it should be

load helpers

setup_file() {
	prepare_step
}

setup() {
	long=1000$RANDOM$RANDOM # seconds of a sleep that no other has
}

teardown() {
	# A test that failed half-way must not leave a container behind.
	[ -z "${gcr_pid:-}" ] || kill -KILL "$gcr_pid" 2>/dev/null || true
}

# Prints how a command ends, as its parent sees it: "exit 7" or "signal 15".
ending_of() {
	perl -e 'system { $ARGV[0] } @ARGV; print $? & 127 ? "signal " . ($? & 127) : "exit " . ($? >> 8), "\n"' "$@"
}

# --- PID 1 -----------------------------------------------------------------------------------------

@test "PID 1 is gcr's init, and the command its child" {
	run -0 inside 'echo $$ $PPID'
	assert_output "2 1"
	since v0.2 || return 0 # ps shows the host's processes
	run -0 inside 'ps -o pid,args'
	assert_line --regexp "^ +1 gcr-init *$"
	refute_output --partial "$rootfs" # the host's path
}

@test "PID 1 reaps orphans" {
	# In a subshell's child, which is PID 1's when the subshell has ended.
	# The subshell ends, and leaves its child to PID 1. Without a parent that asks for its status it would be a zombie.
	run -0 inside '(sh -c "sleep 0.1" & echo $!) >/tmp/orphan; read -r orphan </tmp/orphan; sleep 0.5; kill -0 $orphan 2>/dev/null || echo reaped'
	assert_output reaped
}

@test "PID 1 holds no stream open that the command has closed" {
	order=$BATS_TEST_TMPDIR/order
	"$gcr" run -q "$rootfs" sh -c 'exec >&-; sleep 1; echo late >&2' 2>>"$order" | { cat; echo closed >>"$order"; }
	assert_equal "$(cat "$order")" $'closed\nlate'
}

# --- a session of its own --------------------------------------------------------------------------

@test "the command leads a session of its own" {
	start "$rootfs" sh -c 'echo ready; exec sleep 1000'
	for pid in "$(container_pid)" "$(command_pid)"; do
		run -0 cut -d ' ' -f 5,6 "/proc/$pid/stat" # its process group and session
		assert_output "$pid $pid"
	done
	kill -KILL "$gcr_pid"
}

# --- signals ---------------------------------------------------------------------------------------

@test "a signal's default action holds, and gcr ends by the same signal" {
	for number in 1 2 6 9 10 12 14 15 34; do # busybox's shell ignores 3
		run -0 ending_of "$gcr" run -q "$rootfs" sh -c "kill -$number \$\$"
		assert_output "signal $number"
	done
	start "$rootfs" sh -c 'echo ready; exec sleep 1000'
	retry 100 '[[ $(cat "/proc/$(command_pid)/cmdline") == sleep* ]]'
	kill -TERM "$gcr_pid"
	ended_with 143
}

@test "a status above 128 is no signal" {
	run -0 ending_of "$gcr" run -q "$rootfs" sh -c 'exit 143'
	assert_output "exit 143"
}

@test "each signal reaches a command that catches it" {
	lesson "a signal to gcr did not reach the command"
	for signal in HUP INT QUIT TERM USR1 USR2 ALRM CONT WINCH PIPE 34 64; do
		start "$rootfs" sh -c "trap 'echo got $signal; exit 5' $signal; echo ready; while :; do sleep 0.1; done"
		kill -"$signal" "$gcr_pid"
		ended_with 5
		run -0 cat "$output_file"
		assert_line "got $signal"
	done
}

@test "a command that ignores signals finishes" {
	start "$rootfs" sh -c 'trap "" HUP INT TERM; echo ready; sleep 1; exit 4'
	kill -HUP "$gcr_pid"
	kill -INT "$gcr_pid"
	kill -TERM "$gcr_pid"
	ended_with 4
}

@test "a command that holds a signal back to read it from a signalfd gets it" {
	start "$rootfs" "$probe" wait-for-term
	kill -TERM "$gcr_pid"
	ended_with 0
	run -0 cat "$output_file"
	assert_line "got 15"
}

@test "a command killed from outside: 128 + the signal's number" {
	start "$rootfs" sh -c 'echo ready; sleep 1000 & wait'
	kill -KILL "$(command_pid)"
	ended_with 137
	start "$rootfs" sh -c 'echo ready; sleep 1000 & wait'
	kill -KILL "$(container_pid)"
	ended_with 137
}

@test "a signal that gcr was started to ignore is ignored" {
	trap '' HUP
	"$gcr" run -q "$rootfs" sh -c 'echo ready; sleep 1; exit 3' >"$BATS_TEST_TMPDIR/output" 3>&- &
	nohup_pid=$!
	trap - HUP
	retry 100 'grep -q ready "$BATS_TEST_TMPDIR/output"'
	kill -HUP "$nohup_pid"
	status=0
	wait "$nohup_pid" || status=$?
	assert_equal "$status" 3
}

@test "the caller's ignored and blocked signals are not the command's" {
	run -0 perl -MPOSIX -e '$SIG{HUP} = $SIG{CHLD} = "IGNORE";
		sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGTERM, SIGUSR1)); exec @ARGV' \
		"$gcr" run -q "$rootfs" grep -E "^Sig(Blk|Ign)" /proc/self/status
	assert_output $'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000'
}

@test "a signal ends gcr while it starts, too" {
	since v0.3 || return 0
	[ -n "${GCR_USER:-}" ] || return 0 # root maps ids itself
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho waiting >&2\nexec sleep %s\n' "$long" >"$BATS_TEST_TMPDIR/bin/newuidmap"
	chmod -R 755 "$BATS_TEST_TMPDIR"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH "$gcr" run -q "$rootfs" true 2>"$BATS_TEST_TMPDIR/output" 3>&- &
	gcr_pid=$!
	retry 100 'grep -q waiting "$BATS_TEST_TMPDIR/output"'
	kill -TERM "$gcr_pid"
	ended_with 143
	pkill -f "sleep $long"
}

# --- the end ---------------------------------------------------------------------------------------

# --- the standard streams --------------------------------------------------------------------------

@test "what the command did not read of a file is left to its caller" {
	printf '%s\n' a b c >"$BATS_TEST_TMPDIR/list"
	run -0 bash -c 'while read -r line; do "$0" run -q "$1" echo "$line"; done <"$2"' "$gcr" "$rootfs" "$BATS_TEST_TMPDIR/list"
	assert_output $'a\nb\nc'
	run -0 bash -c '{ "$0" run -q "$1" "$3" read 2; cat; } <"$2"' "$gcr" "$rootfs" "$BATS_TEST_TMPDIR/list" "$probe"
	assert_output $'a\nb\nc'
}

@test "output and errors to one file keep their order, and are appended where the caller appends" {
	file=$BATS_TEST_TMPDIR/log
	echo first >"$file"
	inside 'for i in 1 2 3; do echo out$i; echo err$i >&2; done' >>"$file" 2>&1
	assert_equal "$(tr '\n' ' ' <"$file")" "first out1 err1 out2 err2 out3 err3 "
}

@test "a large file comes through, both ways" {
	head -c 5000000 /dev/urandom >"$BATS_TEST_TMPDIR/file"
	inside cat <"$BATS_TEST_TMPDIR/file" >"$BATS_TEST_TMPDIR/copy"
	cmp "$BATS_TEST_TMPDIR/file" "$BATS_TEST_TMPDIR/copy"
	inside cat <"$BATS_TEST_TMPDIR/file" >>"$BATS_TEST_TMPDIR/copy"
	assert_equal "$(wc -c <"$BATS_TEST_TMPDIR/copy")" 10000000
}

@test "a full disk is told, and ends the output" {
	takes_root
	mkdir "$BATS_TEST_TMPDIR/small"
	run unshare --mount sh -c 'mount -t tmpfs -o size=64k small "$3/small"
		"$1" run -q "$2" yes >"$3/small/file"' sh "$gcr" "$rootfs" "$BATS_TEST_TMPDIR"
	assert_output --partial "gcr: warning: standard output: No space left on device"
}

@test "/dev/stdout opens if root runs a user's rootfs" {
	[ -z "${GCR_USER:-}" ] || return 0 # the pipe is the caller's already
	run -0 bash -c '"$0" run -q "$1" sh -c "echo to-stdout >/dev/stdout; echo to-stderr >/dev/stderr" 2>&1 | cat' "$gcr" "$rootfs"
	assert_output $'to-stdout\nto-stderr'
	since v0.3 || return 0
	cp -a "$rootfs" "$BATS_TEST_TMPDIR/theirs"
	chown -R learner: "$BATS_TEST_TMPDIR/theirs"
	chmod 755 "$BATS_RUN_TMPDIR" # for the learner to reach it
	run -0 bash -c '"$0" run -q "$1" sh -c "echo to-stdout >/dev/stdout" 2>&1 | cat' "$gcr" "$BATS_TEST_TMPDIR/theirs"
	assert_output to-stdout
	# A FIFO has a name, by which others would open it. It stays its owner's.
	mkfifo -m 600 "$BATS_TEST_TMPDIR/fifo"
	cat "$BATS_TEST_TMPDIR/fifo" 3>&- &
	"$gcr" run -q "$BATS_TEST_TMPDIR/theirs" true >"$BATS_TEST_TMPDIR/fifo"
	wait "$!"
	assert_equal "$(stat -c '%u %a' "$BATS_TEST_TMPDIR/fifo")" "0 600"
}

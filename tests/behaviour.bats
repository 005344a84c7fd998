# What every step does alike, whatever it isolates. scripts/test runs this file once for each step.

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

# --- what it is told -------------------------------------------------------------------------------

@test "the command line: --help, --version" {
	run -0 "$gcr" --help
	if since v1.0; then command='[COMMAND [ARG...]]'; else command='COMMAND [ARG...]'; fi
	assert_line "Usage: gcr run [OPTIONS] ROOTFS $command"
	assert_line --partial "--explain"
	run -0 "$gcr" --version
	assert_output "gcr $step"
}

@test "a mistake on the command line gets one line and status 2" {
	for words in "" "start" "run" "run $rootfs" "run --bogus $rootfs true" "run -e"; do
		# shellcheck disable=SC2086 # words
		run -2 "$gcr" $words
		assert [ "${#lines[@]}" -eq 1 ]
		assert_output --partial "gcr --help"
	done
}

@test "if its first process ends at once, gcr says why, once" {
	run -125 run_and_end_at_once "$gcr" run -q "$rootfs" true
	refute_line --regexp "^gcr: (.*could not map|.*cannot open)"
	assert_line "gcr: gcr_leave_caller(): Operation not permitted"
}

@test "an unknown rootfs: where it looked, and how to make one" {
	run -125 env GCR_ROOTFS_DIR=/nowhere "$gcr" run nosuchname true
	assert [ "${#lines[@]}" -eq 1 ]
	assert_output --partial "/nowhere, ./rootfs, "
	assert_output --partial "scripts/img2rootfs -image nosuchname"
	mkdir -m 000 "$BATS_TEST_TMPDIR/closed"
	[ -n "${GCR_USER:-}" ] || return 0
	run -125 env GCR_ROOTFS_DIR="$BATS_TEST_TMPDIR/closed" "$gcr" run nosuchname true
	assert_output --partial ", one of which you may not enter: try sudo; make one: "
}

@test "a file in the way of the search for a rootfs does not end it" {
	cd "$BATS_TEST_TMPDIR"
	touch rootfs
	mkdir -p data/gcr
	ln -s "${rootfs%/*}" data/gcr/rootfs
	run -0 env XDG_DATA_HOME="$PWD/data" "$gcr" run -q rootfs echo in
	assert_output in
	run -125 env XDG_DATA_HOME="$PWD/data" "$gcr" run -q nosuchname true
	assert_output --partial "no rootfs 'nosuchname' in ./rootfs, "
}

@test "a rootfs is found by name, and by a path with spaces" {
	ln -s "$rootfs" "$BATS_TEST_TMPDIR/with some space"
	run -0 "$gcr" run -q "$BATS_TEST_TMPDIR/with some space" echo in
	assert_output in
	run -0 env GCR_ROOTFS_DIR="$BATS_TEST_TMPDIR" "$gcr" run -q "with some space" echo in
	assert_output in
}

# Root's container has the host's root's files in root's rootfs: a setuid program that it leaves there is one of the host's.
@test "a rootfs of root's that is open to others, or written or led to by them" {
	takes_root
	[ -z "${GCR_USER:-}" ] || return 0
	open=$BATS_TEST_TMPDIR/open
	make_busybox_rootfs "$open"
	chmod 755 "$BATS_RUN_TMPDIR"
	run -0 "$gcr" run -q "$open" true
	# From v1.0 on, what its root leaves is not there.
	! since v1.0 || assert_output ""
	since v1.0 || assert_output "gcr: warning: rootfs $open belongs to root, but is open to other users, who could run setuid programs that its root leaves there: chmod 700 the directory that it is in"
	for bits in 700 750; do
		chmod $bits "$open"
		run -0 "$gcr" run -q "$open" true
		assert_output ""
	done
	chmod 775 "$open" # to root's group
	run -0 "$gcr" run -q "$open" true
	since v1.0 || assert_output --partial "gcr: warning: "
	chgrp users "$open"
	run -125 "$gcr" run -q "$open" true
	assert_output "gcr: rootfs $open belongs to root, but others may write to it: chmod go-w"
	chgrp root "$open" && chmod 757 "$open"
	run -125 "$gcr" run -q "$open" true
	chmod 755 "$open"
	ln -s open "$BATS_TEST_TMPDIR/theirs" && ln -s theirs "$BATS_TEST_TMPDIR/ours" && chown -h nobody "$BATS_TEST_TMPDIR/theirs"
	for link in theirs ours ours/../ours/bin/..; do
		run -125 "$gcr" run -q "$BATS_TEST_TMPDIR/$link" true
		assert_output --partial "$BATS_TEST_TMPDIR/theirs is another user's symbolic link, which may lead root anywhere: name the directory itself"
	done
	run -125 env GCR_ROOTFS_DIR="$BATS_TEST_TMPDIR" "$gcr" run -q ours true
	chown -R nobody:nogroup "$open"
	run -0 "$gcr" run -q "$BATS_TEST_TMPDIR/theirs" true
	! since v0.3 || assert_output --partial "has no subordinate ids"
	since v0.3 || assert_output ""
	chmod 700 "$BATS_RUN_TMPDIR"
}

@test "no proc at /proc, or another PID namespace's" {
	takes_root
	run -125 unshare --pid --fork --kill-child "$gcr" run -q "$rootfs" true
	assert_output "gcr: /proc shows the processes of another PID namespace: mount -t proc proc /proc"
	# shellcheck disable=SC2016 # for the shell inside
	run -125 unshare --mount sh -c 'mount -t tmpfs none /proc; exec "$@"' sh "$gcr" run -q "$rootfs" true
	assert_line "gcr: /proc/self: No such file or directory: gcr needs a /proc: mount -t proc proc /proc"
}

@test "a chroot around gcr is named" {
	takes_root
	[ -z "${GCR_USER:-}" ] && since v0.2 || return 0
	jail=$BATS_TEST_TMPDIR/jail
	make_busybox_rootfs "$jail/rootfs"
	mkdir "$jail"/{proc,dev}
	! ldd "$build/steps/$step/gcr" | grep -q libasan || skip "it is linked dynamically"
	cp "$build/steps/$step/gcr" "$jail/gcr"
	# shellcheck disable=SC2016 # for the shell inside
	run -125 unshare --mount sh -c 'mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; exec chroot "$1" /gcr run -q /rootfs true' sh "$jail"
	if since v0.3; then
		assert_output --partial "Operation not permitted: user namespaces are forbidden here, by a chroot or a container around this one"
	else
		assert_output --partial "Invalid argument: / is not a mount here, as in a chroot: start gcr outside it"
	fi
}

@test "a rootfs may be the working directory" {
	cd "$rootfs"
	run -0 "$gcr" run -q . echo in
	assert_output in
}

@test "the log goes to standard error in the original's form; standard output is the command's" {
	run -0 --separate-stderr "$gcr" run "$rootfs" echo out
	assert_output out
	# shellcheck disable=SC2154
	run -0 normalized <<<"$stderr"
	assert_line --index 0 "<date> [run] as pid <pid>"
	assert_line "<date> [fork] as pid 1"
	run -0 --separate-stderr "$gcr" run --quiet "$rootfs" true
	assert_equal "$stderr" ""
}

@test "--explain tells each call and its reason, before it is made" {
	run -0 "$gcr" run --explain "$rootfs" true
	assert_line --regexp "^gcr       \\| clone_container\\(&child"
	assert_line "gcr       | CLONE_NEWPID"
	assert_line "container | gcr_close_inherited_fds()"
	assert_line "          |     its processes cannot name a process of the host"
}

# --- how the command runs --------------------------------------------------------------------------

@test "the environment is a fresh one, and -e adds to it" {
	run -0 env SECRET=s TERM=vt100 FROM_HOST=f "$gcr" run -q -e A=1 -e FROM_HOST -e NOT_SET \
		"$rootfs" env
	assert_line "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	assert_line HOME=/root
	assert_line TERM=vt100
	assert_line A=1
	assert_line FROM_HOST=f
	refute_output --partial SECRET
	assert [ "${#lines[@]}" -eq 5 ]
}

@test "descriptors do not leak into the container" {
	run -0 inside 'ls /proc/self/fd' 7</etc/passwd 42</
	# 3 is the directory that ls reads
	assert_output "$(printf '%s\n' 0 1 2 3)"
}

@test "closed standard descriptors are no trouble" {
	# Closed by a shell of its own: run() would fill the gap with its pipe.
	run -0 bash -c '"$0" run -q "$1" sh -c "cat; ls -l /proc/self/fd/0" <&-' "$gcr" "$rootfs"
	assert_output --partial /dev/null
	run -0 bash -c '"$0" run "$1" sh -c "echo lost; echo lost >&2" <&- >&- 2>&-' "$gcr" "$rootfs"
	assert_output ""
}

@test "standard input reaches the command" {
	run -0 inside 'wc -c' < <(head -c 100000 /dev/zero)
	assert_output 100000
}

@test "the umask is the usual one" {
	umask 077
	run -0 inside umask
	assert_output 0022
}

# --- how it ends -----------------------------------------------------------------------------------

@test "exit statuses: the command's own, 126 and 127" {
	run -0 "$gcr" run -q "$rootfs" true
	run -7 inside 'exit 7'
	run -255 inside 'exit 255'
	run -126 "$gcr" run -q "$rootfs" /proc
	assert_output "gcr: /proc is a directory"
	run -127 "$gcr" run -q "$rootfs" nosuchcommand
	assert_output --partial "gcr: nosuchcommand: not found in PATH=/usr/local/sbin"
	run -127 "$gcr" run -q "$rootfs" /no/such/command
	assert_output "gcr: /no/such/command: No such file or directory"
}

# Makes a file that can be executed, of standard input, and asserts what is told of it: refused STATUS NAME WHY
refused() {
	local at='' as
	since v0.2 || at=$rootfs # still on the host's files
	cat >"$rootfs/bin/$2"
	chmod "${mode:-755}" "$rootfs/bin/$2"
	[ -z "${GCR_USER:-}" ] || chown "$GCR_USER:" "$rootfs/bin/$2"
	for as in "$2" "$at/bin/$2"; do
		run "-$1" "$gcr" run -q -e PATH="$at/usr/bin:$at/bin" "$rootfs" "$as"
		assert_output "gcr: $at/bin/$2 $3"
	done
	rm "$rootfs/bin/$2"
}

# crun 1.8 and runc 1.1 end with these statuses, too.
@test "a command that is there and cannot be executed: why" {
	loader=$(grep -aoEm 1 '/lib[a-z0-9/]*/ld-linux[a-z0-9_-]*\.so\.[0-9]' /bin/ls)
	refused 127 no-loader "needs the dynamic loader ${loader/ld-/no-}, which is missing" < <(sed 's|/ld-linux|/no-linux|' /bin/ls)
	refused 127 crlf "has a first line that ends in CR LF, so the CR counts as a part of the interpreter's name: dos2unix" \
		< <(printf '#!/bin/sh\r\necho hi\r\n')
	refused 127 no-interpreter "needs the interpreter /opt/bin/none, which is missing" < <(printf '#! /opt/bin/none -x\n')
	refused 126 foreign "is for s390x, and this machine is $(dpkg --print-architecture)" < <(
		printf '\177ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\2\0\26\0\0\0\1'
		head -c 1000 /dev/zero)
	refused 126 no-program "is not a program, and lacks the first line of a script, as in #!/bin/sh" <<<'echo hi'
	mode=644 refused 126 not-executable "is not executable: chmod +x" <<<'#!/bin/sh'
}

@test "a command that is a link to nowhere; one that a later directory of PATH has" {
	ln -s /none/busybox "$rootfs/usr/bin/broken"
	run -127 "$gcr" run -q "$rootfs" /usr/bin/broken
	since v0.2 || rm "$rootfs/usr/bin/broken"
	since v0.2 || return 0
	assert_output "gcr: /usr/bin/broken is a symbolic link that leads nowhere"
	run -127 "$gcr" run -q "$rootfs" broken
	assert_output "gcr: /usr/bin/broken is a symbolic link that leads nowhere"
	mv "$rootfs/usr/bin/broken" "$rootfs/usr/bin/true"
	run -0 "$gcr" run -q "$rootfs" true
	rm "$rootfs/usr/bin/true"
}

@test "a directory that is no rootfs stays as it is" {
	since v0.2 || return 0
	empty=$BATS_TEST_TMPDIR/empty
	mkdir "$empty"
	[ -z "${GCR_USER:-}" ] || chown "$GCR_USER:" "$empty"
	cd "$empty"
	run -127 "$gcr" run -q . true
	assert_output "gcr: true: not found in PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	run -127 "$gcr" run -q -e PATH=/none:relative . true
	assert_output "gcr: true: not found in PATH=/none:relative"
	for name in /bin/true bin/true ../bin/true; do
		run -127 "$gcr" run -q . $name
		assert_output "gcr: $name: No such file or directory"
	done
	assert_equal "$(ls -A)" ""
	mkdir .hidden
	cp /bin/busybox .hidden/echo
	cp /bin/busybox echo
	run -0 "$gcr" run -q . ./.hidden/echo in
	assert_output in
	run -0 "$gcr" run -q -e PATH= . echo in
	assert_output in
}

@test "a command that crashes: 139" {
	run -139 "$gcr" run -q "$rootfs" "$probe" crash
}

@test "all of the container ends with the command" {
	start "$rootfs" sh -c "sleep $long & echo ready; exit 3"
	ended_with 3
	run -1 pgrep -f "sleep $long"
}

@test "the container dies with gcr, even of SIGKILL" {
	start "$rootfs" sh -c "sleep $long & sleep $long & echo ready; wait"
	container=$(container_pid)
	kill -KILL "$gcr_pid"
	retry 100 '[ ! -e "/proc/$container" ]'
	retry 100 '! pgrep -f "sleep $long"'
}

@test "gcr killed while it starts leaves nothing" {
	for delay in 0 0.0005 0.001 0.0015 0.002 0.003; do
		for _ in 1 2 3; do
			"$gcr" run -q "$rootfs" sleep "$long" 3>&- &
			gcr_pid=$!
			sleep "$delay"
			kill -KILL "$gcr_pid"
			wait "$gcr_pid" || true
		done
	done
	retry 100 '! pgrep -f "sleep $long"'
	inside true # removes what they wrote
	nothing_is_kept
}

@test "a hundred containers at once" {
	pids=()
	for number in {1..100}; do
		"$gcr" run -q "$rootfs" sh -c "sleep 1; echo $number" 3>&- >"$BATS_TEST_TMPDIR/$number" &
		pids+=($!)
	done
	wait "${pids[@]}"
	run -0 cat "$BATS_TEST_TMPDIR"/[0-9]*
	assert [ "${#lines[@]}" -eq 100 ]
}

@test "no mount and no file stays on the host" {
	mounts=$(cat /proc/self/mountinfo)
	files=$(find "$rootfs" | sort)
	inside true
	run ! inside 'kill -9 $$; exit 4'
	run -127 "$gcr" run -q "$rootfs" nosuchcommand
	assert_equal "$(cat /proc/self/mountinfo)" "$mounts"
	assert_equal "$(find "$rootfs" | sort)" "$files"
	nothing_is_kept
}

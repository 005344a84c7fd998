# Attacks from inside a container on its host, against every step: those that a step does not stop yet are
# asserted to work there. scripts/test runs this file once for each step and user.

load helpers

setup_file() {
	prepare_step
}

setup() {
	# A file of the host's that the container's root may write, if it gets there: it is the caller's own.
	victim=$BATS_TEST_TMPDIR/victim
	echo intact >"$victim"
	[ -z "${GCR_USER:-}" ] || chown "$GCR_USER" "$victim"
}

teardown() {
	# What should have ended by itself.
	[ -z "${container:-}" ] || kill -KILL "$container" 2>/dev/null || true
	[ -z "${group:-}" ] || { kill -KILL -- "-$group" && wait "$group"; } 2>/dev/null || true
}

# Asserts that the victim is intact from the step on, and that the attack worked before.
intact_since() {
	if since "$1"; then assert_equal "$(cat "$victim")" intact; else assert_equal "$(cat "$victim")" written; fi
}

@test "writing the host's files by their path" {
	inside "echo written >'$victim' || true"
	intact_since v0.2
}

@test "writing the host's files through /proc/1/root and /proc/1/cwd" {
	cd "$BATS_TEST_TMPDIR"
	inside "for pid in 1 $$; do
		echo written >/proc/\$pid/root/'$victim' || echo written >/proc/\$pid/cwd/victim
	done 2>/dev/null || true"
	intact_since v0.2
}

@test "writing the host's files through a working directory that climbs" {
	cd "$BATS_TEST_TMPDIR"
	inside "echo written >victim || echo written >../../../../../../../../..$victim || true"
	intact_since v0.2
}

@test "writing the host's files through a leaked descriptor" {
	inside 'echo written >&9 || echo written >/proc/self/fd/9 || echo written >/proc/1/fd/9/victim || true' \
		9>>"$victim" 8<"$BATS_TEST_TMPDIR"
	intact_since v0.1
	run ! inside 'ls /proc/self/fd/8/' 8<"$BATS_TEST_TMPDIR"
}

@test "overwriting gcr through /proc/self/exe" {
	# CVE-2019-5736: a command that leads back to the runtime runs it inside, where its file has a name.
	since v0.2 || return 0 # its file has a name there anyhow
	before=$(sha256sum <"$build/steps/$step/gcr")
	ln -sf /proc/self/exe "$rootfs/bin/again"
	printf '#!/proc/self/exe\n' >"$rootfs/bin/script"
	chmod +x "$rootfs/bin/script"
	for command in /bin/again /bin/script; do
		run ! "$gcr" run -q "$rootfs" "$command"
		assert_output --partial gcr
	done
	assert_equal "$(sha256sum <"$build/steps/$step/gcr")" "$before"
}

@test "tracing PID 1, and opening what it has open" {
	# It is gcr's init. Root may trace any process until its capabilities go.
	for path in exe fd/0 cwd root; do
		run inside "readlink /proc/1/$path"
		if since v0.3; then assert_failure; else assert_success; fi
	done
}

@test "outliving gcr by a change of user" {
	# Which undoes PR_SET_PDEATHSIG(2const).
	start "$rootfs" "$probe" outlive
	container=$(container_pid)
	processes=$(pgrep --parent "$container" || true)
	kill -KILL "$gcr_pid"
	for process in $container $processes; do
		retry 50 '! grep -q "^State:.[^Z]" "/proc/$process/status"'
	done
}

# --- what its caller has: a process group, a terminal, files ---------------------------------------

# Starts a container in a new process group with one more process in it, $sibling. Waits until the shell code in the
# container, an attack on the group, has said a word.
in_a_group() {
	setsid bash -c 'sleep 1000 & echo $! >"$2/sibling"; exec "$0" run -q "$1" sh -c "$3; exec sleep 1000"' \
		"$gcr" "$rootfs" "$BATS_TEST_TMPDIR" "$1" >"$BATS_TEST_TMPDIR/output" 2>&1 </dev/null 3>&- &
	group=$!
	output_file=$BATS_TEST_TMPDIR/output
	retry 50 'grep -q ready "$output_file"'
	sibling=$(cat "$BATS_TEST_TMPDIR/sibling")
}

@test "killing the caller's process group" {
	for signal in KILL TERM HUP USR1; do
		run -0 setsid --wait bash -c '"$0" run -q "$1" sh -c "kill -$2 0; sleep 1"; echo survived' "$gcr" "$rootfs" "$signal"
		assert_line survived
	done
}

@test "stopping the caller's process group" {
	in_a_group 'echo ready; kill -STOP 0'
	sleep 0.3
	state=$(cut -d ' ' -f 3 "/proc/$sibling/stat")
	assert_equal "$state" S
}

@test "making the caller's process group less important" {
	in_a_group "$probe lower-group; echo ready"
	priority="$(ps -o ni= -p "$sibling") $(ionice -p "$sibling")"
	own="$(ps -o ni= -p $$) $(ionice -p $$)"
	assert_equal "$priority" "$own"
}

# Runs shell code at a terminal, which is the user's that runs gcr. Its mode is 600.
at_terminal() {
	run -0 "$top/tests/terminal" "terminal=\$(tty); chmod 600 \$terminal; ${GCR_USER:+chown $GCR_USER \$terminal;} $1"
}

@test "typing for the caller" {
	at_terminal "$gcr run -q '$rootfs' $probe type x; bash -c 'read -rs -t 0.5 -n 1 key; echo key=\$key.'"
	assert_output --partial "key=."
}

@test "asking for a password at the caller's terminal, while all streams lead elsewhere" {
	at_terminal "$gcr run -q '$rootfs' sh -c 'echo Password: >/dev/tty' </dev/null 2>&1 | sed s/^/said:/"
	assert_line --regexp "^said:.*/dev/tty: No such device or address"
	refute_output --partial Password
}

# Makes a device like /dev/null, as a test of root's that fails would change the machine's. Its path is in $null.
make_null() {
	null=/dev/null
	[ "$EUID" -eq 0 ] || return 0
	null=$BATS_TEST_TMPDIR/null
	mknod -m 666 "$null" c 1 3
	chown "${GCR_USER:-root}" "$null"
}

@test "changing the mode and the owner of the caller's terminal" {
	make_null
	for streams in "" "| cat" "<$null" ">$null"; do
		at_terminal "$gcr run -q '$rootfs' sh -c 'for fd in 0 1 2; do chmod 666 /proc/self/fd/\$fd; chown 33 /proc/self/fd/\$fd; done' \
			$streams; echo mode=\$(stat -c %a:%u \$terminal)"
		assert_output --partial "mode=600:$(id -u "${GCR_USER:-root}")"
	done
}

@test "changing the mode and the owner of a device of the host's that is a standard stream" {
	takes_root
	since v0.2 || skip "v0.1 has the host's devices"
	make_null
	before=$(stat -c %a:%u "$null")
	inside 'for fd in 0 1 2; do chmod 600 /proc/self/fd/$fd; chown 33 /proc/self/fd/$fd; done; true' <>"$null" >&0 2>&0
	assert_equal "$(stat -c %a:%u "$null")" "$before"
}

@test "opening the caller's terminal by the descriptors that are not redirected" {
	for streams in "| cat" "</dev/null" ">/dev/null" "</dev/null >/dev/null"; do
		at_terminal "$gcr run -q '$rootfs' sh -c 'for fd in 0 1 2; do echo typed-\$fd <>/proc/self/fd/\$fd; test -t \$fd && echo terminal-\$fd; done; exit 0' \
			$streams"
		refute_output --partial "terminal-"
	done
}

@test "writing a file that was opened for reading" {
	inside 'cat >/dev/null; echo written >/proc/self/fd/0 || true' <"$victim"
	intact_since v0.1
	inside 'echo written >/proc/$$/fd/0 || true' <"$victim"
	intact_since v0.1
}

@test "emptying or reading a file that was opened for appending" {
	echo "the caller's own" >"$victim"
	run -0 bash -c '"$0" run -q "$1" sh -c "cat /proc/self/fd/1 & : >/proc/self/fd/1; : >/proc/self/fd/2; exit 0" >>"$2" 2>>"$2"' \
		"$gcr" "$rootfs" "$victim"
	assert_equal "$(cat "$victim")" "the caller's own"
}

@test "walking up from a directory that is a standard stream" {
	run -125 bash -c '"$0" run -q "$1" ls -d /proc/self/fd/0/.. </' "$gcr" "$rootfs"
	assert_output --regexp "^gcr: standard input is a directory"
	run -125 bash -c '"$0" run -q "$1" ls -d /proc/self/fd/1/.. 1</' "$gcr" "$rootfs"
	assert_output --regexp "^gcr: standard output is a directory"
	run -125 bash -c '"$0" run -q "$1" true 2</' "$gcr" "$rootfs"
}

# --- what its kernel has ---------------------------------------------------------------------------

@test "climbing out of a chroot" {
	touch "$rootfs/root-of-the-container"
	run -0 "$gcr" run -q "$rootfs" "$probe" escape
	if since v0.2; then assert_line root-of-the-container; else refute_line root-of-the-container; fi
	rmdir /tmp/below 2>/dev/null || true
}

@test "making a device of the host's disk, and opening it" {
	# A harmless one, null, in a file system that is mounted for it without nodev.
	code='mkdir /tmp/m && mount -t tmpfs none /tmp/m && mknod /tmp/m/disk c 1 3 && '
	if ! since v0.2; then
		# In a mount namespace that stands for the host.
		run -0 unshare --mount "$gcr" run -q "$rootfs" sh -c \
			"mkdir -p '$BATS_TEST_TMPDIR/m' && mount -t tmpfs none '$BATS_TEST_TMPDIR/m' &&
			mknod '$BATS_TEST_TMPDIR/m/disk' c 1 3 && '$probe' open '$BATS_TEST_TMPDIR/m/disk'"
	elif ! since v0.3; then
		inside "$code $probe open /tmp/m/disk"
	else
		run -1 inside "$code $probe open /tmp/m/disk"
		run -1 inside 'mknod /tmp/disk c 1 3'
		run -1 inside 'mknod /tmp/disk b 8 0'
	fi
}

@test "mounting a file system" {
	since v0.2 || return 0 # it would be the host's own mount
	if since v0.3; then status=1; else status=0; fi
	run -"$status" inside 'mount -t tmpfs none /tmp'
	run -"$status" inside 'mount -o remount,bind,rw /sys'
	run -"$status" inside 'umount /proc/sys'
}

@test "changing the kernel's settings" {
	since v0.2 || return 0 # /proc is the host's own
	run -1 inside 'cat /proc/sys/vm/swappiness >/proc/sys/vm/swappiness'
	# What is mounted read-only can be mounted again, with the capability for it.
	run inside 'umount /proc/sys 2>/dev/null && cat /proc/sys/vm/swappiness >/proc/sys/vm/swappiness'
	if since v0.3; then assert_failure; else assert_success; fi
}

@test "changing the host's name" {
	host=$(uname -n)
	since v0.3 || return 0 # root may, before
	run -1 inside 'hostname stolen'
	assert_equal "$(uname -n)" "$host"
}

# --- a user namespace inside, where its root would have all capabilities again ---------------------

@test "mounting a file system in a user namespace of its own" {
	since v0.3 || return 0 # it needs none
	run inside 'unshare -U -r -m mount -t tmpfs none /root'
	if since v0.9; then assert_failure; assert_output --partial "Operation not permitted"; else assert_success; fi
}

@test "lifting its limits in a user namespace of its own" {
	since v0.9 || return 0 # see tests/limits.bats
	run -1 inside "$probe lift-limits true"
	assert_output "cgroup: Operation not permitted"
}

# Starts a container that makes a user namespace as soon as it gets SIGUSR1.
start_attack() {
	start "$rootfs" sh -c 'trap go=yes USR1; echo ready; until [ "$go" ]; do sleep 0.1; done; cat /proc/sys/user/max_user_namespaces
		probe calls "unshare(CLONE_NEWUSER)"'
}

@test "a user namespace of its own, where the limit is lifted from outside: the filter refuses it" {
	since v0.3 || return 0
	start_attack
	# The namespace's owner may do that, and the file is the one of the namespace that the writer is in.
	nsenter --user --target "$(command_pid)" sh -c 'echo 100 >/proc/sys/user/max_user_namespaces'
	kill -USR1 "$gcr_pid"
	ended_with 0
	since v0.9 && returned=EPERM || returned=success
	assert_equal "$(cat "$output_file")" $'ready\n100\n'"$returned"
}

@test "a user namespace of its own, made by a process that no filter holds: the limit refuses it" {
	since v0.3 || return 0
	start_attack
	run nsenter --user --target "$(command_pid)" unshare --user echo made
	kill -USR1 "$gcr_pid"
	ended_with 0
	if since v0.9; then assert_output --partial "No space left on device"; else assert_output made; fi
}

# --- the layers that its files are in ---------------------------------------------------------------

@test "learning from the mounts where the host keeps its files" {
	since v0.2 || return 0 # they are the host's
	run -0 inside 'cat /proc/self/mountinfo /proc/self/mounts /proc/self/mountstats'
	if since v1.0; then
		refute_output --partial "$BATS_RUN_TMPDIR"
		refute_output --partial "$(data_directory)"
	else
		assert_output --partial "${BATS_FILE_TMPDIR##*/}/rootfs"
	fi
}

# As CVE-2023-0386 and CVE-2021-3493 did: what overlayfs finds in a layer, it believes.
@test "making what overlayfs takes for its own: a removed file, and a way to another directory" {
	since v0.2 || return 0
	run inside 'mknod /root/removed c 0 0'
	if since v1.0; then assert_failure; else assert_success; fi
	rm -f "$rootfs/root/removed"
	layer=$rootfs
	start "$rootfs" sh -c "$probe set-redirect /root; hostname; echo ready; exec sleep 1000"
	! since v1.0 || layer=$(data_directory)/containers/$(head -n 1 "$output_file")/upper
	run "$build/tests/probe" has-redirect "$layer/root"
	if since v1.0; then assert_failure; else assert_success; fi
	assert [ -d "$layer/etc" ]
	kill -KILL "$gcr_pid"
}

# ---------------------------------------------------------------------------------------------------

@test "a rootfs that belongs to somebody else is not written to" {
	takes_root
	[ -n "${GCR_USER:-}" ] || return 0 # root may write what is anybody's
	theirs=$BATS_TEST_TMPDIR/theirs
	make_busybox_rootfs "$theirs"
	touch "$theirs/etc/hosts" "$theirs/etc/hostname"
	chown -R root "$theirs"
	run -1 "$gcr" run -q "$theirs" sh -c 'id -u && echo x >/etc/file'
	assert_line 0
	assert [ ! -e "$theirs/etc/file" ]
	rm "$theirs/etc/hosts"
	run -0 "$gcr" run "$theirs" true
	if since v0.4; then assert_line --partial "the rootfs has no /etc/hosts, and it cannot be made: Permission denied"; fi
}

@test "an ordinary user maps no id that is not their own" {
	since v0.3 && [ -n "${GCR_USER:-}" ] || return 0
	# $USER names another user; the ranges stay the caller's.
	run -0 env USER=root LOGNAME=root "$gcr" run -q "$rootfs" cat /proc/self/uid_map
	assert_line --index 0 --regexp "^ +0 +$(id -u "$GCR_USER") +1\$"
	# The map is written once: the container's root cannot change it, nor give itself another by nesting.
	run -1 inside 'echo "0 0 1" >/proc/self/uid_map'
	run -1 inside 'unshare -U sh -c "echo 0 0 1 >/proc/self/uid_map && cat /proc/self/uid_map | grep -q \" 0 *0 *4294967295\""'
}

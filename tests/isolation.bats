# What each step isolates, and what it does not isolate yet: a property is asserted to hold from the step
# that brings it, and asserted *not* to hold before. scripts/test runs this file once for each step.

load helpers

setup_file() {
	export rootfs=$BATS_FILE_TMPDIR/rootfs
	make_busybox_rootfs "$rootfs"
}

# Asserts that the shell code, a property of the container, is true from the step on and false before.
holds_since() {
	local first=$1 code=$2
	if since "$first"; then
		run -0 inside "$code"
	else
		run -1 inside "$code"
	fi
}

# --- process ids -----------------------------------------------------------------------------------

@test "pid: the command is PID 1" {
	run -0 inside 'echo $$'
	assert_output 1
}

@test "pid: it is in a pid namespace of its own" {
	run -0 inside "readlink /proc/self/ns/pid"
	refute_output "$(readlink /proc/self/ns/pid)"
}

@test "pid: it can signal no process of the host" {
	sleep 100 3>&- &
	run -1 inside "kill -0 $!"
	kill $!
}

@test "pid: /proc shows only its own processes" {
	# They are so few that no number has two digits.
	holds_since v0.2 '! ls /proc | grep -q "^[0-9][0-9]"'
}

# --- files and mounts ------------------------------------------------------------------------------

@test "mnt: it is in a mount namespace of its own" {
	holds_since v0.2 "[ \$(readlink /proc/self/ns/mnt) != '$(readlink /proc/self/ns/mnt)' ]"
}

@test "mnt: the host's files are out of sight" {
	echo secret >"$BATS_TEST_TMPDIR/file"
	holds_since v0.2 "! cat '$BATS_TEST_TMPDIR/file' 2>/dev/null"
}

@test "mnt: its / is the rootfs" {
	touch "$rootfs/marker"
	holds_since v0.2 '[ -e /marker ]'
}

@test "mnt: no mount of the host's is left" {
	# All are gcr's own. Those below /proc and /sys differ with the kernel; another test looks at them.
	holds_since v0.2 '[ "$(cut -d " " -f 5 /proc/self/mountinfo | grep -v "^/proc/\|^/sys/" | tr "\n" " ")" = "/ /proc /sys /tmp \
/dev /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/pts /dev/shm " ]'
}

@test "mnt: what it mounts does not appear on the host" {
	mkdir "$BATS_TEST_TMPDIR/point"
	point=$BATS_TEST_TMPDIR/point
	since v0.2 && point=/root
	# In a mount namespace that stands for the host: all of its mounts are shared, as systemd has it.
	run -0 unshare --mount --propagation shared sh -c '
		mkfifo "$3/up"
		before=$(cat /proc/self/mountinfo)
		"$1" run -q "$2" sh -c "mount -t tmpfs none $4; echo mounted; read -r line" <"$3/up" >"$3/log" &
		exec 9>"$3/up"
		for try in $(seq 100); do grep -q mounted "$3/log" && break; sleep 0.05; done
		[ "$before" = "$(cat /proc/self/mountinfo)" ] && echo unchanged || echo changed
		exec 9>&-
		wait' sh "$gcr" "$rootfs" "$BATS_TEST_TMPDIR" "$point" 3>&-
	if since v0.2; then assert_output unchanged; else assert_output changed; fi
}

@test "mnt: the working directory is not one of the host's" {
	cd "$BATS_TEST_TMPDIR"
	holds_since v0.2 '[ "$(pwd)" = / ] && [ "$(readlink /proc/self/cwd)" = / ]'
}

@test "mnt: /proc/1/root leads nowhere else" {
	holds_since v0.2 '[ -e /proc/1/root/bin/probe ] && [ "$(ls /proc/1/root/)" = "$(ls /)" ]'
}

@test "mnt: /tmp and /dev/shm are its own, and end with it" {
	marker=gcr-test-$$
	touch "/tmp/$marker" "/dev/shm/$marker"
	holds_since v0.2 "[ ! -e /tmp/$marker ] && [ ! -e /dev/shm/$marker ]"
	rm "/tmp/$marker" "/dev/shm/$marker"
	since v0.2 || return 0
	inside 'echo x >/tmp/left && echo x >/dev/shm/left'
	assert [ ! -e "$rootfs/tmp/left" ]
	run -0 inside 'cat /tmp/left /dev/shm/left 2>/dev/null; ls -ld /tmp /dev/shm'
	assert_line --index 0 --regexp '^drwxrwxrwt'
	assert_line --index 1 --regexp '^drwxrwxrwt'
}

@test "mnt: /dev has the usual devices and no disk" {
	run -0 inside 'ls -l /dev'
	if since v0.2; then
		assert_output --regexp 'crw-rw-rw- .* 1, +3 .* null'
		assert_output --regexp 'crw-rw-rw- .* 1, +5 .* zero'
		assert_output --regexp 'crw-rw-rw- .* 1, +7 .* full'
		assert_output --regexp 'crw-rw-rw- .* 1, +8 .* random'
		assert_output --regexp 'crw-rw-rw- .* 1, +9 .* urandom'
		assert_output --regexp 'crw-rw-rw- .* 5, +0 .* tty'
		assert_output --partial 'fd -> /proc/self/fd'
		assert_output --partial 'stdin -> /proc/self/fd/0'
		assert_output --partial 'stdout -> /proc/self/fd/1'
		assert_output --partial 'stderr -> /proc/self/fd/2'
		assert_output --partial 'ptmx -> pts/ptmx'
	fi
	holds_since v0.2 '[ $(ls /dev | wc -l) -eq 13 ] && ! ls -l /dev | grep -q "^b"'
}

@test "mnt: its devices work" {
	since v0.2 || return 0 # they are the host's
	inside 'echo gone >/dev/null && [ "$(head -c 3 /dev/zero | wc -c)" -eq 3 ] &&
		[ "$(head -c 3 /dev/urandom | wc -c)" -eq 3 ] && ! echo x >/dev/full 2>/dev/null &&
		echo a | cat /dev/stdin >/dev/stdout && echo b >/dev/fd/2'
}

@test "mnt: devices that the rootfs brings along do not open" {
	mknod -m 666 "$rootfs/root/null" c 1 3
	if since v0.2; then
		run -1 "$gcr" run -q "$rootfs" /bin/probe open /root/null
		assert_output --partial "Permission denied"
	else
		run -0 "$gcr" run -q "$rootfs" "$build/tests/probe" open "$rootfs/root/null"
	fi
	rm "$rootfs/root/null"
}

@test "mnt: setuid programs of the rootfs gain nothing" {
	cp "$build/tests/probe" "$rootfs/bin/probe-setuid"
	chmod 4755 "$rootfs/bin/probe-setuid"
	if since v0.2; then
		run -0 "$gcr" run -q "$rootfs" /bin/probe as-user /bin/probe-setuid
		assert_output 1000
	else
		chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
		run -0 "$gcr" run -q "$rootfs" "$build/tests/probe" as-user "$rootfs/bin/probe-setuid"
		assert_output 0
	fi
	rm "$rootfs/bin/probe-setuid"
}

@test "mnt: /sys is there to look at only" {
	holds_since v0.2 '[ -d /sys/kernel ] && ! mkdir /sys/fs/cgroup/x 2>/dev/null && grep -q " /sys ro," /proc/self/mountinfo'
}

@test "mnt: what is the host's in /proc is read-only" {
	holds_since v0.2 '
		for path in bus fs irq sys sysrq-trigger; do
			[ ! -e /proc/$path ] || grep -q " /proc/$path ro," /proc/self/mountinfo || exit 1
		done
		same=$(cat /proc/sys/vm/swappiness)
		! echo $same 2>/dev/null >/proc/sys/vm/swappiness'
}

@test "mnt: what tells too much in /proc and /sys is masked" {
	holds_since v0.2 '
		for path in acpi asound kcore keys latency_stats sched_debug scsi timer_list timer_stats; do
			case $(stat -c %F:%t:%T /proc/$path 2>/dev/null) in
				"" | character*:1:3) ;;
				directory*) [ -z "$(ls -A /proc/$path)" ] || exit 1 ;;
				*) exit 1 ;;
			esac
		done
		[ -z "$(ls -A /sys/firmware 2>/dev/null)" ]'
}

@test "mnt: /proc, /sys, /dev, /tmp run no program and know no setuid or device" {
	holds_since v0.2 '
		flags() { awk -v at="$1" "\$5 == at { print \$6 }" /proc/self/mountinfo; }
		[ "$(flags /proc)" = rw,nosuid,nodev,noexec,relatime ] &&
		[ "$(flags /sys)" = ro,nosuid,nodev,noexec,relatime ] &&
		[ "$(flags /dev)" = rw,nosuid,nodev,noexec,relatime ] &&
		[ "$(flags /dev/pts)" = rw,nosuid,noexec,relatime ] &&
		[ "$(flags /dev/shm)" = rw,nosuid,nodev,noexec,relatime ] &&
		[ "$(flags /tmp)" = rw,nosuid,nodev,relatime ] &&
		flags / | grep -q "^rw,nosuid,nodev"'
}

@test "mnt: terminals of its own, and the one that it was started in is /dev/console" {
	run -0 "$top/tests/terminal" "$gcr run -q '$rootfs' sh -c 'tty; ls /dev/pts; echo x >/dev/console'"
	if since v0.2; then
		assert_line --index 0 --partial /dev/console
		assert_line --index 1 --partial ptmx
		assert_line --index 2 --regexp '^x'
	else
		assert_line --index 0 --partial /dev/pts/
	fi
}

# --- a rootfs is untrusted -------------------------------------------------------------------------

@test "mnt: no symbolic link in the rootfs redirects a mount" {
	evil=$BATS_TEST_TMPDIR/evil
	for link in proc:/etc sys:/etc tmp:/etc dev:/etc dev:../../.. proc:. dev:none; do
		rm -rf "$evil" && make_busybox_rootfs "$evil" && mkdir "$evil/root/etc"
		rmdir "$evil/${link%%:*}" && ln -s "${link#*:}" "$evil/${link%%:*}"
		since v0.2 || { "$gcr" run -q "$evil" true; continue; } # nothing is mounted
		run -125 "$gcr" run -q "$evil" true
		assert_output "gcr: rootfs: ${link%%:*} is a symbolic link; gcr does not mount through one"
	done
}

@test "mnt: mount points that are missing are made, and those that are files refused" {
	odd=$BATS_TEST_TMPDIR/odd
	make_busybox_rootfs "$odd"
	rmdir "$odd"/{dev,proc,sys,tmp}
	since v0.2 || { "$gcr" run -q "$odd" true; assert [ ! -e "$odd/proc" ]; return; }
	run -0 "$gcr" run -q "$odd" sh -c 'ls / | tr "\n" " "'
	assert_output "bin dev etc proc root sys tmp usr "
	rmdir "$odd/proc" && touch "$odd/proc"
	run -125 "$gcr" run -q "$odd" true
	assert_output --partial 'gcr: mount("proc", '
	assert_output --partial "Not a directory"
}

# v0.2: the transcript of the original, on a real root filesystem.
#
# hint: Mounts have a namespace as well, but a new one starts as a copy of the old: what it is to hold has to be mounted, what it is not to hold unmounted.
# hint: In the child, in this order: no mount may propagate to the host; the rootfs becomes a mount; /proc, /sys, /tmp and /dev are mounted in it; it becomes /; the old / goes.
# hint: CLONE_NEWNS; mount(2) with MS_REC | MS_PRIVATE on /, then with MS_BIND | MS_REC on the rootfs; fchdir, pivot_root(".", "."), umount2(".", MNT_DETACH), chdir("/"); the terminal is opened after that, and bound to /dev/console.

load ../walkthrough
export GCR_APART=yes
use_step v0.2-mnt

setup_file() {
	prepare_guard
	export rootfs=$BATS_FILE_TMPDIR/rootfs
	make_busybox_rootfs "$rootfs"
}
teardown() {
	end_test
	chmod 700 "$BATS_RUN_TMPDIR" # a test has opened it to nobody
	# A container that is not one has made them on the host.
	rm -f {"$ubuntu",}/etc/gcr-test-$$
	rmdir /tmp/below 2>/dev/null || true
}

@test "transcript: sudo ./gcr run ubuntu bash" {
	run "$top/tests/terminal" "$gcr run ubuntu bash" "ls" "exit"
	ended=$status
	run -0 normalized <<<"$output"
	came_up
	lesson "bash has to come up, take two lines, and end with status 0"
	assert_line --index 0 "<date> [run] as pid <pid>"
	assert_line --index 1 "<date> [fork] as pid 1"
	lesson "the working directory is still one of the host's, and leads out: after the change of root, which call goes to the new /?"
	refute_output --partial "current directory"
	lesson "gcr prints lines that v0.1 had: from v0.2 on, the command's own come right after [fork]"
	refute_line --partial "Container running..."
	refute_line --partial "running command:"
	lesson "bash is not at / of the rootfs: pivot_root(2) makes that the container's /, chdir(2) goes there"
	assert_line --index 2 "root@<host>:/# ls"
	lesson "ls shows other files than those of rootfs/ubuntu"
	# Some architectures have a lib32 or a lib64 too.
	assert_line --index 3 --regexp \
		'^bin\s+boot\s+dev\s+etc\s+home\s+lib(\s+lib[0-9a-z.]+)*\s+media\s+mnt\s+opt\s+proc\s+root\s+run\s+sbin\s+srv\s+sys\s+tmp\s+usr\s+var$'
	lesson "bash has to take exit, and gcr to end with its status"
	assert_line --index 4 "root@<host>:/# exit"
	assert_equal "$ended" 0
}

@test "ps shows the container alone, tty its terminal" {
	run "$top/tests/terminal" "$gcr run -q ubuntu bash" "ps -e -o pid,args" "tty" "[ /dev/console -ef \$(tty) ] && echo same" "exit"
	run -0 normalized <<<"$output"
	lesson "ps finds no /proc: one has to be mounted in the new root, before the old one is gone"
	refute_output --partial "mount -t proc"
	lesson "ps does not see the container alone: a proc filesystem shows the pid namespace of the process that mounts it; whose is this one?"
	assert_line --index 1 --regexp '^ +PID COMMAND$'
	assert_line --index 2 --regexp '^ +1 gcr-init$'
	assert_line --index 3 --regexp '^ +2 bash$'
	assert_line --index 4 --regexp '^ +[0-9]+ ps -e -o pid,args$'
	lesson "tty finds no name for its terminal: gcr_open_terminal() opens one of the devpts(5) at /dev, which has to be the container's own by then"
	assert_line --index 6 /dev/pts/0
	lesson "/dev/console has to be the container's terminal (console(4)): bind that over an empty file"
	assert_line --index 8 same
}

@test "bash has job control, and Ctrl+C ends its job" {
	run "$top/tests/terminal" "$gcr run -q ubuntu bash" 'sleep 1000 & jobs' \
		'bash -c "echo r\$((1+1))d2; exec sleep 1000"' wait:r2d2 ^C 'echo status $?' "exit 6"
	ended=$status
	came_up
	lesson "at the terminal, bash has to control its jobs: it needs /dev/tty, and to be in the foreground"
	assert_equal "$ended" 6
	assert_output --partial "Running"
	assert_output --partial "status 130"
	refute_output --partial "no job control"
}

@test "what is written stays in the rootfs, not in the host's" {
	run "$gcr" run -q ubuntu bash -c "echo hello >/etc/gcr-test-$$ && cat /etc/gcr-test-$$"
	came_up
	lesson "what the container writes to /etc has to be in the rootfs afterwards, and nowhere else"
	assert_output hello
	assert [ ! -e /etc/gcr-test-$$ ]
	assert_equal "$(cat "$ubuntu/etc/gcr-test-$$")" hello
}

@test "without root: one line that says what to do" {
	GCR_USER=nobody
	use_step v0.2-mnt
	prepare_gcr
	run "$gcr" run -q /usr true
	lesson "where the kernel refuses a call, gcr has to end with 125 and one line: what failed, and why"
	assert_refused 125
}

# --- what the host must not notice -----------------------------------------------------------------

@test "no mount of the container's shows on the host" {
	# In a mount namespace that stands for the host: its mounts are shared, as systemd has it.
	run unshare --mount --propagation private bash -c 'mount --make-rshared /
		cut -d " " -f 5 /proc/self/mountinfo >"$2/before"
		"$0" run -q "$1" true 2>&1
		cut -d " " -f 5 /proc/self/mountinfo | diff "$2/before" -' "$guarded" "$rootfs" "$BATS_TEST_TMPDIR"
	# Without a namespace, the host has them whatever is private.
	if [ -n "$output" ] && ! calls_of_gcr clone3 | grep -q CLONE_NEWNS; then
		lesson "the host has the container's mounts: they were made in its own mount namespace; which clone flag makes another?"
		return 1
	fi
	lesson "the host has a mount of the container's now: a new mount namespace shares its mounts with the old one until / is made private with all below it, before the first mount"
	refute_output --partial $'\n> '
	lesson "where the host's mounts are shared, the container has to come up as well"
	assert_output ""
}

# --- what the container must not see ---------------------------------------------------------------

@test "no mount of the host's is left" {
	run inside 'cut -d " " -f 5 /proc/self/mountinfo | grep -v "^/proc/\|^/sys/\|^/dev" | sort'
	came_up
	lesson "/tmp is the rootfs's own, and what is written there stays: mount a tmpfs on it"
	assert_line /tmp
	lesson "the host's mounts are still there, below or on top of /: after pivot_root(2) the old root has to be unmounted with all in it"
	assert_output $'/\n/proc\n/sys\n/tmp'
}

@test "nobody climbs out of it" {
	touch "$rootfs/in-the-rootfs"
	run "$gcr" run -q "$rootfs" /bin/probe escape
	came_up
	lesson "a process got out to the host's /: chroot(2) moves where .. ends and unmounts nothing; pivot_root(2) swaps the root mount itself"
	assert_line in-the-rootfs
}

@test "the working directory is not the host's" {
	cd "$BATS_TEST_TMPDIR"
	run inside 'readlink /proc/self/cwd'
	came_up
	lesson "the working directory is still one of the host's, and leads out: after the change of root, which call goes to the new /?"
	assert_output /
}

@test "/dev has the usual devices, and none of the host's disks" {
	run inside 'ls /dev'
	came_up
	lesson "/dev has to be gcr's own, a tmpfs with a few harmless devices: not the host's, whose disks are in it, and not the rootfs's"
	assert_output "$(printf '%s\n' fd full null ptmx pts random shm stderr stdin stdout tty urandom zero)"
	run inside 'echo gone >/dev/null && stat -c %t:%T /dev/null'
	came_up
	lesson "/dev/null has to be the host's, bound over an empty file"
	assert_output 1:3
}

@test "/sys and the kernel's settings are there to look at only" {
	run inside 'grep -c " /sys ro," /proc/self/mountinfo'
	came_up
	lesson "/sys has to be there, and mounted read-only: the host's devices are in it"
	assert_output 1
	lesson "/proc/sys can be written to: these are settings of the host's kernel"
	run ! inside 'cat /proc/sys/vm/swappiness >/proc/sys/vm/swappiness'
}

# --- a rootfs is untrusted -------------------------------------------------------------------------

@test "no symbolic link in the rootfs redirects a mount" {
	evil=$BATS_TEST_TMPDIR/evil
	make_busybox_rootfs "$evil"
	rmdir "$evil/proc" && ln -s /etc "$evil/proc"
	run "$gcr" run -q "$evil" true
	lesson "the rootfs has a symbolic link where gcr mounts, and gcr followed it: openat2(2) can refuse links"
	assert_refused 125
}

@test "no setuid program of the rootfs gains anything" {
	cp "$build/tests/probe" "$rootfs/bin/probe-setuid"
	chmod 4755 "$rootfs/bin/probe-setuid"
	run "$gcr" run -q "$rootfs" /bin/probe as-user /bin/probe-setuid
	came_up
	lesson "a setuid program of the rootfs made an ordinary user root: which mount attribute stops that?"
	assert_output 1000
}

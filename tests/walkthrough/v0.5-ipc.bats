# v0.5: the transcript of the original: a shared memory segment of the host's, seen from v0.4, not from v0.5.
#
# hint: System V objects and POSIX message queues are no files: the mount namespace does not hide them. They have a namespace of their own.
# hint: It is made like the one before, at the fork; what is in it ends with its last process. POSIX queues show as files where a file system of type mqueue is mounted.
# hint: CLONE_NEWIPC in the table; in mount_dev() make mqueue, and mount("mqueue", in(dev, "mqueue"), "mqueue", …) there.

load ../walkthrough

setup_file() {
	prepare_walkthrough v0.4-uts v0.5-ipc
}
teardown_file() {
	end_walkthrough
}
export GCR_USER=$test_user
use_step v0.5-ipc

setup() {
	begin_test
	segment=$(as_test_user ipcmk -M 1M | grep -o '[0-9]*$')
	shared=/dev/shm/gcr-test-$(</proc/sys/kernel/random/uuid) # a file of the host's, whose /dev/shm all jobs share
}
teardown() {
	end_test
	[ -z "${segment:-}" ] || ipcrm -m "$segment"
	rm -f "$shared"
}

# Runs shell code as a root who may mount and make queues, on a host that ends with it. There, $0 is gcr.
on_other_host() {
	as_test_user GCR_ROOTFS_DIR="$GCR_ROOTFS_DIR" unshare --map-root-user --ipc --mount sh -c "$1" "$guarded"
}

# Where the segment is still seen, or a call was refused: which process made an IPC namespace, and when?
find_the_cause() {
	local calls
	calls=$(calls_of_gcr clone3,unshare)
	if grep -q '^unshare.*EPERM' <<<"$calls"; then
		lesson "an IPC namespace takes a privilege, which gcr has not, but the container's user namespace gives: make both at once, at the fork"
	elif grep -q CLONE_NEWIPC <<<"$calls"; then
		lesson "the container has an IPC namespace of its own, and something else was refused: the line that starts with gcr: says what"
	elif [[ $output == *mount*"Operation not permitted"* ]]; then
		lesson "the kernel refuses to mount mqueue, which shows the queues of the mounter's IPC namespace: that has to be the container's own by then; which clone flag makes it?"
	else
		lesson "the segment of the host's is still seen from inside: which clone flag makes an IPC namespace?"
	fi
}

@test "outside: the segment is there" {
	run -0 as_test_user ipcs -m
	assert_line --regexp "^0x[0-9a-f]+ +$segment +[^ ]+ +644 +1048576 +0 *\$"
}

@test "before: v0.4 shows it" {
	use_step v0.4-uts
	run -0 "$gcr" run -q ubuntu ipcs -m
	assert_line --index 0 "------ Shared Memory Segments --------"
	assert_line --regexp "^0x[0-9a-f]+ +$segment +root +644 +1048576 +0 *\$"
}

@test "transcript: v0.5 does not" {
	run "$gcr" run ubuntu ipcs -m
	ended=$status
	run -0 normalized <<<"$output"
	if [[ $output == *"Operation not permitted"* || $output == *" $segment "* ]]; then
		find_the_cause
		return 1
	fi
	came_up
	lesson "ipcs has to show a table with no segment in it"
	assert_line --index 0 "<date> [run] as pid <pid>"
	assert_line --index 1 "<date> [fork] as pid 1"
	assert_line --index 2 "------ Shared Memory Segments --------"
	assert_line --index 3 --regexp "^key +shmid +owner +perms +bytes +nattch +status *\$"
	assert [ "${#lines[@]}" -eq 4 ]
	assert_equal "$ended" 0
}

@test "what the container makes ends with it" {
	run on_other_host '"$0" run -q ubuntu bash -c "ipcmk -M 1M >/dev/null && ipcs -m | grep -o 1048576"; ipcs -m | grep 1048576'
	came_up
	lesson "a segment of the container's is left on the host: it was made in the host's IPC namespace"
	assert_output 1048576
}

@test "its message queues show at /dev/mqueue, and none of the host's" {
	run "$gcr" run -q ubuntu stat -f -c %T /dev/mqueue
	came_up
	lesson "there is no /dev/mqueue inside: where would a program look for its POSIX message queues (mq_overview(7))?"
	refute_output --partial "No such file"
	lesson "/dev/mqueue is there, but no queue will ever show in it: that takes a file system of type mqueue"
	assert_output mqueue
	run "$gcr" run -q ubuntu bash -c 'touch /dev/mqueue/queue && ls /dev/mqueue'
	lesson "no queue can be made in /dev/mqueue: is it mounted read-only?"
	assert_output queue
	run "$gcr" run -q ubuntu sed -n 's|.* /dev/mqueue \([^ ]*\) .*|\1|p' /proc/self/mountinfo
	lesson "/dev/mqueue lacks nosuid, nodev or noexec: it takes the same flags as the mount above it"
	for flag in nosuid nodev noexec; do assert_regex ",$output," ",$flag,"; done
	run on_other_host 'mount -t mqueue none /mnt && touch /mnt/of-the-host && "$0" run -q ubuntu ls -A /dev/mqueue'
	lesson "a message queue of the host's is seen from inside"
	assert_output ""
}

@test "its shared memory by name, /dev/shm, is its own" {
	as_test_user touch "$shared"
	run "$gcr" run -q ubuntu ls -A /dev/shm
	came_up
	lesson "/dev/shm is the host's: shared memory by name (shm_overview(7)) is files of a tmpfs, and takes one of the container's own"
	assert_output ""
}

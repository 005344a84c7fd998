# v0.3: the transcript of the original, without sudo; and what an ordinary user gets.
#
# hint: One kind of namespace everybody may make, and is root in it. What is made with it belongs to it, and takes nobody else's leave.
# hint: Until /proc/PID/uid_map and gid_map are written, no id means anything in it. The parent writes them, or newuidmap(1) and newgidmap(1) do; the child waits at its end of a socket.
# hint: CLONE_NEWUSER; in the child read(2) from child->to_parent, then setgroups, setresgid, setresuid to 0; after the last mount cut the bounding set, cap_set_proc(3), PR_SET_NO_NEW_PRIVS.

load ../walkthrough

setup_file() {
	prepare_walkthrough v0.3-user
}
teardown_file() {
	end_walkthrough
}
export GCR_USER=$test_user
use_step v0.3-user

teardown() {
	end_test
	pgrep -f "^${gcr%/*}/gcr run" | xargs -r kill -KILL 2>/dev/null || true
}

# Runs a command as a user who has no subordinate ids.
as_nobody() {
	local as=()
	[ "$EUID" -eq 0 ] || as=(unshare --map-root-user --map-auto)
	"${as[@]}" setpriv --reuid nobody --regid nogroup --clear-groups "$@"
}

# Runs gcr where newuidmap fails. Its output goes to a file: a child that stays would keep a pipe of run's open.
gives_up() {
	output_file=$BATS_TEST_TMPDIR/output
	PATH=$1 "$gcr" run -q ubuntu true >"$output_file" 2>&1 3>&- &
	gcr_job=$!
	retry 200 '[ -s "$output_file" ] || ! kill -0 "$gcr_job"'
	show "$(cat "$output_file")"
	look_first "$(cat "$output_file")" || return
	lesson "gcr has given up, and its child still waits at the socket: that ends when nobody has the other end, and the child has it itself"
	retry 20 '! pgrep -f "^${gcr%/*}/gcr run"'
	wait "$gcr_job" && status=0 || status=$?
	lesson "where newuidmap fails, gcr has to end with 125, and to say so"
	assert_equal "$status" 125
	run -0 cat "$output_file"
}

@test "transcript: ./gcr run ubuntu bash" {
	run "$top/tests/terminal" "$gcr run ubuntu bash" "ls" "exit"
	ended=$status
	run -0 normalized <<<"$output"
	if [[ $output == *"Operation not permitted"* ]] && ! calls_of_gcr clone3 | grep -q CLONE_NEWUSER; then
		lesson "an ordinary user may not make these namespaces, but one other kind, and is root in that: which clone flag?"
		return 1
	fi
	lesson "the child took its ids before there were any: until its parent has written both maps, of users and of groups, it has to wait"
	refute_output --regexp 'set[a-z]*[ug]id\(.*Invalid argument'
	lesson "a process whose group does not exist inside can make no file (EOVERFLOW): gid_map is a map of its own, and the child has groups to change, too"
	refute_output --partial "Value too large"
	lesson "mount(2) was refused to the container's own root: it takes CAP_SYS_ADMIN; drop_capabilities() comes after the last mount"
	refute_output --regexp "gcr: mount.*Operation not permitted"
	came_up
	lesson "bash has to come up as root, in the rootfs, and take two lines"
	assert_line --index 0 "<date> [run] as pid <pid>"
	assert_line --index 1 "<date> [fork] as pid 1"
	assert_line --index 2 "root@<host>:/# ls"
	assert_line --index 3 --regexp '^bin\s+boot\s+dev\s+etc\s+home\s+lib'
	assert_line --index 4 "root@<host>:/# exit"
	assert_equal "$ended" 0
}

@test "root inside, an ordinary user outside" {
	start ubuntu bash -c 'id; echo ready; exec sleep 1000'
	run -0 ps -o uid=,args= -p "$(command_pid)"
	kill -KILL "$gcr_pid"
	lesson "seen from outside, the container has to run as the user who started it"
	assert_output --regexp "^ *$(id -u "$test_user") sleep 1000$"
	run -0 head -n 1 "$output_file"
	lesson "inside, its user has to be root: uid_map maps 0 to the caller, and the child becomes 0"
	assert_output --partial "uid=0(root)"
	lesson "inside, its group has to be root as well: gid_map is a map of its own, and the child has groups to change, too"
	assert_output "uid=0(root) gid=0(root) groups=0(root)"
}

@test "files keep their users, inside and outside" {
	run "$gcr" run -q ubuntu bash -c 'echo x >/srv/mine; echo x >/srv/theirs; chown daemon /srv/theirs'
	came_up
	lesson "root could not give a file to another user: only root is mapped, the others are the caller's subordinate ids (subuid(5)), by newuidmap(1)"
	assert_output ""
	run -0 "$gcr" run -q ubuntu stat -c %U /srv/mine /srv/theirs
	assert_output "$(printf 'root\ndaemon')"
	lesson "what root writes inside has to be the caller's outside, and what daemon has, which is user 1, the first subordinate id's"
	first=$(grep -E "^($test_user|$(id -u "$test_user")):" /etc/subuid | head -n 1 | cut -d : -f 2)
	assert_equal "$(stat -c %u "$GCR_ROOTFS_DIR/ubuntu/srv/mine")" "$(id -u "$test_user")"
	assert_equal "$(stat -c %u "$GCR_ROOTFS_DIR/ubuntu/srv/theirs")" "$first"
}

@test "apt-get update works" {
	GCR_PATIENCE=$((${BATS_TEST_TIMEOUT:-600} * 9 / 10)) run "$gcr" run -q ubuntu apt-get update
	came_up
	lesson "apt-get has to work: it becomes a user of its own, _apt, so it needs that mapped, and to be allowed setuid(2) and setgid(2)"
	assert_equal "$status" 0
}

@test "su - nobody works" {
	run "$gcr" run -q ubuntu su -s /bin/bash - nobody -c 'id -un; touch /root/x 2>/dev/null || echo refused'
	came_up
	lesson "root has to be able to become another user, with fewer rights"
	assert_line nobody
	assert_line refused
}

@test "its root has few powers" {
	run "$gcr" run -q ubuntu grep -E '^(Cap|NoNewPrivs)' /proc/self/status
	came_up
	lesson "its root has all capabilities, and may undo every mount: after the last mount, cap_set_proc(3) leaves it those of the list"
	assert_line $'CapEff:\t00000000800405fb'
	assert_line $'CapPrm:\t00000000800405fb'
	assert_line $'CapInh:\t0000000000000000'
	lesson "the capabilities are cut, but what root executes gets them back: the bounding set is still whole"
	assert_line $'CapBnd:\t00000000800405fb'
	lesson "a setuid program or a file's capabilities may still give more than that: which prctl(2) ends it?"
	assert_line $'NoNewPrivs:\t1'
}

@test "its keys are its own" {
	# keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0)
	run in_keyring "$gcr" run -q ubuntu perl -e 'use POSIX; print syscall({ x86_64 => 250, aarch64 => 219, i686 => 288 }->{(POSIX::uname)[4]}, 0, -3, 0)'
	came_up
	lesson "its session keyring is its caller's: keyrings are in no namespace, but keyctl(2) joins another"
	assert [ "${lines[1]}" -ne "${lines[0]}" ]
}

@test "where root runs a user's rootfs, its output opens" {
	takes_root
	run bash -c '"$0" run -q "$1" bash -c "echo opened >/dev/stdout" 2>&1 | cat' "$guarded" "$GCR_ROOTFS_DIR/ubuntu"
	came_up
	lesson "the container's root may not open its own standard output: the pipe belongs to root outside, and the container's root is another user; gcr_give_streams() gives it the pipe"
	assert_output opened
}

@test "a user without subordinate ids is root alone, and may not leave groups" {
	run as_nobody env GCR_ROOTFS_DIR="$GCR_ROOTFS_DIR" "$guarded" run -q ubuntu \
		bash -c 'cat /proc/self/uid_map /proc/self/setgroups | tr -s " "'
	lesson "without newgidmap, the kernel refuses a gid_map as long as setgroups(2) is open: a process that could leave a group could open what is closed to it (user_namespaces(7))"
	refute_output --partial "gcr_write_file("
	came_up
	lesson "an ordinary user without subordinate ids maps root alone, and has given setgroups(2) up"
	assert_line --index 0 --partial "gcr: warning: "
	assert_equal "$(printf '%s\n' "${lines[@]:1}")" "$(printf ' 0 %s 1\ndeny' "$(id -u nobody)")"
}

# --- where user namespaces are refused -------------------------------------------------------------

@test "refused: no user namespaces left" {
	# A user namespace has limits of its own (namespaces(7)).
	run unshare --user --map-root-user bash -c 'echo 0 >/proc/sys/user/max_user_namespaces; "$0" run -q "$1" true' \
		"$guarded" "$BATS_FILE_TMPDIR"
	lesson "where the machine refuses, gcr has to end with 125 and one line: hints[] has a cure for each, if the call stands in TRY()"
	assert_refused 125
	says "gcr: clone_container(&child): No space left on device: "
	says "sudo sysctl user.max_user_namespaces="
}

@test "refused: a partly masked /proc around" {
	takes_root
	chmod 755 "$BATS_TEST_TMPDIR"
	run unshare --mount --propagation private bash -c 'mount -t tmpfs none /proc/bus; "$0" run -q ubuntu true' "$gcr"
	lesson "where the machine refuses, gcr has to end with 125 and one line: hints[] has a cure for each, if the call stands in TRY()"
	assert_refused 125
	says 'gcr: mount("proc", '
	says "Operation not permitted: "
	says "hides parts of /proc"
}

@test "refused: AppArmor's limit on user namespaces (Ubuntu 24.04)" {
	takes_root
	# The kernel at hand may not have it: its setting and its answer to the first mount are made up.
	run unshare --mount --propagation private bash -c 'mount -t tmpfs none /proc/sys/kernel
		echo 1 >/proc/sys/kernel/apparmor_restrict_unprivileged_userns
		strace -f -o /dev/null -e trace=mount -e inject=mount:error=EACCES "$0" run -q /usr true' "$guarded"
	lesson "where the machine refuses, gcr has to end with 125 and one line: hints[] has a cure for each, if the call stands in TRY()"
	assert_refused 125
	says 'gcr: mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL): Permission denied: AppArmor forbids it:'
	says "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
}

@test "refused: newuidmap is not installed" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$(command -v setpriv)" "$(command -v env)" "$BATS_TEST_TMPDIR/bin"
	gives_up "$BATS_TEST_TMPDIR/bin"
	says "sudo apt-get install uidmap"
}

@test "refused: and the terminal is the caller's" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$(command -v setpriv)" "$(command -v env)" "$BATS_TEST_TMPDIR/bin"
	timeout 10 "$top/tests/terminal" "PATH='$BATS_TEST_TMPDIR/bin' $gcr run -q ubuntu true; printf 'name# '; read -r x; echo got-\$x" \
		"typed" >"$BATS_TEST_TMPDIR/output" 3>&- || true
	run -0 cat "$BATS_TEST_TMPDIR/output"
	lesson "where gcr gives up, it still has to leave the terminal to its caller"
	assert_output --partial got-typed
	says "sudo apt-get install uidmap"
}

@test "refused: subordinate ids that newuidmap does not grant" {
	# A newuidmap that refuses, as for a range that is not the caller's.
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$(command -v setpriv)" "$(command -v env)" "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "newuidmap: not allowed" >&2\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/newuidmap"
	cp "$BATS_TEST_TMPDIR/bin/newuidmap" "$BATS_TEST_TMPDIR/bin/newgidmap"
	chmod 755 "$BATS_TEST_TMPDIR"/bin/new*
	gives_up "$BATS_TEST_TMPDIR/bin"
	assert_line "newuidmap: not allowed"
	says "gcr: newuidmap could not map the ids: "
}

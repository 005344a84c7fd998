# v0.3: the transcript of the original, without sudo; and what an ordinary user gets.

load ../helpers
load ../user

setup_file() {
	prepare_walkthrough v0.3-user
}
teardown_file() {
	test_user_remove
}
export GCR_USER=gcr-test
use_step v0.3-user

@test "transcript: ./gcr run ubuntu bash" {
	run -0 "$top/tests/terminal" "$gcr run ubuntu bash" "ls" "exit"
	run -0 normalized <<<"$output"
	assert_line --index 0 "<date> [run] as pid <pid>"
	assert_line --index 1 "<date> [fork] as pid 1"
	assert_line --index 2 "root@<host>:/# ls"
	assert_line --index 3 --regexp '^bin\s+boot\s+dev\s+etc\s+home\s+lib'
	assert_line --index 4 "root@<host>:/# exit"
}

@test "root inside, an ordinary user outside" {
	start ubuntu bash -c 'id; echo ready; exec sleep 1000'
	run -0 ps -o user=,args= -p "$(container_pid)"
	kill -KILL "$gcr_pid"
	assert_output "gcr-test sleep 1000"
	assert_equal "$(head -n 1 "$output_file")" "uid=0(root) gid=0(root) groups=0(root)"
}

@test "apt-get update works" {
	"$gcr" run -q ubuntu apt-get update
}

@test "su - nobody works" {
	run -0 "$gcr" run -q ubuntu su -s /bin/bash - nobody -c 'id -un; touch /root/x 2>/dev/null || echo refused'
	assert_line nobody
	assert_line refused
}

@test "files keep their users, inside and outside" {
	"$gcr" run -q ubuntu bash -c 'echo x >/srv/mine; echo x >/srv/theirs; chown daemon /srv/theirs'
	run -0 "$gcr" run -q ubuntu stat -c %U /srv/mine /srv/theirs
	assert_output "$(printf 'root\ndaemon')"
	first=$(grep ^gcr-test: /etc/subuid | cut -d : -f 2)
	assert_equal "$(stat -c %U "$GCR_ROOTFS_DIR/ubuntu/srv/mine")" gcr-test
	assert_equal "$(stat -c %u "$GCR_ROOTFS_DIR/ubuntu/srv/theirs")" "$first" # daemon is 1, the first of them
}

# --- where user namespaces are refused -------------------------------------------------------------

@test "refused: no user namespaces left" {
	# A user namespace has limits of its own (namespaces(7)).
	run -125 unshare --user --map-root-user bash -c 'echo 0 >/proc/sys/user/max_user_namespaces; "$0" run -q "$1" true' \
		"$build/steps/v0.3-user/gcr" "$ubuntu"
	assert_output --partial "gcr: gcr_clone(namespaces, &pidfd): No space left on device: "
	assert_output --partial "sudo sysctl user.max_user_namespaces="
}

@test "refused: a partly masked /proc around" {
	chmod 755 "$BATS_TEST_TMPDIR"
	run -125 unshare --mount --propagation private bash -c 'mount -t tmpfs none /proc/bus; "$0" run -q ubuntu true' "$gcr"
	assert_output --partial 'gcr: mount("proc", '
	assert_output --partial "Operation not permitted: "
	assert_output --partial "masks parts of /proc"
}

@test "refused: AppArmor's limit on user namespaces (Ubuntu 24.04)" {
	# The kernel at hand may not have it: its setting and its answer to the first mount are made up.
	run -125 unshare --mount --propagation private bash -c 'mount -t tmpfs none /proc/sys/kernel
		echo 1 >/proc/sys/kernel/apparmor_restrict_unprivileged_userns
		strace -f -o /dev/null -e trace=mount -e inject=mount:error=EACCES "$0" run -q /usr true' "$build/steps/v0.3-user/gcr"
	assert_output --partial 'gcr: mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL): Permission denied: AppArmor forbids it:'
	assert_output --partial "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
}

@test "refused: newuidmap is not installed" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$(command -v setpriv)" "$(command -v env)" "$BATS_TEST_TMPDIR/bin"
	run -125 env PATH="$BATS_TEST_TMPDIR/bin" "$gcr" run -q ubuntu true
	assert_output --partial "sudo apt-get install uidmap"
}

@test "refused: and the terminal is the caller's" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$(command -v setpriv)" "$(command -v env)" "$BATS_TEST_TMPDIR/bin"
	run -0 "$top/tests/terminal" "PATH='$BATS_TEST_TMPDIR/bin' $gcr run -q ubuntu true; printf 'name# '; read -r x; echo got-\$x" "typed"
	assert_output --partial "sudo apt-get install uidmap"
	assert_output --partial got-typed
}

@test "refused: subordinate ids that newuidmap does not grant" {
	# A newuidmap that refuses, as for a range that is not the caller's.
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$(command -v setpriv)" "$(command -v env)" "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "newuidmap: not allowed" >&2\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/newuidmap"
	cp "$BATS_TEST_TMPDIR/bin/newuidmap" "$BATS_TEST_TMPDIR/bin/newgidmap"
	chmod 755 "$BATS_TEST_TMPDIR"/bin/new*
	run -125 env PATH="$BATS_TEST_TMPDIR/bin" "$gcr" run -q ubuntu true
	assert_line "newuidmap: not allowed"
	assert_line --partial "gcr: could not map the ids of /etc/subuid and /etc/subgid"
}

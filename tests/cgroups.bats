# scripts/cgroups.sh: a cgroup by hand, and how it cleans up. tests/walkthrough/v0.6-cgroups.bats tests its output.

load helpers
load user

setup_file() {
	# Where the user may read them.
	chmod 755 "$BATS_RUN_TMPDIR"
	export script=$BATS_FILE_TMPDIR/cgroups.sh terminal=$BATS_FILE_TMPDIR/terminal
	cp "$top/scripts/cgroups.sh" "$top/tests/terminal" "$BATS_FILE_TMPDIR"
	# The same script with a shorter sleep, for tests in which the sleep does not matter.
	export brief=$BATS_FILE_TMPDIR/brief/cgroups.sh
	sed 's/^sleep 5 /sleep 1 /' "$script" | install -D -m 755 /dev/stdin "$brief"
	has cgroup2 || return 0
	# One run, for several tests.
	start_script in_session "$script"
	for file in pids.max pids.current pids.peak pids.events; do
		cp "$cgroup/$file" "$BATS_FILE_TMPDIR"
	done
	ps -o uid=,args= -p "$(paste -sd , "$cgroup/cgroup.procs")" >"$BATS_FILE_TMPDIR/ps"
	wait "$script_pid"
	mv "$output_file" "$BATS_FILE_TMPDIR/transcript"
}
# Starts the script in the background, and waits until it has spawned what it could. $cgroup is then its cgroup, and
# $shell_pid its process.
start_script() {
	output_file=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/output
	"$@" >"$output_file" 2>&1 3>&- &
	script_pid=$!
	retry 300 'grep -q "^>>> Sleeping" "$output_file" || ! kill -0 "$script_pid"'
	grep -q "^>>> Sleeping" "$output_file" || fail "it ended: $(cat "$output_file")"
	cgroup=$(sed -n 's/^>>> Creating cgroup at //p' "$output_file")
	shell_pid=$(sed -nE 's/^\$ echo ([0-9]+) >demo\/cgroup.procs$/\1/p' "$output_file")
}

# Of the transcript in $output: that the script cleaned up, and left neither cgroups nor processes.
assert_cleaned_up() {
	local cgroup
	assert_line "$ rmdir demo"
	refute_output --partial "cgroups.sh: line" # what bash says of its own: an error, or a job that was killed
	refute_output --partial "rmdir: "
	cgroup=$(sed -nE 's/^>>> Creating cgroup at ([^\r]*).*/\1/p' <<<"$output")
	[[ $cgroup == /sys/fs/cgroup/*.scope/demo ]] || fail "which cgroup?"
	assert [ ! -e "$cgroup" ]
	retry 50 '[ ! -e "'"${cgroup%/demo}"'" ]' # the service manager removes its scope
	run -1 pgrep -x -a -f "sleep ([15]|60)"
}

@test "--help, and what it does not know" {
	run -0 "$script" --help
	assert_output --partial "usage: scripts/cgroups.sh"
	run -2 "$script" --pids 7
	assert_output "cgroups: no option '--pids'; see scripts/cgroups.sh --help"
}

@test "refused: no cgroup v2 hierarchy" {
	run -1 unshare --mount --propagation private bash -c 'mount -t tmpfs none /sys/fs/cgroup && exec "$0"' "$script"
	assert_output --partial "cgroups: /sys/fs/cgroup is not a cgroup v2 hierarchy with the pids controller: boot with systemd.unified_cgroup_hierarchy=1"
	assert_output --partial "vm/qemu shell"
	assert_equal "${#lines[@]}" 1
}

@test "refused: a cgroup v2 hierarchy without the pids controller" {
	run -1 unshare --mount --propagation private bash -c 'mount -t tmpfs none /sys/fs/cgroup &&
		echo cpu memory >/sys/fs/cgroup/cgroup.controllers && exec "$0"' "$script"
	assert_output --partial "cgroups: /sys/fs/cgroup is not a cgroup v2 hierarchy with the pids controller: "
	assert_equal "${#lines[@]}" 1
}

# What follows takes a cgroup v2 hierarchy with systemd in charge.
# bats file_tags=vm

@test "the processes in the cgroup are the shell and those that it spawned" {
	file=$BATS_FILE_TMPDIR/transcript
	spawned=$(sed -nE 's/^Spawned .* with PID //p' "$file")
	assert_equal "$(wc -w <<<"$spawned")" 3
	assert_equal "$(sed -n '/^cgroup.procs:/,/^>>>/{/^[0-9]/p}' "$file" | tail -n +2)" "$spawned"
	run -0 sort "$BATS_FILE_TMPDIR/ps"
	uid=$(id -u "$test_user")
	assert_line --index 0 --regexp "^ *$uid /usr/bin/bash $script$"
	assert_line --index 3 --regexp "^ *$uid sleep 60$"
	refute_line --regexp "^ *0 "
}

@test "seen from outside: the limit, never exceeded, and how often it was hit" {
	cd "$BATS_FILE_TMPDIR"
	assert_equal "$(cat pids.max)" 5
	assert [ "$(cat pids.current)" -le 5 ]
	assert_equal "$(cat pids.peak)" 5
	assert_equal "$(cat pids.events)" "max 7"
}

@test "it leaves nothing behind" {
	run -0 cat "$BATS_FILE_TMPDIR/transcript"
	assert_cleaned_up
}

@test "root gets a scope of the system's, and twice in a row" {
	for _ in 1 2; do
		run -0 "$brief"
		assert_line --regexp '^>>> Creating cgroup at /sys/fs/cgroup/system.slice/myapp-[0-9]+.scope/demo$'
		assert_line "pids.events: max 7"
		assert_cleaned_up
	done
}

@test "two at once have a cgroup each" {
	# If dash cannot fork, dash writes its error in pieces. So each script has a pipe of its own, and sort(1) writes all at once.
	# shellcheck disable=SC2016 # for the session's
	run -0 in_session bash -o pipefail -c '"$0" 2>&1 | sort & "$0" 2>&1 | sort && wait $!' "$brief"
	assert_equal "$(grep -c '^Spawned' <<<"$output")" 6
	assert_equal "$(grep -c '^\$ rmdir demo' <<<"$output")" 2
	run -1 pgrep -x -a -f "sleep ([15]|60)"
}

@test "in a scope of its own it asks systemd for nothing" {
	run -0 in_session systemd-run --user --scope -p Delegate=yes --quiet --collect --unit=mine "$brief"
	refute_output --partial systemd-run
	assert_line --regexp '^>>> Creating cgroup at .*/mine.scope/demo$'
	assert_line "pids.events: max 7"
	assert_cleaned_up
}

@test "in a scope that is another process's as well it asks for one" {
	# shellcheck disable=SC2016 # for the scope's
	run -0 in_session systemd-run --user --scope -p Delegate=yes --quiet --collect --unit=ours bash -c '"$0"; exit' "$brief"
	assert_line --index 0 ">>> Asking systemd for a cgroup of our own"
	assert_line --regexp '^>>> Creating cgroup at .*/myapp-[0-9]+.scope/demo$'
	assert_cleaned_up
}

# --- it cleans up whatever happens -----------------------------------------------------------------

@test "Ctrl+C while it sleeps" {
	sed 's/^sleep 5 /sleep 1000000 /' "$script" >"$BATS_FILE_TMPDIR/long.sh"
	run -130 in_session "$terminal" "exec bash $BATS_FILE_TMPDIR/long.sh" "wait:Sleeping for 5 seconds" ^C
	run -0 tr -d '\r' <<<"$output"
	assert_cleaned_up
}

@test "Ctrl+C while it spawns" {
	run -130 in_session "$terminal" "exec $script" "wait:Spawned Process 2" ^C
	run -0 tr -d '\r' <<<"$output"
	refute_line --partial ">>> Sleeping"
	assert_cleaned_up
}

@test "SIGTERM, at once" {
	sed 's/^sleep 5 /sleep 1000000 /' "$script" >"$BATS_TEST_TMPDIR/cgroups.sh"
	start_script bash "$BATS_TEST_TMPDIR/cgroups.sh"
	kill -TERM "$shell_pid"
	wait "$script_pid" && status=0 || status=$?
	assert_equal "$status" 143
	run -0 cat "$output_file"
	assert_cleaned_up
}

@test "SIGHUP, as of a terminal that is closed" {
	start_script "$script"
	kill -HUP "$shell_pid"
	wait "$script_pid" && status=0 || status=$?
	assert_equal "$status" 129
	run -0 cat "$output_file"
	assert_cleaned_up
}

@test "an error" {
	sed 's/echo 5 >/echo five >/' "$script" >"$BATS_TEST_TMPDIR/cgroups.sh"
	run -1 bash "$BATS_TEST_TMPDIR/cgroups.sh"
	assert_line --partial "write error: Invalid argument"
	refute_line --partial Spawned
	run -0 grep -v "write error: Invalid argument" <<<"$output"
	assert_cleaned_up
}

# --- where it is refused: one line, with the cure --------------------------------------------------

@test "refused: no service manager, as after su" {
	run -1 as_test_user "$script"
	assert_output --regexp "^cgroups: no service manager for learner here \(.*\): log in as learner by ssh or by sudo machinectl shell learner@, not by su; "
	assert_output --partial "sudo machinectl shell learner@"
	assert_equal "${#lines[@]}" 1
}

@test "refused: the pids controller is not delegated" {
	run -1 systemd-run --scope -p Delegate=yes --quiet --collect unshare --mount --propagation private bash -c '
		echo cpu memory >"$1"
		mount --bind "$1" "/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)/cgroup.controllers" && exec "$0"' \
		"$script" "$BATS_TEST_TMPDIR/controllers"
	assert_output --partial "cgroups: the pids controller is not delegated to root: sudo vm/provision.sh "
	assert_output --partial "/etc/systemd/system/user@.service.d/60-gcr.conf"
	assert_equal "${#lines[@]}" 1
}

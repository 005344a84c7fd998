# gcr gets SIGKILL at a hundred random moments of its start and its life, or at 25 in the virtual machine. Each time, it leaves
# nothing behind. The moments depend on GCR_SEED, which a failure prints.

# shellcheck disable=SC2030,SC2031 # each test is a process of its own
load ../helpers
load ../network
load left

setup_file() {
	export GCR_SEED=${GCR_SEED:-$RANDOM}
	use_step "$last_step"
	make_host
	! has cgroup2 || on_host mount -t cgroup2 none /sys/fs/cgroup # its /sys is a new one
	gcr_net setup -q
	export rootfs=$BATS_FILE_TMPDIR/rootfs GCR_DATA_DIR=$BATS_FILE_TMPDIR/data
	make_busybox_rootfs "$rootfs"
	mkdir "$GCR_DATA_DIR"
}

teardown() {
	grep -lsF "GCR_KILLED=$BATS_TEST_TMPDIR" /proc/[0-9]*/environ | cut -d / -f 3 | end
}

teardown_file() {
	remove_host
}

# Prints how long a run with these options takes, in milliseconds. A start takes a little less.
measure() {
	local TIMEFORMAT=%3R
	{ time "$gcr" run -q "$@" "$rootfs" true; } 2>&1 | tr -d .
}

# Starts gcr with these options, and kills only gcr after this many microseconds. Its command is $command; by default the command
# has a child, and both ignore SIGTERM. True if the command had started.
kill_after() {
	local output_file=$BATS_TEST_TMPDIR/output status=0 # no pipe: who is left would keep us waiting
	env "$mark" timeout --foreground --signal KILL "$(printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000)))" \
		"$gcr" run -q -e "$mark" "${@:2}" "$rootfs" sh -c "${command:-trap '' TERM; sleep 1000 & echo ready; exec sleep 1000}" >"$output_file" 2>&1 3>&- || status=$?
	assert_equal "$status" 137
	[ "$(cat "$output_file")" = ready ] || assert [ ! -s "$output_file" ]
	[ -s "$output_file" ]
}

# Root's gcr leaves its cgroup, and each one its upper layer, which the next gcr removes.
next_gcr() { :; }

# Asserts this for a step, with these options.
survives_kills() {
	local mark=GCR_KILLED=$BATS_TEST_TMPDIR kills=${kills:-100} begun=0 span delay number before
	use_step "$1"
	prepare_gcr
	"$gcr" run -q "${@:2}" "$rootfs" true # it makes what the rootfs lacks to mount on
	before=$(state_at_rest)
	span=$((10#$(measure "${@:2}") * 2000))
	RANDOM=$GCR_SEED
	for ((number = 1; number <= kills; number++)); do
		delay=$((1 + RANDOM * span / 32768))
		! kill_after "$delay" "${@:2}" || begun=$((begun + 1))
		next_gcr
		nothing_is_left "$before" "GCR_SEED=$GCR_SEED: killed after $delay microseconds, the $number. time"
	done
	echo "# $*: killed $kills times within $span microseconds, $begun times when the command ran" >&3
	assert [ "$begun" -gt 0 ]
	assert [ "$begun" -lt "$kills" ]
}

@test "kill: v0.1" { survives_kills v0.1-pid; }
@test "kill: v0.5" { survives_kills v0.5-ipc; }
@test "kill: v0.5, with a command that changes its user" { command='exec probe outlive' survives_kills v0.5-ipc; }

# Asserts it for the last step, with these options. The next gcr also removes what the container has written.
survives_kills_on_overlay() {
	local command="trap '' TERM; mkdir -p /a/b && touch /a/b/file && chown -R 33:44 /a/b && rm /bin/vi && chmod 0 /a/b /a; sleep 1000 & echo ready; exec sleep 1000"
	next_gcr() {
		# The lock of the upper layer goes with the last process of the container.
		retry 100 '! grep -qsF "$mark" /proc/[0-9]*/environ'
		"$gcr" run -q --net none "$rootfs" true
		assert_equal "$(ls "$GCR_DATA_DIR/containers")" ""
	}
	survives_kills "$last_step" "$@"
}

@test "kill: the last step on the bridge with published ports" { survives_kills_on_overlay --net bridge -p 8080:80 -p 5353:53/udp; }
@test "kill: the last step, as a user" {
	local GCR_USER=learner rootfs=$BATS_FILE_TMPDIR/user GCR_DATA_DIR=$BATS_FILE_TMPDIR/user-data
	make_busybox_rootfs "$rootfs"
	make_closed "$GCR_DATA_DIR"
	survives_kills_on_overlay --net none
}

# The tests below need a cgroup v2 hierarchy with systemd.
# bats test_tags=vm
@test "kill: v0.6 with limits" {
	next_gcr() { "$gcr" run -q --pids-max 5 "$rootfs" true; }
	kills=25 survives_kills v0.6-cgroups --pids-max 5 --memory 64M
}

# bats test_tags=vm
@test "kill: the last step with limits, on the bridge with published ports" {
	next_gcr() { "$gcr" run -q --pids-max 5 "$rootfs" true; }
	kills=25 survives_kills "$last_step" --pids-max 5 --memory 64M --net bridge -p 8080:80
}

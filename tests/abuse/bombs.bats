# Bombs in a container with limits. Meanwhile the host can start programs and other containers, and keeps its memory and
# processes. Afterwards it has back what the container had. tests/limits.bats tests the limits themselves.
# bats file_tags=vm

# shellcheck disable=SC2030,SC2031 # run sets these anew in each test
load ../helpers
load ../user

setup_file() {
	export rootfs=$BATS_FILE_TMPDIR/rootfs
	make_busybox_rootfs "$rootfs"
}

setup() {
	requires cgroup2 delegation
	use_step "$last_step"
	processes=$(count_processes) available=$(meminfo MemAvailable) swap=$(meminfo SwapFree) killed=$(oom_kills)
}

teardown() {
	[ -z "${gcr_pid:-}" ] || kill -KILL "$gcr_pid" 2>/dev/null || true
	[ ! -d /sys/fs/cgroup/around ] || rmdir /sys/fs/cgroup/around
}

count_processes() { find /proc -maxdepth 1 -name '[1-9]*' | wc -l; }
meminfo() { awk -v key="$1:" '$1 == key { print int($2 / 1024) }' /proc/meminfo; }
oom_kills() { awk '$1 == "oom_kill" { print $2 }' /proc/vmstat; }

cgroup_of_container() {
	echo "/sys/fs/cgroup$(cut -d : -f 3 "/proc/$(container_pid)/cgroup")"
}

value() {
	awk -v key="$1" '$1 == key { print $2 }' "$2"
}

# Asserts that the host works as usual while the bomb goes off.
host_is_unharmed() {
	for _ in {1..20}; do assert [ -n "$(busybox uname)" ]; done
	run -0 "$gcr" run -q --net none "$rootfs" sh -c 'echo $(echo alive)'
	assert_output alive
	assert [ "$(count_processes)" -le $((processes + ${1:-0} + 15)) ]
	assert [ "$(meminfo MemAvailable)" -ge $((available - ${2:-0} - 100)) ]
}

# Asserts that nothing is left, neither of the container nor of what it had.
all_is_back() {
	retry 100 '[ ! -e /sys/fs/cgroup/gcr ]'
	retry 100 '! pgrep -f "$BATS_FILE_TMPDIR/rootfs" >/dev/null'
	retry 100 '[ "$(count_processes)" -le $((processes + 15)) ]'
	retry 100 '[ "$(meminfo MemAvailable)" -ge $((available - 100)) ]'
}

# Starts a bomb, and waits until many of its forks have been refused.
start_fork_bomb() {
	start --pids-max 200 --cpus 0.5 "$rootfs" probe fork-bomb
	cgroup=$(cgroup_of_container)
	retry 600 '[ "$(value max "$cgroup/pids.events")" -gt 100 ]'
}

@test "fork bomb: the host forks on, and gcr ends it while it forks" {
	start_fork_bomb
	host_is_unharmed 200
	assert_equal "$(cat "$cgroup/pids.current")" 200
	kill -TERM "$gcr_pid"
	ended_with 143
	all_is_back
}

@test "fork bomb: it ends with a gcr that is killed, and its cgroup with the next" {
	start_fork_bomb
	kill -KILL "$gcr_pid"
	ended_with 137
	run -0 "$gcr" run -q --net none --pids-max 5 "$rootfs" true
	all_is_back
}

# A growing file in memory counts as memory, and no kill makes it smaller. So the shell empties it, without a fork; otherwise the
# kernel could kill the shell next.
@test "memory bomb: each hog dies, and nobody beside them" {
	start --memory 64M "$rootfs" sh -c 'trap "" TERM; echo ready
		while :; do dd if=/dev/zero of=/dev/null bs=200M count=1; dd if=/dev/zero of=/tmp/all bs=1M; : >/tmp/all; done 2>/dev/null'
	cgroup=$(cgroup_of_container)
	retry 600 '[ "$(value oom_kill "$cgroup/memory.events")" -gt 3 ]'
	host_is_unharmed 0 64
	assert [ "$(cat "$cgroup/memory.current")" -le $((64 << 20)) ]
	kill -STOP "$(command_pid)" # no more of them
	retry 100 '[ "$(cat "$cgroup/pids.current")" -eq 2 ] || ! grep -q "^dd$" "/proc/$(tail -n 1 "$cgroup/cgroup.procs")/comm"'
	assert_equal $(($(oom_kills) - killed)) "$(value oom_kill "$cgroup/memory.events")"
	run -0 dmesg
	refute_output --partial constraint=CONSTRAINT_NONE
	kill -KILL "$gcr_pid"
	ended_with 137
	run -0 "$gcr" run -q --net none --memory 64M "$rootfs" true
	all_is_back
}

@test "memory bomb: not a page of it goes to the host's swap" {
	local file=$BATS_TEST_TMPDIR/swap
	dd if=/dev/zero of="$file" bs=1M count=128 status=none
	chmod 600 "$file"
	mkswap -q "$file"
	swapon "$file"
	swap=$(meminfo SwapFree)
	run "$gcr" run -q --net none --memory 32M "$rootfs" dd if=/dev/zero of=/dev/null bs=100M count=1
	echo "swap: $swap MiB free, then $(meminfo SwapFree)"
	swap=$((swap - $(meminfo SwapFree)))
	swapoff "$file"
	assert_output "gcr: the kernel killed 1 of the container's processes (--memory 32M)"
	assert_failure 137
	assert [ "$swap" -lt 8 ]
}

# Runs a command in a cgroup that allows this many processes.
among() {
	mkdir -p /sys/fs/cgroup/around
	echo "$1" >/sys/fs/cgroup/around/pids.max
	# shellcheck disable=SC2016 # for the shell in it
	run timeout 60 sh -c 'echo $$ >/sys/fs/cgroup/around/cgroup.procs && exec "$@"' sh "${@:2}"
	retry 100 '[ "$(cat /sys/fs/cgroup/around/pids.current)" -eq 0 ]'
}

# Starts a container in cgroups that allow more and more processes, until it works. Each time before, it has to say why it does
# not work. Then prints the number.
until_it_works() {
	local number
	for number in {1..9}; do
		among "$number" "$@" sh -c 'echo works'
		echo "$number: $status $output" >>"$BATS_TEST_TMPDIR/tries"
		[ "$status $output" != "0 works" ] || break
		assert_equal "$status" 125
		assert_line --index 0 --regexp "^(gcr|newuidmap|newgidmap): .*Resource temporarily unavailable"
		assert [ "${#lines[@]}" -le 2 ]
	done
	cat "$BATS_TEST_TMPDIR/tries"
	assert_equal "$number" "$needed"
}

@test "pids.max around gcr: its fork may fail" {
	needed=3 until_it_works "$gcr" run -q --net none "$rootfs" # gcr, its init, the command
	assert [ -e /sys/class/net/br0 ]
	needed=3 until_it_works "$gcr" run -q --net bridge "$rootfs" # root takes no helper
}

@test "pids.max around an ordinary user's gcr: the programs that map its ids, too" {
	GCR_USER=$test_user
	use_step "$step"
	prepare_gcr
	chown -R "$test_user:" "$rootfs"
	needed=4 until_it_works "$gcr" run -q --net none "$rootfs"
	run -0 cat "$BATS_TEST_TMPDIR/tries"
	assert_output --regexp 'gcr_start_mapper\("newuidmap", child, .*\): Resource temporarily unavailable: there are too many processes'
}

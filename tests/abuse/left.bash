# shellcheck shell=bash disable=SC2154 # names that the tests and the other helpers set
# What gcr may leave behind on the host of network.bash: processes, which have $mark in their environment, mounts, files,
# cgroups, interfaces, ports.
state() {
	grep -lsF "${mark:-no mark}" /proc/[0-9]*/environ
	cat "/proc/$GCR_HOST/mountinfo"
	find "$rootfs" -printf '%p %M %u %s %l\n' | sort
	find /sys/fs/cgroup -name 'gcr*' -type d
	find /tmp -maxdepth 1 -name 'gcr*'
	on_host ip -o link | sed -E 's/NO-CARRIER,|,LOWER_UP| state [A-Z]+//g'
	on_host ss -tulnH
}

# Prints the state, after the kernel has removed the links of containers that have ended.
state_at_rest() {
	retry 100 '! on_host ip -o link | grep -q " gcr-"'
	state
}

# Asserts that the state is STATE again: nothing_is_left STATE "MESSAGE IF NOT"
nothing_is_left() {
	local tries=100
	while ! diff <(echo "$1") <(state) >"$BATS_TEST_TMPDIR/left"; do
		((tries-- > 0)) || fail "$2: $(cat "$BATS_TEST_TMPDIR/left")"
		sleep 0.1 # the kernel removes a network namespace, and what is in it, in the background
	done
}

# shellcheck shell=bash disable=SC2154 # of the files beside it
# Many containers of root's at once, without a network: what they take in all, how long the next one takes
# to start, and the time from a signal to all of their runtimes until the last process has gone.

scale() {
	local level levels=(1 10 100 500 1000)
	[ -z "$quick" ] || levels=(1 10 50)
	become root
	record scale limits machine "$(limits)"
	for level in "${levels[@]}"; do
		if [ $((2 * level + 100)) -lt "$(limits | jq '[.[]] | min')" ]; then
			scale_to "$level"
		else
			left_out scale "$level" gcr "a limit is too low: $(limits)"
		fi
	done
}

# Two processes for a container, one of each namespace and a keyring, of which an ordinary user has 200 (keyrings(7)); a terminal if it
# asked for one.
limits() {
	local file
	for file in /proc/sys/user/max_{user,pid,mnt,uts,ipc,cgroup,net}_namespaces /proc/sys/kernel/{pty/max,keys/root_maxkeys}; do
		jq -c --arg name "$(cut -d / -f 5- <<<"$file")" '{($name): .}' "$file"
	done | jq -sc --argjson pid_max "$pid_max" --arg processes "$(ulimit -u)" \
		'add + {$pid_max} + if $processes == "unlimited" then {} else {"ulimit -u": ($processes | tonumber)} end'
}

scale_to() {
	local before start all_started
	settle
	before=$(available) start=$EPOCHREALTIME
	container gcr 7 /bin/stay
	stay "$1" "${line[@]}"
	all_started=$(seconds_since "$start")
	record scale "$1" gcr "{all_started_seconds: $all_started, memory_kib: $((before - $(available))), pss_kib: $(pss)}"
	container floor 7 /bin/true && add floor "${line[@]}"
	container gcr 7 /bin/true && add gcr "${line[@]}"
	race scale "$1, the next" --warmup 1
	start=$EPOCHREALTIME
	end_staying
	record scale "$1, the end" gcr "{seconds: $(seconds_since "$start")}"
}

available() { awk '/^MemAvailable:/ { print $2 }' /proc/meminfo; }

# Waits until the kernel gives no more memory back: it cleans up after namespaces later.
settle() {
	local before=0
	while [ $(($(available) - before)) -ge 1024 ]; do
		before=$(available)
		sleep 0.5
	done
}

# Of all gcrs, and of their containers' processes.
pss() {
	{ printf '%s\n' "${staying[@]}" && pgrep --parent "$(IFS=, && echo "${staying[*]}")"; } | memory_in_all | jq .pss_kib
}

# shellcheck shell=bash disable=SC2154 # of the files beside it
# What gcr passes on. TCP by iperf3: on a plain pair of veths, and on a container's ways. iperf3 is the host's, in the container's network.
#
#     container --- br0 [here] 192.0.2.1 --- 192.0.2.2 [world] 198.51.100.1 --- 198.51.100.2 [other]

throughput() {
	local world other container address namespace round
	become root
	make_bridge
	world=$(hold_network) other=$(hold_network)
	add_cable $BASHPID 192.0.2 "$world"
	add_cable "$world" 198.51.100 "$other"
	stay 1 "$work/v0.8-ports" run -q -p 192.0.2.1:8000:5201 "$rootfs" /bin/stay
	container=$(family "${staying[0]}" | tail -n 1)
	address=$(nsenter --target "$container" --net ip -json -4 address show eth0 | jq -r '.[0].addr_info[0].local')
	for namespace in "$world" "$other" "$container"; do
		nsenter --target "$namespace" --net iperf3 --server --daemon 8>&- # ends with its namespaces
		until nsenter --target "$namespace" --net ss --listening --tcp --numeric | grep -q :5201; do sleep 0.01; done
	done

	for ((round = 0; round < (rounds + 2) / 3; round++)); do
		send "TCP, plain" "$world" 198.51.100.2
		send "TCP, host to container" $BASHPID "$address"
		send "TCP, container to world, by NAT" "$container" 192.0.2.2
		send "TCP, world to container, by a published port" "$world" 192.0.2.1 --port 8000
	done
	end_staying
	gcr_net teardown
	streams
	record_throughput
}

# The command's standard streams: from file to file, and to a terminal, which script(1) has.
streams() {
	local gcr=$work/v0.8-ports round
	yes "a line of some text, as a terminal shows it" | head -c 200000000 >"$work/text" || true
	head -c 20000000 "$work/text" >"$rootfs/text"
	for ((round = 0; round < (rounds + 2) / 3; round++)); do
		copy "file to file, plain" cat
		copy "file to file, in a container" "$gcr" run -q --net none "$rootfs" /bin/sh -c "exec cat"
		show "to a terminal, plain" cat "$rootfs/text"
		show "to a terminal, from a container" "$gcr" run -q --net none "$rootfs" cat /text
	done
	rm "$work/text" "$rootfs/text"
}

# Times a command that copies its input: copy WAY COMMAND…
copy() {
	local start=$EPOCHREALTIME
	"${@:2}" <"$work/text" >"$work/copy" 2>/dev/null
	note_throughput streams "$1" "$work/text" "$start"
}

# Times a command that prints the text at a terminal: show WAY COMMAND…
show() {
	local start=$EPOCHREALTIME
	script --quiet --return --command "${*:2}" /dev/null </dev/null >/dev/null
	note_throughput terminal "$1" "$rootfs/text" "$start"
}

note_throughput() {
	jq -cn --arg case "$1" --arg way "$2" --argjson bytes "$(stat -c %s "$3")" --argjson seconds "$(seconds_since "$4")" \
		'{$case, $way, bits: ($bytes * 8 / $seconds)}' >>"$work/throughput"
}

# A process with a network of its own. Prints its pid.
hold_network() {
	unshare --net sleep infinity >/dev/null 2>&1 &
	until [ "$(readlink "/proc/$!/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
	echo $!
}

# From the network of a process, which is NETWORK.1, to that of another, NETWORK.2: add_cable PID NETWORK PID
add_cable() {
	local name=${2//./-}
	nsenter --target "$1" --net ip link add "$name" type veth peer name "$name" netns "$3"
	nsenter --target "$1" --net sh -c "ip address add $2.1/24 dev $name && ip link set $name up"
	nsenter --target "$3" --net sh -c "ip address add $2.2/24 dev $name && ip link set $name up"
}

# One run, whose error is part of what iperf3 prints: send WAY PID ADDRESS [IPERF3-OPTION…]
send() {
	{ nsenter --target "$2" --net iperf3 --client "$3" "${@:4}" --time "$iperf_seconds" --json || true; } |
		jq -c --arg way "$1" '{case: "TCP", $way, bits: .end.sum_received.bits_per_second, error}' >>"$work/throughput"
}

# What is compared has its rounds in the same order. Each case has one that is plain.
record_throughput() {
	local case way object error
	while IFS=$'\t' read -r case way object error; do
		if [ -n "$error" ]; then left_out throughput "$case" "$way" "$error"; else record throughput "$case" "$way" "$object"; fi
	done < <(jq -rs '
		def median: sort | .[length / 2 | floor];
		group_by(.case)[] | map(select(.way | endswith("plain")).bits) as $plain
		| group_by(.way)[] | map(.bits) as $own
		| [.[0].case, .[0].way, ({bits_per_second: ($own | median), plain: ([$own, $plain] | transpose | map(try (.[0] / .[1]) catch 0) | median)} | tojson),
			(map(.error // empty) | first)] | @tsv' "$work/throughput")
}

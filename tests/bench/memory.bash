# shellcheck shell=bash disable=SC2154 # of the files beside it
# What a runtime's processes have in memory while its container lives: the most that they had (VmHWM in proc(5)), what is
# theirs alone, and that with their part of what is shared (Pss).

memory() {
	local name who
	for who in root nobody; do
		become "$who"
		for name in "${runtimes[@]}"; do memory_of "$name" "v1.0-image, $called"; done
	done
}

memory_of() {
	local pid
	if ! container "$1" 10 /bin/true || ! try "${line[@]}"; then
		left_out memory "$2" "$1" "$why"
		return
	fi
	container "$1" 10 /bin/stay
	stay 1 "${line[@]}"
	until pid=$(family "${staying[0]}" | grep -x -f <(pgrep -x sleep)); do sleep 0.01; done # the container's process
	record memory "$2" "$1" "$(family "${staying[0]}" | grep -vx "$pid" | memory_in_all)"
	end_staying "$pid" # what takes no signal, runtimes or their containers, ends with it
}

# A process and all that come of it.
family() {
	local child
	echo "$1"
	for child in $(pgrep --parent "$1"); do family "$child"; done
}

# Of the processes that are read.
memory_in_all() {
	sed 's|.*|/proc/&/status\n/proc/&/smaps_rollup|' | xargs cat | awk '
		/^Pid:/ { processes++ } /^VmHWM:/ { peak += $2 } /^Pss:/ { pss += $2 } /^Private_/ { own += $2 }
		END { printf "{\"processes\": %d, \"peak_kib\": %d, \"private_kib\": %d, \"pss_kib\": %d}", processes, peak, own, pss }'
}

# shellcheck shell=bash disable=SC2154 # $work, $rounds, $slice: of tools/bench
# What the groups of tools/bench share: results, times, containers that stay.

say() { echo "bench: $*" >&2; }

# A measurement: record GROUP CASE NAME OBJECT, the last as jq writes it. Each result is a line of JSON.
record() {
	jq -cn --arg group "$1" --arg case "$2" --arg name "$3" "{\$group, \$case, \$name} + $4" >>"$work/results"
	say "$1, $2: $3 $4"
}

# One that there is not: left_out GROUP CASE NAME WHY
left_out() {
	jq -cn --arg group "$1" --arg case "$2" --arg name "$3" --arg why "$4" \
		'{$group, $case, $name, left_out: $why}' >>"$work/results"
	say "$1, $2: $3 is left out: $4"
}

# Whether a command of $as succeeds. Else $why is what it says itself.
as=()
try() {
	local status=0
	why=$("${as[@]}" env "$@" 2>&1 >/dev/null </dev/null) || status=$?
	[ "$status" -ne 0 ] || return 0
	why=$(tail -n 1 <<<"$why" | sed "s|$work/||g")
	why=${why:-it says nothing, and ends with $status}
	return 1
}

seconds_since() {
	local now=$EPOCHREALTIME
	jq -n "$now - $1 | . * 1e5 | round / 1e5"
}

# What is to be compared: add NAME COMMAND…, in words without blanks.
declare -gA command_of
contestants=()
add() {
	contestants+=("$1")
	command_of[$1]=${*:2}
}

# How often a command that runs at all is to be run in a round, for about $slice seconds: qualify NAME
qualify() {
	local words start=$EPOCHREALTIME
	read -r -a words <<<"${command_of[$1]}"
	try "${words[@]}" || return
	runs[$1]=$(jq -n "$slice / $(seconds_since "$start") | floor | [., 1] | max | [., 50] | min")
}

# Does so: heat NUMBER NAME [HYPERFINE-OPTION…]
heat() {
	"${as[@]}" hyperfine --shell=none --style none --runs "${runs[$2]}" "${@:3}" --command-name "$2" \
		--export-json "$work/race/$1 $2" "${command_of[$2]}" >/dev/null 2>"$work/errors" && return
	why="once it failed: $(tr '\n' ' ' <"$work/errors")"
	rm -f "$work/race/"*" $2"
	unset "runs[$2]"
	return 1
}

# Times what was added, from start to end, and records it: race GROUP CASE [HYPERFINE-OPTION…]. On a machine that others
# use, too, it is slow for a while, and then fast. So all take turns: in each round each is run a few times. A ratio
# is one of two medians of a round, and what is recorded is the median of the rounds.
race() {
	local round name group=$1 case=$2
	local -A runs=()
	shift 2
	rm -rf "$work/race"
	mkdir -m 777 "$work/race"
	for name in "${contestants[@]}"; do
		qualify "$name" || left_out "$group" "$case" "$name" "$why"
	done
	for ((round = 100; round < 100 + rounds; round++)); do
		for name in "${contestants[@]}"; do
			[ -z "${runs[$name]:-}" ] || heat "$round" "$name" "$@" || left_out "$group" "$case" "$name" "$why"
		done
	done
	for name in "${contestants[@]}"; do
		[ -z "${runs[$name]:-}" ] || record "$group" "$case" "$name" "$(summary "$name")"
	done
	contestants=()
}

# The median time of a command, and how many times that of others this is.
summary() {
	jq -cn --arg name "$1" '
		def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2] + .[length / 2 - 1]) / 2 end;
		reduce (inputs.results[0] | {command, median, runs: (.times | length)}) as $heat ({}; .[$heat.command] += [$heat])
		| . as $all | [$all[$name][].median] as $own
		| def rounded: . * 1e5 | round / 1e5;
		def to($other): if $all[$other] and $other != $name
			then {($other): ([$own, [$all[$other][].median]] | transpose | map(.[0] / .[1]) | median | rounded)} else {} end;
		{seconds: ($own | median | rounded), runs: ([$all[$name][].runs] | add)} + to("floor") + to("bwrap") + to("plain") + to("v0.8") + to("crun")' \
		"$work"/race/*
}

# Starts containers that stay, and waits until all of them do: stay COUNT COMMAND…. Each is to print a line then, as
# /bin/stay of the rootfs does. Their pipe is open as long as one of them lives.
staying=()
stay() {
	local count=$1
	shift
	[ -p "$work/alive" ] || mkfifo "$work/alive"
	exec 8<>"$work/alive"
	for ((i = 0; i < count; i++)); do
		"${as[@]}" "$@" >"$work/alive" 2>>"$work/errors" </dev/null &
		staying+=($!)
		disown # or its end would be told
	done
	[ "$(timeout 300 head -n "$count" <&8 | wc -l)" -eq "$count" ] && return
	say "not all of $count containers stay: $(tail -n 1 "$work/errors")"
	return 1
}

# Ends them all, by a signal to their runtimes or, with a list, to these: end_staying [PID…]
end_staying() {
	exec 9<"$work/alive" 8>&-
	kill -KILL "${@:-${staying[@]}}"
	timeout 300 cat <&9 >/dev/null
	exec 9<&-
	staying=()
}

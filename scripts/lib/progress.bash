# shellcheck shell=bash disable=SC2154 # $step and $copy, which scripts/workshop sets
# How far a learner is, for scripts/workshop.

# What is known of a copy is in its .state: hints, how many were given; passed, when, and sums of the copy and the step then.
remember() { mkdir -p "$copy/.state" && echo "$2" >"$copy/.state/$1"; }
remembered() { cat "$copy/.state/$1" 2>/dev/null || true; }
sums() { echo "$(cat "$copy"/* | cksum | cut -d ' ' -f 1) $(cat "steps/$step"/* | cksum | cut -d ' ' -f 1)"; }

# Of the steps after this one, then of all, the first that has not passed.
say_which_is_next() {
	local name
	for name in $(steps | sed "1,/^$step\$/d") $(steps); do
		[ -e "workshop/$name/.state/passed" ] || { say "Type:  scripts/workshop start $name"; return; }
	done
	say "All steps pass: you have built a container runtime. tools/bench says how fast it is"
}

# When the copy passed, and whether that still holds.
say_passed() {
	local when before now
	IFS=$'\t' read -r when before <<<"$(remembered passed)"
	now=$(sums)
	if [ -z "$before" ] || [ "$before" = "$now" ]; then echo "passed $when"
	elif [ "${before% *}" != "${now% *}" ]; then echo "passed $when, but the copy has changed since: scripts/workshop check ${step%%-*}"
	else echo "passed $when, but the step has changed since: scripts/workshop check ${step%%-*}"; fi
}

status() {
	local name state hints
	for name in $(steps); do
		name_step "$name"
		state="not started"
		[ ! -d "$copy" ] || state="started, $copy/gcr.c"
		[ -z "$(remembered passed)" ] || state=$(say_passed)
		hints=$(remembered hints)
		printf '%-14s%s%s\n' "$step" "$state" "${hints:+; hints: $hints}"
	done
	[ -e workshop/.last ] || { say_which_is_next && return; }
	name_step ""
	if [ -n "$(remembered passed)" ]; then say_which_is_next; else say_what_to_edit; fi
}

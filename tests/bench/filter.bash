# shellcheck shell=bash disable=SC2154 # of the files beside it
# How long it takes to compile the profile of v0.9, and to load it (tests/bench/filters.c).

filter() {
	local result
	while read -r result; do
		record filter profile "$(jq -r .name <<<"$result")" "$result"
	done < <("$work/filters")
}

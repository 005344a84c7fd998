# tools/bench: it measures everything that it names, says what is left out, and makes docs/performance.* from its JSON. The
# times do not matter here. The tables go to $GCR_BENCH.

load helpers

setup_file() {
	export results=$BATS_FILE_TMPDIR/results
	"$top/tools/bench" --quick --json "$results" >"$BATS_FILE_TMPDIR/tables" 2>"$BATS_FILE_TMPDIR/progress" 3>&- || {
		cat "$BATS_FILE_TMPDIR/progress" >&2
		return 1
	}
	cat "$BATS_FILE_TMPDIR/tables" >"${GCR_BENCH:-/dev/null}"
}

# Asserts that a jq program prints nothing about the results.
none() {
	run -0 jq -r "[.results[]] as \$all | $1" "$results"
	assert_output ""
}

@test "starts and memory: of each runtime figures, or why there are none" {
	none '["floor", "gcr", "unshare", "bwrap", "crun", "runc", "systemd-nspawn"] as $runtimes
		| ($all | group_by([.group, .case])[] | select(.[0].group | IN("start", "memory")) | select(.[0].case | contains("--") | not))
		| ($runtimes - [.[] | select(.seconds > 0 or .peak_kib > 0 or (.left_out // "" | length > 0)).name])[] as $missing
		| "\(.[0].group), \(.[0].case): nothing of \($missing)"'
}

@test "each step, for each user who may run it" {
	none '(["v0.1-pid", "v0.2-mnt", "v0.3-user", "v0.4-uts", "v0.5-ipc", "v0.6-cgroups", "v0.7-net", "v0.8-ports", "v0.9-seccomp", "v1.0-image"] | map(. + ", root"))
		+ (["user", "user with ids"] | map("v0.5-ipc, " + ., "v0.9-seccomp, " + ., "v1.0-image, " + .)) + ["v0.6-cgroups --pids-max 64, root"]
		- [$all[] | select(.group == "start").case] | .[]'
}

@test "gcr and the floor run everywhere, but limits where there are none" {
	none '$all[] | select(.left_out and (.name | IN("gcr", "floor", "plain", "img2rootfs"))) | select(.case | contains("--pids-max") | not)'
	none '$all[] | select(.case == "v0.6-cgroups --pids-max 64, root" and .name == "gcr" and .left_out)
		| select(.left_out | contains("the controller '\''pids'\''") | not)'
}

@test "all have the namespaces of the step" {
	none '$all[] | select(.left_out // "" | startswith("its namespaces are")) | "\(.case): \(.name): \(.left_out)"'
}

@test "with the filter and without: figures of all, and ratios to v0.8 and crun" {
	none '["v0.8", "v0.9", "crun", "crun, profile", "crun, compiled", "runc", "runc, profile"] as $names
		| ("root", "user") as $case | ($names - [$all[] | select(.group == "seccomp" and .case == $case and .seconds > 0).name])[]
		| "\($case): nothing of \(.)"'
	none '$all[] | select(.group == "seccomp" and .name == "v0.9") | select((.["v0.8"] > 0 and .crun > 0) | not)'
	none '["gcr-filter", "libseccomp, a list", "libseccomp, a tree"]
		- [$all[] | select(.group == "filter" and .lines > 100 and .seconds > 0).name] | .[]'
}

@test "many at once, the bridge, throughput and images have figures" {
	none '["scale, 1", "scale, 50", "scale, 50, the next", "scale, 50, the end", "bridge, 1", "bridge, 20"]
		- [$all[] | select(.name == "gcr" and (.seconds > 0 or .pss_kib > 0)) | "\(.group), \(.case)"] | .[]'
	none '[$all[] | select(.group == "throughput" and .bits_per_second > 0 and .plain > 0)] | length | select(. != 8)'
	none '["plain", "img2rootfs"] - [$all[] | select(.group == "images" and .seconds > 0).name] | .[]'
}

@test "it prints a table of each group" {
	for group in start seccomp filter memory scale bridge throughput images; do
		assert grep -qx "$group" "$BATS_FILE_TMPDIR/tables"
	done
	run -0 grep -c '^| --- ' "$BATS_FILE_TMPDIR/tables"
	assert_output 8
}

# For tests of tests/bench/lib.bash alone.
prepare_race() {
	work=$BATS_TEST_TMPDIR rounds=3 slice=0.01
	. "$top/tests/bench/lib.bash"
}

@test "what is missing or refuses is told in its own words, and the others go on" {
	prepare_race
	printf '#!/bin/sh\necho "by the way" >&2\necho "I would rather not" >&2\nexit 3\n' >"$work/refuses"
	chmod +x "$work/refuses"
	add missing no-such-runtime run
	add refuses "$work/refuses"
	add floor true
	race start here 2>/dev/null
	run -0 jq -r '"\(.name): \(.left_out // "\(.runs) runs")"' "$work/results"
	assert_line --regexp "^missing: env: .no-such-runtime.: No such file or directory$"
	assert_line "refuses: I would rather not"
	assert_line --regexp "^floor: [0-9]+ runs$"
}

@test "what fails later is told as well, and the others go on" {
	prepare_race
	printf '#!/bin/sh\n[ ! -e "$0-ran" ] && touch "$0-ran"\n' >"$work/once"
	chmod +x "$work/once"
	add once "$work/once"
	add floor true
	race start here 2>/dev/null
	run -0 jq -r '"\(.name): \(.left_out // "\(.runs > 0)")"' "$work/results"
	assert_line --partial "once: once it failed: "
	assert_line "floor: true"
	assert_equal "${#lines[@]}" 2
}

@test "a ratio is the one of the times" {
	prepare_race
	add floor sleep 0.02
	add bwrap sleep 0.4
	add gcr sleep 0.1
	race start here 2>/dev/null
	run -0 jq -r 'select(.name == "gcr") | .floor > 1, .bwrap < 1' "$work/results"
	assert_output "true"$'\n'"true"
}

@test "docs/performance.* are those of the JSON" {
	cd "$top"
	run -0 diff -u docs/performance.svg <(jq -r -f tests/bench/plot.jq docs/performance.json)
	run -0 tools/refresh --check docs/performance.md
	assert_equal "$(grep -c '^<!-- bench: ' docs/performance.md)" 8
	run -0 jq -c '[.results[].group] | unique' docs/performance.json
	assert_output '["bridge","filter","images","memory","scale","seccomp","start","throughput"]'
}

@test "what it does not know, it says, and measures nothing" {
	run -0 "$top/tools/bench" --help
	assert_output --partial "tools/bench [--quick] [--json FILE] [GROUP…]"
	run -2 "$top/tools/bench" speed
	assert_output "bench: no group 'speed'; there are: start seccomp filter memory scale bridge throughput images"
	run -2 "$top/tools/bench" --json
	assert_output "bench: --json takes a FILE"
}

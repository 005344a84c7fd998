# scripts/audit: what leaks from inside, beside bubblewrap and runc.

load helpers
load user

setup_file() {
	# Where any user may read them.
	export copy=$BATS_FILE_TMPDIR/copy
	chmod 755 "$BATS_RUN_TMPDIR"
	mkdir -p "$copy/build"
	(cd "$top" && tar -c scripts/{audit,lib/packages} tests/audit/rows steps) | tar -x -C "$copy"
	(cd "$build" && tar -c audit steps/*/gcr) | tar -x -C "$copy/build"
	export GCR_BUILD=$copy/build
	as_test_user GCR_BUILD="$GCR_BUILD" "$copy/scripts/audit" --differences >"$BATS_FILE_TMPDIR/differences"
	"$copy/scripts/audit" --differences >>"$BATS_FILE_TMPDIR/differences"
}

# The reasons in a section of docs/audit.md, each in a line.
reasons() {
	sed -n "/^## $1/,/^## /p" "$top/docs/audit.md" | awk '/^\* / { print text; text = "" } { text = text " " $0 } END { print text }' | grep '^ \* \*\*'
}

# The rows that these are about.
reasoned() {
	reasons "$1" | grep -oE '\*\*[^*]+\*\*' | tr -d '*' | sort -u
}

# The rows in which the last step is worse or better.
rows() {
	sed -nE "s/^$1 ([^:]*):.*/\1/p" "$BATS_FILE_TMPDIR/differences" | sort -u
}

@test "no row of the last step is worse than runc's without a reason, and no reason without its row" {
	diff <(rows worse) <(reasoned "Where v1.0 is worse")
}

@test "the reason names each capability and each file" {
	while IFS=: read -r row values; do
		reasons "Where v1.0 is worse" | grep -F "**${row#worse }**" | grep -oE '[a-z/_]+' | sort -u >"$BATS_TEST_TMPDIR/named"
		run -0 comm -23 <(grep -oE '(cap_|/)[^ ]*' <<<"$values" | sort -u) "$BATS_TEST_TMPDIR/named"
		assert_equal "$row: $output" "$row: "
	done < <(grep ^worse "$BATS_FILE_TMPDIR/differences")
}

@test "what is better than runc's is told" {
	run -0 comm -23 <(rows better) <(reasoned "Where it is better")
	assert_output ""
}

@test "a row for each fact, and a fact for each row" {
	"$copy/scripts/audit" --json | jq -r '.[] | keys[]' | grep -vx -e users -e open-files | sort -u >"$BATS_TEST_TMPDIR/facts"
	cut -d'|' -f1 "$copy/tests/audit/rows" | sort >"$BATS_TEST_TMPDIR/rows"
	run -0 comm -23 "$BATS_TEST_TMPDIR/facts" "$BATS_TEST_TMPDIR/rows"
	assert_output ""
	while read -r name; do
		grep -qE "\"($name|${name#*-})[\" ]" "$top/tests/audit/audit.c" || fail "tests/audit/audit.c has no fact $name"
	done <"$BATS_TEST_TMPDIR/rows"
}

# The host lacks some of these calls (ENOSYS), and the last step's filter says so of others: only the latter are refused.
@test "what docker refuses is refused" {
	"$copy/scripts/audit" --json host v0.8 v0.9 >"$BATS_TEST_TMPDIR/calls"
	run -0 jq -r '.["v0.9-seccomp"]["refused-call"][]?' "$BATS_TEST_TMPDIR/calls"
	assert_output ""
	run -0 jq -c '.[]["refused-call"] | length' "$BATS_TEST_TMPDIR/calls"
	assert_equal "${lines[0]}" "${lines[1]}" # v0.8 has no filter
	[ "$(uname -m)" != x86_64 ] || assert_line --index 0 "$(grep -oP 'the \K[0-9]+(?= system calls)' "$top/docs/audit.md")"
}

# What a host without containers has of itself. If it shows no leak, no column can.
@test "the host's own column has all leaks" {
	"$copy/scripts/audit" --json host >"$BATS_TEST_TMPDIR/host"
	while IFS='|' read -r name _ none; do
		case $name in
			# It is in none of these states, or by the kernel's configuration.
			working-directory | groups | capability-inheritable | capability-ambient | mounts-propagated | oom-score) continue ;;
			cgroup-writable | call-*) continue ;;
		esac
		[ -z "$none" ] || jq -e --arg name "$name" '.host | has($name)' "$BATS_TEST_TMPDIR/host" || fail "host: no $name"
	done <"$copy/tests/audit/rows"
}

@test "what the host has not shows where it is" {
	run -0 setpriv --groups 5 --inh-caps +chown --ambient-caps +chown \
		"$build/audit" stage sh -c "$build/audit report \$AUDIT"
	assert_line "groups 5"
	assert_line "capability-inheritable cap_chown"
	assert_line "capability-ambient cap_chown"
	run -0 unshare --mount --propagation shared "$build/audit" stage sh -c "$build/audit report \$AUDIT"
	assert_line "mounts-propagated /proc"
}

@test "what it does not know, and columns by their beginning" {
	run -2 "$copy/scripts/audit" v9
	assert_output --regexp "^audit: no column 'v9'; there are: host v0.1-pid .* runc$"
	run -2 "$copy/scripts/audit" --csv
	run -0 "$copy/scripts/audit" v0.1 v0.2
	assert_line --regexp '^ +v0.1 +v0.2$'
	assert_line --regexp "^mount namespace +host's +own$"
}

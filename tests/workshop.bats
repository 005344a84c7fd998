# scripts/workshop: what a learner types, and what comes of it. Whether the walkthroughs find mistakes is proved by
# tests/mutants.

load helpers
load user
load workshop

setup_file() {
	make_tree
}

setup() {
	rm -rf "$tree"/workshop*
	cp "$top"/tests/walkthrough/*.bats "$tree/tests/walkthrough/"
	cd "$tree" || return
}

# A walkthrough with these tests stands for that of v0.4. bats would take an @test here for one of this file.
walkthrough() {
	sed -E 's/^(\t*)TEST /\1@test /' >"$tree/tests/walkthrough/v0.4-uts.bats"
}

# --- start -----------------------------------------------------------------------------------------

@test "start: the step before, with TODOs; the TODOs are all that is new" {
	before=
	for step in steps/v*; do
		step=${step#steps/}
		workshop start "$step"
		todos=$(grep -c "// TODO $step, [0-9]* of " "workshop/$step/gcr.c")
		assert [ "$todos" -gt 0 ]
		grep -q "// TODO $step, $todos of $todos: " "workshop/$step/gcr.c"
		[ -z "$before" ] || assert_equal "$(grep -v "// TODO" "workshop/$step/gcr.c")" "$(cat "steps/$before/gcr.c")"
		assert_equal "$(cd "workshop/$step" && md5sum [!g]* gcr[!.]* 2>/dev/null)" "$(cd "steps/$step" && md5sum [!g]* gcr[!.]* 2>/dev/null)"
		before=$step
	done
}

@test "start: a TODO says how many lines, at the place" {
	workshop start v0.4
	run -0 grep -h -A 1 "TODO v0.4-uts, [37] of" workshop/v0.4-uts/gcr.c
	assert_output - <<END
	// TODO v0.4-uts, 3 of 10: a line to add
	{ 0 },
--
// TODO v0.4-uts, 7 of 10: the next line to change, to one
static const char *const mount_points[] = { "dev", "proc", "sys", "tmp" };
END
}

@test "start: of v0.1, everything but the feature" {
	workshop start v0.1
	run -1 grep "NAMESPACE\|SYS_clone3\|fork()\|setsid\|waitpid\|sigwaitinfo\|gcr_exec(\|gcr_wait" workshop/v0.1-pid/gcr.c
	for head in "clone_container(struct" "start_command(const" "reap_children(pid_t" "run_init(pid_t"; do
		run -0 grep -A 3 "^static .*$head" workshop/v0.1-pid/gcr.c
		assert_line --index 1 "{"
		assert_line --index 2 --regexp "^.// TODO v0.1-pid, [2-5] of 8: [0-9]+ lines to add$"
		assert_line --index 3 "}"
	done
	run -0 grep -A 1 "nor the host's environment\|// [23][.]" workshop/v0.1-pid/gcr.c
	assert_line --partial "// TODO v0.1-pid, 6 of 8: "
	assert_line --partial "// 2. Fork into new namespaces; the child becomes the container."
	assert_line --partial "// TODO v0.1-pid, 7 of 8: "
	assert_line --partial "// TODO v0.1-pid, 8 of 8: "
}

@test "start: what is new as a whole comes complete" {
	run -0 workshop start v0.7
	assert_line --regexp "^These are complete, read them first: address.c address.h cable.c gcr-net.c .* setup.c tables.c$"
	run -0 find workshop/v0.7-net -type l
	assert_output "" # what the step links is a file of the learner's
}

@test "start: never overwrites; --again keeps the old one aside, reset all of them" {
	workshop start v0.4
	echo "// mine" >>workshop/v0.4-uts/gcr.c
	run -0 workshop start v0.4
	assert_line --partial "workshop/v0.4-uts/ is there, as you left it; scripts/workshop start v0.4-uts --again keeps it aside"
	run -0 tail -n 1 workshop/v0.4-uts/gcr.c
	assert_output "// mine"
	run -0 workshop start v0.4 --again
	assert_line "What was in workshop/v0.4-uts/ is in workshop/v0.4-uts.1/ now"
	run -1 grep mine workshop/v0.4-uts/gcr.c
	run -0 tail -n 1 workshop/v0.4-uts.1/gcr.c
	assert_output "// mine"
	run -0 workshop reset
	assert_output "What was in workshop/ is in workshop.1/ now"
	run -0 workshop status
	refute_output --partial started,
}

# --- check -----------------------------------------------------------------------------------------

@test "check: the compiler's errors, and no test" {
	workshop start v0.4
	echo "int broken = ;" >>workshop/v0.4-uts/gcr.c
	run -1 workshop check
	assert_line --regexp "^workshop/v0.4-uts/gcr.c:[0-9]+:14: error: expected expression"
	assert_line --regexp "^v0.4-uts: 0 of [0-9]+ pass: it does not compile$"
	refute_output --regexp "not ok|FAILED|ninja|/cc "
}

@test "check: the last lesson, what was said, and a score" {
	walkthrough <<-'END'
		load ../helpers
		TEST "passes" { true; }
		TEST "fails" { lesson "first"; true; lesson "second"; run -0 echo said; assert_output expected; }
		TEST "is for root" { skip "not for the grade, as it takes root"; }
		TEST "takes another machine" { skip "take another"; }
	END
	lay v0.4-uts
	run -1 workshop check v0.4
	assert_output - <<-'END'
		ok      passes
		not ok  fails
		        second
		        |   `@test "fails" { lesson "first"; true; lesson "second"; run -0 echo said; assert_output expected; }' failed
		        | said
		        | -- output differs --
		        | expected : expected
		        | actual   : said
		--      is for root: not for the grade, as it takes root
		skipped takes another machine: take another
		v0.4-uts: 1 of 3 pass
		Edit:  workshop/v0.4-uts/gcr.c
		Type:  scripts/workshop check (or watch in another terminal), hint, solution
	END
	run -1 --separate-stderr scripts/workshop check v0.4 --json
	run -0 jq -c . <<<"$output"
	assert_output '{"step":"v0.4-uts","passed":1,"total":3,"score":33,"tests":[{"name":"passes","ok":true,"lesson":""},{"name":"fails","ok":false,"lesson":"second"},{"name":"takes another machine","ok":false,"lesson":"take another"}]}'
}

@test "check: a preparation that fails is no pass" {
	walkthrough <<-'END'
		setup_file() { false; }
		TEST "one" { true; }
		TEST "two" { true; }
	END
	lay v0.4-uts
	run -1 workshop check v0.4
	assert_line "not ok  setup_file failed"
	assert_line "v0.4-uts: 0 of 2 pass"
}

@test "check: passes, and says what is next; at the end, that it is the end" {
	walkthrough <<<'TEST "passes" { true; }'
	for step in steps/v*; do
		lay "${step#steps/}"
		mkdir -p "workshop/${step#steps/}/.state"
		[[ $step == *v0.4* ]] || echo "some day" >"workshop/${step#steps/}/.state/passed"
	done
	rm -r workshop/v0.6-cgroups
	run -0 workshop check v0.4
	assert_output "$(printf '%s\n' "ok      passes" "v0.4-uts: all 1 pass" "Type:  scripts/workshop start v0.6-cgroups")"
	mkdir -p workshop/v0.6-cgroups/.state
	echo "some day" >workshop/v0.6-cgroups/.state/passed
	run -0 workshop check v0.4
	assert_line --partial "All steps pass"
}

@test "watch: again at every save, until Ctrl+C" {
	walkthrough <<<'TEST "a line is there" { grep "a line" "$GCR_BUILD/../../workshop/v0.4-uts/gcr.c"; }'
	workshop start v0.4
	env --default-signal scripts/workshop watch >"$BATS_TEST_TMPDIR/output" 2>&1 </dev/null 3>&- &
	output_file=$BATS_TEST_TMPDIR/output
	sed -i "s/ a line / two /" workshop/v0.4-uts/gcr.c
	retry 300 'grep -q "0 of 1 pass" "$output_file" && grep -q Watching "$output_file"'
	echo "// a line" >>workshop/v0.4-uts/gcr.c
	retry 300 'grep -q "all 1 pass" "$output_file"'
	retry 100 '[ "$(grep -c Watching "$output_file")" -eq 2 ]'
	kill -INT $!
	wait $!
}

@test "check: an ordinary user takes no sudo from v0.3 on; before, it is said" {
	theirs=$BATS_TEST_TMPDIR/gcr
	chmod 755 "$BATS_TEST_TMPDIR"
	mkdir "$theirs"
	cp -r CMakeLists.txt cmake common scripts steps tests "$theirs"
	chown -R learner "$theirs"
	GCR_USER=learner make_user_rootfs "$theirs/rootfs/ubuntu"
	cd "$theirs" || return
	PATH=/usr/bin:/bin # that of bats has its inner programs before it
	for step in v0.3-user v0.4-uts v0.5-ipc; do
		as_test_user scripts/workshop start $step
		cp steps/$step/gcr.c workshop/$step/
		run as_test_user scripts/workshop check </dev/null
		assert_output --regexp "$step: all [0-9]+ pass"
	done
	mkdir bin
	printf '#!/bin/sh\necho "called: sudo $*" >&2\n' >bin/sudo
	chmod 755 bin/sudo
	as_test_user scripts/workshop start v0.2
	PATH=$theirs/bin:/usr/bin:/bin run -2 as_test_user scripts/workshop check
	assert_line "v0.2-mnt takes root: its tests run with sudo"
	assert_line --partial "called: sudo tests/sandbox env "
	assert_line "workshop: the tests could not begin, see above"
	run -0 find workshop build -user root
	assert_output ""
}

# --- hint, solution, status ------------------------------------------------------------------------

@test "hint: one more each time" {
	walkthrough <<<$'# hint: a nudge\n# hint: a push\n# hint: a shove\nTEST "passes" { true; }'
	workshop start v0.4
	run -0 workshop hint
	assert_line --index 0 "1. a nudge"
	run -0 workshop hint v0.4
	assert_line --index 1 "2. a push"
	workshop hint
	run -0 workshop hint
	assert_output "$(printf '%s\n' "1. a nudge" "2. a push" "3. a shove" "3 of 3 hints; what there is besides: scripts/workshop solution")"
	run -0 workshop status
	assert_line "v0.4-uts      started, workshop/v0.4-uts/gcr.c; hints: 3"
}

@test "hint: each step has three" {
	for step in "$top"/steps/v*; do
		assert_equal "${step##*/} $(grep -c "^# hint: " "$top/tests/walkthrough/${step##*/}.bats")" "${step##*/} 3"
	done
}

@test "solution: what the step adds; what the copy lacks, as a patch" {
	for step in v0.1-pid v0.4-uts; do
		workshop start $step
		run -0 scripts/workshop solution 2>"$BATS_TEST_TMPDIR/said"
		assert_line "--- a/workshop/$step/gcr.c"
		assert_line "+++ b/steps/$step/gcr.c"
		sed -n "/^diff .*workshop/,\$p" <<<"$output" | patch -s "workshop/$step/gcr.c"
		cmp "workshop/$step/gcr.c" "steps/$step/gcr.c"
	done
}

@test "status: where one is, and what to type next" {
	run -0 workshop status
	assert_line "v0.4-uts      not started"
	assert_line "Type:  scripts/workshop start v0.1-pid"
	workshop start v0.4
	run -0 workshop status
	assert_line "v0.4-uts      started, workshop/v0.4-uts/gcr.c"
	assert_line "Edit:  workshop/v0.4-uts/gcr.c"
	mkdir workshop/v0.4-uts/.state
	date >workshop/v0.4-uts/.state/passed
	run -0 workshop status
	assert_line --partial "v0.4-uts      passed "
	assert_line "Type:  scripts/workshop start v0.5-ipc"
}

@test "mistakes: one line that says what to do" {
	run -2 workshop check
	assert_output "workshop: nothing is started yet: scripts/workshop start v0.1, or any other step"
	run -2 workshop check v0.4
	assert_output "workshop: no copy of v0.4-uts yet: scripts/workshop start v0.4-uts"
	run -2 workshop start v0.9
	assert_output --regexp "^workshop: no step 'v0.9'; there are: v0.1-pid .* v0.8-ports$"
	run -2 workshop start
	assert_output --partial "workshop: start which step? there are: v0.1-pid "
	run -2 workshop strat v0.4
	assert_output "workshop: no command 'strat'; scripts/workshop --help"
	run -2 workshop check --jsno
	assert_output "workshop: no option '--jsno'; scripts/workshop --help"
	run -0 workshop --help
	assert_line --partial "usage: scripts/workshop"
	run -2 workshop
}

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

@test "start: the step, with a TODO for each part that is the learner's; none is longer than an exercise" {
	for step in steps/v*; do
		step=${step#steps/}
		run -0 workshop start "$step"
		todos=$(grep -c '^[^#]' "tests/walkthrough/$step.todo")
		assert_line --partial "without what is yours to write: $todos TODOs, in gcr.c"
		run -0 grep -hoE "// TODO [0-9]+ of [0-9]+:" -r "workshop/$step"
		assert_equal "$(grep -oE "[0-9]+ of" <<<"$output" | sort -n | paste -sd ' ')" "$(seq -f '%g of' "$todos" | paste -sd ' ')"
		# All else is the step's own, but for the lines that end what is not written yet.
		run diff -r "steps/$step" "workshop/$step"
		assert_equal "$(sed -n 's/^> \t*//p' <<<"$output" | grep -v '^// \|^die("TODO [0-9]* of [0-9]* comes next: ')" ""
		# What the step takes over from the one before is not the learner's to write.
		((lines = $(scripts/lib/starter "$step" --count | awk '{ n += $2 } END { print n }')))
		assert [ "$lines" -le 60 ]
	done
	assert_equal "$(scripts/lib/starter v0.5-ipc --count)" $'1 2\n2 4'
}

@test "start: what is the learner's is what the step adds" {
	before=
	for step in steps/v*; do
		step=${step#steps/}
		workshop start "$step"
		for file in workshop/"$step"/*; do
			name=${file##*/}
			[ -n "$before" ] && [ -e "steps/$before/$name" ] || continue
			diff "$file" "steps/$step/$name" | sed -n 's/^> //p' | grep -v '^\s*[{}]*$' >"$BATS_TEST_TMPDIR/mine" || continue
			diff "steps/$before/$name" "steps/$step/$name" | sed -n 's/^> //p' >"$BATS_TEST_TMPDIR/added"
			run grep -vxFf "$BATS_TEST_TMPDIR/added" "$BATS_TEST_TMPDIR/mine"
			assert_output ""
		done
		before=$step
	done
}

@test "start: a function has its head, a sentence and no body; a line is gone, and the sentence is in its place" {
	workshop start v0.2
	run -0 grep -A 7 "^static int mount_rootfs" workshop/v0.2-mnt/gcr.c
	assert_line --index 1 "{"
	assert_line --index 2 --regexp "^	// TODO 2 of 5: make / private with all below it"
	assert_line --regexp "^	die\(\"TODO 2 of 5 comes next: mount_rootfs\(\)\"\);$"
	workshop start v0.4
	run -0 grep -A 2 "CLONE_NEWUSER,\|TODO 1 of" workshop/v0.4-uts/gcr.c
	assert_line --regexp "^	// TODO 1 of 4: the row for a UTS namespace"
	refute_output --partial "NAMESPACE(CLONE_NEWUTS"
}

@test "start: what the step links is a file of the learner's" {
	workshop start v0.7
	run -0 find workshop/v0.7-net -type l
	assert_output ""
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
	refute_output --partial "./gcr"
	ln -s /bin/true gcr
	run -1 workshop check
	rm gcr
	assert_line "./gcr is still what it was"
	refute_output --partial "It is ./gcr now"
}

@test "check --vm: says at once what takes so long, and how the copy becomes ./gcr" {
	walkthrough <<<'TEST "passes" { true; }'
	workshop start v0.4
	lay v0.4-uts
	mkdir vm
	PATH=/usr/bin:/bin # that of bats has its inner programs before it
	printf '#!/bin/sh\nexec "$@"\n' | install -m 755 /dev/stdin vm/qemu
	run -0 workshop check --vm
	assert_line --index 0 "Starting the virtual machine; this takes a minute or two"
	assert_line "It was built in the virtual machine. To have it as ./gcr here, type: scripts/checkout mine"
	workshop start v0.5
	run -0 workshop check v0.4 --vm
	assert_line "It was built in the virtual machine. To have it as ./gcr here, type: scripts/workshop start v0.4-uts, then scripts/checkout mine"
	echo "int broken = ;" >>workshop/v0.4-uts/gcr.c
	run -1 workshop check v0.4 --vm
	rm -r vm gcr
	assert_line --regexp "^v0.4-uts: 0 of [0-9]+ pass: it does not compile$"
	refute_output --partial "It was built"
}

@test "check: a path made of a path is no warning; what compiles the steps would give one" {
	lay v0.6-cgroups
	sed -i 's|leaf, "cgroup.procs"|file_of(leaf, "").path, "cgroup.procs"|' workshop/v0.6-cgroups/limits.c
	rm -rf build/workshop/v0.6-cgroups
	CMAKE_BUILD_TYPE=RelWithDebInfo run -0 scripts/lib/build-copy v0.6-cgroups
	assert_output ""
}

@test "check: gcr-filter's errors, when it is compiled and when it runs" {
	workshop start v0.9
	echo "int broken = ;" >>workshop/v0.9-seccomp/gcr-filter.c
	run -1 workshop check
	assert_line --regexp "^workshop/v0.9-seccomp/gcr-filter.c:[0-9]+:14: error: expected expression"
	assert_line --regexp "^v0.9-seccomp: 0 of [0-9]+ pass: it does not compile$"
	refute_output --regexp "not ok|FAILED|ninja|/cc "
	sed -i '$d' workshop/v0.9-seccomp/gcr-filter.c
	sed -i 's/"add_key /"add_kye /' workshop/v0.9-seccomp/profile.c
	# What is half made is not taken for made the next time.
	for _ in first second; do
		run -1 workshop check
		assert_line --index 0 "The filter could not be made:"
		assert_line --index 1 "gcr-filter: profile.c: there is no system call 'add_kye'"
		refute_output --regexp "not ok|FAILED|ninja|/cc "
	done
}

@test "check: the last lesson, what was said, and a score" {
	walkthrough <<-'END'
		load ../walkthrough
		TEST "passes" { true; }
		TEST "fails" { run echo before; lesson "first"; true; lesson "second"; run -0 echo said; assert_output expected; }
		TEST "fails by the same" { lesson "second"; false; }
		TEST "fails by another" { lesson "third"; run -0 printf "gcr: no\nmore"; false; }
		TEST "has a TODO" { run -0 echo "gcr: TODO 2 of 3 comes next: main()"; lesson "fourth"; false; }
		TEST "has another status" { lesson "fifth"; run -0 sh -c "exit 7"; }
		TEST "is for root" { skip "not for the grade, as it takes root"; }
		TEST "takes another machine" { skip "take another"; }
	END
	lay v0.4-uts
	run -1 workshop check v0.4
	assert_output - <<-'END'
		ok      passes
		not ok  fails
		        second
		        | said
		        | expected: expected, came: said
		not ok  fails by the same
		        as above
		not ok  fails by another
		        third
		        | gcr: no
		not ok  has a TODO
		        TODO 2 of 3 comes next: main()
		        | gcr: TODO 2 of 3 comes next: main()
		not ok  has another status
		        fifth
		        | expected: exit code 0, came: exit code 7
		--      is for root: not for the grade, as it takes root
		skipped takes another machine: take another
		v0.4-uts: 1 of 7 pass
		It is ./gcr now. Type: ./gcr run ubuntu bash
		Edit:  workshop/v0.4-uts/gcr.c
		Type:  scripts/workshop check (or watch in another terminal), hint, solution
	END
	run -1 --separate-stderr scripts/workshop check v0.4 --json
	run -0 jq -c '[.step, .passed, .total, .score, (.tests[] | [.name, .ok, .lesson])]' <<<"$output"
	assert_output '["v0.4-uts",1,7,14,["passes",true,""],["fails",false,"second"],["fails by the same",false,"second"],["fails by another",false,"third"],["has a TODO",false,"TODO 2 of 3 comes next: main()"],["has another status",false,"fifth"],["takes another machine",false,"take another"]]'
}

@test "check: what bash says of a process that was killed is no evidence" {
	run -0 scripts/lib/evidence 0 <<<$'said-anew\nsaid: tests/walkthrough/../user.bash: line 19:  1086 Killed    (cd && env)\nsaid: bash: line 1: no'
	assert_output "bash: line 1: no"
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
	assert_output "$(printf '%s\n' "ok      passes" "v0.4-uts: all 1 pass" \
		"It is ./gcr now. Type: ./gcr run ubuntu bash" "Type:  scripts/workshop start v0.6-cgroups")"
	assert_equal "$(readlink -f gcr)" "$PWD/build/workshop/v0.4-uts/steps/v0.4-uts/gcr"
	mkdir -p workshop/v0.6-cgroups/.state
	echo "some day" >workshop/v0.6-cgroups/.state/passed
	run -0 workshop check v0.4
	assert_line --partial "All steps pass"
}

@test "watch: again at every save, until Ctrl+C" {
	walkthrough <<<'TEST "a line is there" { grep "a line" "$GCR_BUILD/../../../workshop/v0.4-uts/gcr.c"; }'
	workshop start v0.4
	env --default-signal scripts/workshop watch >"$BATS_TEST_TMPDIR/output" 2>&1 </dev/null 3>&- &
	output_file=$BATS_TEST_TMPDIR/output
	sed -i "s/ a line/ two/" workshop/v0.4-uts/gcr.c
	retry 300 'grep -q "0 of 1 pass" "$output_file" && grep -q Watching "$output_file"'
	echo "// a line" >>workshop/v0.4-uts/gcr.c
	retry 300 'grep -q "all 1 pass" "$output_file"'
	retry 100 '[ "$(grep -c Watching "$output_file")" -eq 2 ]'
	kill -INT $!
	wait $!
}

# What a learner's gcr leaves: a process in a session of its own, which holds its output.
never_ends() {
	walkthrough <<-'END'
		load ../walkthrough
		setup_file() { prepare_guard; }
		use_step v0.4-uts
		make_runner /bin/sh
		TEST "hangs" { run "$gcr" -c "setsid sleep 98761 & read -r line </dev/zero"; }
		TEST "comes after" { true; }
	END
	lay v0.4-uts
}

@test "check: what never ends is ended with all that it has started, once" {
	never_ends
	GCR_PATIENCE=3 run -1 workshop check v0.4
	assert_line --regexp "^ +gcr did not end within 3 seconds: who waits for whom\?$"
	assert_line --regexp "process [0-9]+, sleep, waits"
	assert_line "not run 1 more, as each would wait as long"
	assert_line "v0.4-uts: 0 of 2 pass"
	run -1 pgrep -f "^sleep 98761"
}

@test "check: Ctrl+C ends it at once, with all that it has started" {
	never_ends
	PATH=/usr/bin:/bin # that of bats has its inner programs before it
	GCR_PATIENCE=50 run "$top/tests/terminal" "scripts/workshop check v0.4" "wait:hangs" pause ^C
	refute_output --partial "of 2 pass" # a check that had waited for gcr would say so
	run -1 pgrep -f "^sleep 98761"
}

@test "checkout: mine is the copy last started" {
	run -2 scripts/checkout mine
	assert_output "checkout: you have started none yet: scripts/workshop start v0.1"
	workshop start v0.4
	run -0 scripts/checkout mine
	assert_line "./gcr is your own v0.4-uts now"
	run -0 ./gcr --version
	assert_output --partial v0.4-uts
	run -0 scripts/checkout
	assert_line "* mine: v0.4-uts/gcr"
	sed -i '/TODO 4 of 4/,/^$/d' workshop/v0.4-uts/gcr.c
	echo "int broken = ;" >>workshop/v0.4-uts/gcr.c
	run -1 scripts/checkout mine
	assert_line --partial "error: expected expression"
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
	assert_line --partial "called: sudo env tests/guard 0 - tests/sandbox env "
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

@test "solution: what turns the copy into the step, as one diff" {
	for step in v0.1-pid v0.6-cgroups v0.7-net v0.9-seccomp v1.0-image; do
		workshop start $step
		run -0 scripts/workshop solution
		assert_line "--- workshop/$step/gcr.c"
		assert_line "+++ steps/$step/gcr.c"
		patch -s -p0 <<<"${output//+++ steps/+++ workshop}"
		diff -r --exclude=.state "steps/$step" "workshop/$step"
		run -0 scripts/workshop solution
		refute_line --regexp "^[-+@]"
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

@test "status: a pass that no longer holds" {
	walkthrough <<<'TEST "passes" { true; }'
	lay v0.4-uts
	workshop check v0.4
	run -0 workshop status
	assert_line --regexp "^v0.4-uts      passed [-0-9]+ [:0-9]+$"
	echo "// mine" >>workshop/v0.4-uts/gcr.c
	run -0 workshop status
	assert_line --regexp "^v0.4-uts      passed .*, but the copy has changed since: scripts/workshop check v0.4$"
	sed -i '$d' workshop/v0.4-uts/gcr.c
	cp steps/v0.4-uts/gcr.c "$BATS_TEST_TMPDIR"
	echo "// theirs" >>steps/v0.4-uts/gcr.c
	run -0 workshop status
	cp "$BATS_TEST_TMPDIR/gcr.c" steps/v0.4-uts/
	assert_line --regexp "^v0.4-uts      passed .*, but the step has changed since: scripts/workshop check v0.4$"
}

@test "mistakes: one line that says what to do" {
	run -2 workshop check
	assert_output "workshop: nothing is started yet: scripts/workshop start v0.1, or any other step"
	run -2 workshop check v0.4
	assert_output "workshop: no copy of v0.4-uts yet: scripts/workshop start v0.4-uts"
	run -2 workshop start v9
	assert_output --regexp "^workshop: no step 'v9'; there are: v0.1-pid .* $last_step$"
	run -2 workshop start
	assert_output --partial "workshop: start which step? there are: v0.1-pid "
	run -2 workshop strat v0.4
	assert_output "workshop: no command 'strat'; scripts/workshop --help"
	run -2 workshop check --jsno
	assert_output "workshop: no option '--jsno'; scripts/workshop --help"
	run -2 workshop start v0.4 --json
	assert_output "workshop: start takes no option '--json'; scripts/workshop --help"
	run -0 workshop --help
	assert_line --partial "usage: scripts/workshop"
	run -2 workshop
}

# tests/light/bats and tests/emulated/cmake do what bats(1) and cmake(1) do.

# shellcheck disable=SC2030,SC2031 # run sets these anew in each test

load helpers

setup() {
	file=$BATS_TEST_TMPDIR/file.bats
	cd "$BATS_TEST_TMPDIR" || return
}

# Makes $file of standard input. There, TEST is for @test and BATS for bats, which bats would take for this file's own.
write_file() { { echo "load '$top/tests/helpers'"; sed 's/^TEST /@test /; s/^# BATS /# bats /'; } >"$file"; }

# Runs a command with a bats, and none of this one's variables. Prints what it prints except where a test failed, and its status.
results_of() {
	local program=$1 name status=0
	for name in $(compgen -e | grep -E '^(BATS|GCR)_'); do unset "$name"; done
	env ${timeout:+"BATS_TEST_TIMEOUT=$timeout"} PATH="/usr/bin:/bin" "$program" "${@:2}" "$file" </dev/null >"$file.output" 2>&1 || status=$?
	sed -E "s|$PWD/||; /^# *bats warning/d; /^# ( in|\((from|in)) .*/d; /^#   \`/{/, expected/!d}; s/ in [0-9]+ms//" "$file.output"
	echo "status $status"
}

# Asserts that both say the same with these options, and that it is not nothing.
same_results() {
	local expected
	expected=$(results_of bats "$@")
	assert_equal "$(results_of "$top/tests/light/bats" "$@")" "$expected"
	run cat <<<"$expected"
}

@test "bats: each way to pass, to fail and to be skipped" {
	write_file <<'END'
setup_file() { export from_file=yes; not_exported=yes; touch "$BATS_FILE_TMPDIR/file"; }
setup() { touch "$BATS_TEST_TMPDIR/setup"; }
teardown() { false; echo "in teardown, ${BATS_TEST_COMPLETED:-not} completed"; [[ $BATS_TEST_DESCRIPTION != "teardown fails" ]]; }
helper() { assert_equal "$1" 2; }
TEST "passes" { run -0 echo hi; assert_output hi; }
TEST "has what setup made" { [ "$from_file${not_exported:-}" = yes ]; [ -e "$BATS_FILE_TMPDIR/file" ]; [ -e "$BATS_TEST_TMPDIR/setup" ]; }
TEST "an assertion fails" {
	echo "said this"
	run -0 printf 'a\n\nb'
	assert_line --index 1 c
	echo "not reached"
}
TEST "a helper fails" { helper 1; }
TEST "another status than expected" { run -1 true; }
TEST "no failure" { run ! true; }
TEST "a failure among names that bats could have" { local number=1 result=2 names=3 line=4 file=5 status=6 skipped=7; false; }
TEST "a subshell fails" { (exit 7); }
TEST "a substitution fails" {
	x=$(exit 3)
	echo "not reached$x"
}
TEST "skipped, with a reason" { skip "no moon"; }
TEST "skipped" { skip; }
TEST "teardown fails" { true; }
TEST "the last command fails" { [ 1 = 2 ] && true; }
TEST "a pipe ends well" { false | true; }
# BATS test_tags=vm
TEST "left out" { false; }
TEST "standard error" { run -0 --separate-stderr sh -c 'echo out; echo err >&2'; assert_equal "$output $stderr ${stderr_lines[0]}" "out err err"; }
TEST "lines" { run printf 'a\n\nb\n'; assert_equal "${#lines[@]} $status" "2 0"; }
TEST "a status" { run sh -c 'exit 9'; assert_equal "$status" 9; }
TEST "a \"name\" with \$signs" { true; }
TEST "a process that it leaves" { sleep 1000 3>&- & echo "$!" >>"$left"; }
TEST "a word to descriptor 3" { echo "# a note" >&3; }
TEST "an end without a failure" { exit 0; }
TEST "a variable that is not set" { set -u; echo "$nothing"; }
# BATS file_tags=vm,slow
TEST "left out, too" { false; }
END
	export left=$BATS_TEST_TMPDIR/left
	same_results --timing -F tap --filter-tags '!vm,!slow'
	assert_line "not ok 8 a subshell fails"
	assert_line "ok 10 skipped, with a reason # skip no moon"
	assert_equal "$(grep -c '^not ok' <<<"$output") $(grep -c '^ok' <<<"$output")" "11 11"
	same_results -F cat --filter-tags '!vm' --filter 'helper|passes'
	assert_line "begin 2 a helper fails"
	same_results --count --filter-tags vm
	assert_line 2
	xargs kill <"$left"
}

@test "bats: a test that takes too long" {
	write_file <<<'TEST "hangs" { echo begun; sleep 1000; echo ended; }
TEST "passes" { true; }'
	timeout=1 same_results -F tap
	assert_line "not ok 1 hangs # timeout after 1s"
	assert_line "ok 2 passes"
}

@test "bats: what fails outside of a test" {
	write_file <<<'setup_file() { echo said; false; }
TEST "passes" { true; }'
	same_results -F tap
	assert_line --index 1 "not ok 1 setup_file failed"
	write_file <<<'teardown_file() { echo said; false; }
TEST "passes" { true; }'
	same_results -F tap
	assert_line --index 2 "not ok 2 teardown_file failed"
}

@test "cmake: hands out what the host has compiled, and compiles what it has not" {
	[ -n "${GCR_SANDBOX:-}" ] || skip "only in tests/sandbox, as it takes /home/learner"
	local cmake=$top/tests/emulated/cmake built=/home/learner/gcr/build
	cp -r "$top"/{CMakeLists.txt,cmake,common,steps,tests} .
	mkdir -p workshop "$built"/{test/steps/v0.1-pid,mutants}
	cp -rL steps/v0.2-mnt workshop
	install /dev/stdin "$built/test/steps/v0.1-pid/gcr" <<<"a step"
	install /dev/stdin "$built/mutants/copy-$(tests/mutants/compile --sum workshop/v0.2-mnt)" <<<"a copy"
	"$cmake" -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Debug -DGCR_COPY=v0.2-mnt
	"$cmake" --build build --target gcr-v0.2-mnt gcr-v0.1-pid
	assert_equal "$(cat build/steps/*/gcr)" $'a step\na copy'
	echo "// another" >>workshop/v0.2-mnt/gcr.c
	"$cmake" --build build --target gcr-v0.2-mnt
	run -0 build/steps/v0.2-mnt/gcr --version
	assert_output "gcr v0.2-mnt"
	run -0 "$cmake" --version
	assert_line --partial "cmake version"
}

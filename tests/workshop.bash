# shellcheck shell=bash disable=SC2154 # what bats and helpers.bash set
# A checkout of the tests' own, so that they touch neither a learner's copies nor their build: $tree.

make_tree() {
	export tree=$BATS_FILE_TMPDIR/tree
	export CMAKE_BUILD_TYPE=Debug # which compiles in half the time
	export GCR_USER_ROOTFS=$BATS_FILE_TMPDIR/ubuntu # one copy for all walkthroughs of a file
	chmod 755 "$BATS_RUN_TMPDIR" # for other users
	mkdir -p "$tree"
	cp -r "$top"/{CMakeLists.txt,cmake,common,scripts,steps,tests,tools} "$tree"
	ln -s "$top/rootfs" "$tree/rootfs"
}

# A test of a walkthrough has less time than the test that runs the walkthrough.
workshop() { BATS_TEST_TIMEOUT=$((${BATS_TEST_TIMEOUT:-600} / 10)) "$tree/scripts/workshop" "$@" </dev/null 2>&1; }

# A copy of a step as if somebody had made it: lay v0.4-uts [PATCH]. With a patch, it has a mistake.
lay() {
	local copy=$tree/copy
	rm -rf "$copy"
	cp -rL "$tree/steps/$1" "$copy"
	[ -z "${2:-}" ] || (cd "$copy" && git apply "$2")
	mkdir -p "$tree/workshop"
	rsync -r --checksum --delete "$copy/" "$tree/workshop/$1" # a file that is the same keeps its time, and is not compiled again
}

assert_step_passes() {
	lay "$1"
	run -0 workshop check "$1"
	assert_output --regexp "$1: all [0-9]+ pass"
}

# Its start compiles without a warning, and the first test that fails has a lesson.
assert_start_fails() {
	rm -rf "$tree/workshop/$1"
	workshop start "$1"
	GCR_FIRST=yes run -1 workshop check "$1"
	refute_output --partial "it does not compile"
	refute_output --regexp ':[0-9]+: warning: ' # the compiler's
	# Its lesson is not a line of evidence, which has a | before it.
	assert_regex "$(grep -m 1 -A 1 "^not ok" <<<"$output")" $'\n +[^ |]'
}

# The tests of a step that may say these words, as a regular expression; none, for all, where a function says them.
tests_that_say() {
	awk -v words="$2" '/^@test/ { name = $0 } /^}/ { name = "" }
		index($0, words) { if (name == "") all = 1; names[name] }
		END { for (name in names) if (!all) print name }' "$tree/tests/walkthrough/$1.bats" |
		sed -E 's/^@test "(.*)" \{$/\1/; s/[^a-zA-Z0-9 ]/./g; s/.*/^&$/' | paste -sd '|'
}

# The first line of a patch says what has to come of the copy:
#   lesson: WORDS   a test says this; to save time, only the tests run that may say it
#   first: WORDS    the first lesson that is told says this
#   only: WORDS     it says this, and no other lesson is told
#   passes          it is no mistake
assert_graded() {
	local words
	words=$(sed -n '1s/^[a-z]*: //p' "$2")
	lay "$1" "$2"
	case $(head -n 1 "$2") in
		passes) run -0 workshop check "$1"; return ;;
		"lesson: "*) GCR_ONLY=$(tests_that_say "$1" "$words") run -1 workshop check "$1" ;;
		"first: "*) GCR_FIRST=yes run -1 workshop check "$1" ;; # to save time, no test after that
		"only: "*) run -1 workshop check "$1" ;;
		*) fail "$2 does not begin with a lesson" ;;
	esac
	refute_output --partial "it does not compile"
	refute_output --regexp "spawn_id|bats-exec|while executing|in test file"
	[[ $(head -n 1 "$2") != only:* ]] ||
		assert_equal "$(grep -A 1 "^not ok" <<<"$output" | sed '1,2d; /^not ok/d; /^--$/d; /^ *as above$/d')" ""
	[[ $(head -n 1 "$2") == lesson:* ]] || output=$(grep -m 1 -A 1 "^not ok" <<<"$output")
	assert_output --partial "$words"
}

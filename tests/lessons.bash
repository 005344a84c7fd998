# How the walkthroughs run gcr and look for the cause of a failure, so that a learner sees the right lesson.
# shellcheck shell=bash disable=SC2154,SC2034 # what bats and the other helpers set

# bats's run, which also shows the output in the form that scripts/lib/evidence reads. It looks first for two causes that no
# other lesson may hide: a TODO is left, or gcr did not end.
eval "bats_$(declare -f run)"
run() {
	local result=0
	bats_run "$@" || result=$?
	case " $* " in
		*" normalized "* | *" transcript "* | *" sed "* | *" head "* | *" tail "*) ;;
		*) show "$output" ;;
	esac
	look_first "$output" || return
	return "$result"
}

# show TEXT: the last run's.
show() {
	echo said-anew
	[ -z "$1" ] || printf 'said: %s\n' "${1//$'\n'/$'\n'said: }"
}

look_first() {
	local todo=$'TODO [0-9]+ of [0-9]+ comes next: [^\r\n]*'
	if [[ $1 =~ $todo ]]; then
		lesson "${BASH_REMATCH[0]}"
		return 1
	fi
	# What gcr has said is the cause, if it has.
	[ ! -s "$hung" ] || grep -v '^gcr: warning: ' <<<"$1" | grep -q '^gcr: ' ||
		{ lesson "$(why_it_hangs "$1")"; sed '1d; s/^/said: /' "$hung"; return 1; }
}

# What to say of a gcr that did not end, which has printed this. A walkthrough that can tell more has its own.
why_it_hangs() { lesson_of_a_hang; }
lesson_of_a_hang() { echo "$(head -n 1 "$hung"): who waits for whom?"; }

# The calls of gcr's own, not of its child, by their names: calls_of_gcr clone3,sethostname
calls_of_gcr() {
	local as=(unshare --mount --uts --ipc --propagation private)
	[ -z "${GCR_USER:-}" ] || as=(as_test_user GCR_ROOTFS_DIR="$GCR_ROOTFS_DIR")
	"${as[@]}" "$BATS_RUN_TMPDIR/guard" "${GCR_PATIENCE:-60}" "$hung" strace -qq -s 300 -e signal=none -e trace="$1" "${gcr%/*}/gcr" run -q ubuntu true 2>&1 |
		grep -E "^(${1//,/|})\\(" || true
}

# As that of helpers.bash. $gcr_pid is gcr's, which in a grade is a child of the guard's, $gcr_job.
start() {
	output_file=$BATS_TEST_TMPDIR/output
	: >"$output_file"
	env --default-signal "$gcr" run -q "$@" >"$output_file" 2>&1 3>&- &
	gcr_job=$!
	retry 1000 'grep -q ready "$output_file" || ! kill -0 "$gcr_job"' >/dev/null || true
	show "$(cat "$output_file")"
	if ! grep -q ready "$output_file"; then
		kill "$gcr_job" 2>/dev/null || true
		lesson "the command in the container did not get to say a word"
		look_first "$(cat "$output_file")" || return
		return 1
	fi
	gcr_pid=$gcr_job
	[ -z "${GCR_GRADE:-}" ] || read -r gcr_pid _ <"/proc/$gcr_job/task/$gcr_job/children" || true
}

# Waits for the end of what start() started, and asserts its status.
ended_with() {
	local status=0
	wait "$gcr_job" || status=$?
	show "$(cat "$output_file")"
	look_first "$(cat "$output_file")" || return
	assert_equal "$status" "$1"
}

# Asserts that gcr got as far as the command. Otherwise the lessons that follow would mislead.
came_up() {
	lesson "the container did not come up: the line that starts with gcr: says at which call"
	local said=$output output
	output=$(sed '/^gcr: warning: /d' <<<"$said")
	refute_output --regexp $'(^|\n)gcr: '
}

# Asserts that gcr has refused with this status and one line of its own. The learner chooses the words of that line.
assert_refused() {
	assert_equal "$status" "$1"
	assert_regex "$(sed '/^gcr: warning: /d' <<<"$output")" $'^gcr: [^\n]+$'
}

# Asserts that the output has these words of gcr's own. A learner may have others: no grade depends on it.
says() {
	[ -n "${GCR_GRADE:-}" ] || assert_output --partial "$1"
}

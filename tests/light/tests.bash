# For tests/light/bats: what the tests call, and a test from its begin to its result.
# shellcheck shell=bash disable=SC2034,SC2154 # what the tests use; what bats sets

# --- what the tests call ---------------------------------------------------------------------------

bats_require_minimum_version() { :; }

load() {
	local file=$1
	[[ $file == /* ]] || file=$BATS_TEST_DIRNAME/$file
	[ -f "$file" ] || file+=.bash
	# shellcheck source=/dev/null
	source "$file"
}

skip() {
	bats_skipped=" # skip${1:+ $1}"
	exit 0
}

# Splits $1 into the array $2 at each newline, without empty lines.
bats_split_lines() { IFS=$'\n' read -d '' -r -a "$2" <<<"$1" || true; }

run() {
	local expected='' separate='' flags=$-
	while [[ ${1:-} == [-!]* ]]; do
		case $1 in
			!) expected=nonzero ;;
			-[0-9]*) expected=${1#-} ;;
			--separate-stderr) separate=$BATS_TEST_TMPDIR/separate-stderr ;;
			*) echo "run: no option '$1' here" >&2; return 1 ;;
		esac
		shift
	done
	set +eE
	if [ -n "$separate" ]; then
		output=$("$@" 2>"$separate") && status=0 || status=$?
		stderr=$(<"$separate")
		bats_split_lines "$stderr" stderr_lines
	else
		output=$("$@" 2>&1) && status=0 || status=$?
	fi
	bats_split_lines "$output" lines
	set "-$flags"
	case $expected in
		"" | "$status") ;;
		nonzero) [ "$status" -ne 0 ] || { bats_suffix=", expected nonzero exit code!"; return 1; } ;;
		*) bats_suffix=", expected exit code $expected, got $status"; return 1 ;;
	esac
}

setup_file() { :; }
teardown_file() { :; }
setup() { :; }
teardown() { :; }

# --- a test ----------------------------------------------------------------------------------------

bats_failed_line='' bats_suffix='' bats_skipped='' bats_timed_out=''

# Remembers where the first command failed, as a line of the file. At a return, the trap comes again for the caller.
bats_note_failure() {
	local i
	[ -z "$bats_failed_line" ] || return 0
	for ((i = 1; i < ${#FUNCNAME[@]}; i++)); do
		[[ ${BASH_SOURCE[i]} != "$bats_source" ]] || bats_failed_line=${BASH_LINENO[i - 1]}
	done
}

# Prints a failure: bats_tell_failure STATUS OUTPUT
bats_tell_failure() {
	local words line file=${BATS_TEST_FILENAME#"$PWD/"}
	if [ -n "$bats_failed_line" ]; then
		mapfile -t -s "$((bats_failed_line - 1))" -n 1 words <"$BATS_TEST_FILENAME"
		[ -n "$bats_suffix" ] || [ "$1" -le 1 ] || bats_suffix=" with status $1"
		printf '# (in test file %s, line %s)\n#   `%s'\'' failed%s\n' "$file" "$bats_failed_line" "${words#"${words%%[![:space:]]*}"}" "$bats_suffix"
	fi
	while IFS= read -r line || [ -n "$line" ]; do printf '#%s\n' "${line:+ ${line//"$bats_source"/"$file"}}"; done <"$2"
}

# Ends a test, which has got this status, and prints its result.
bats_finish() {
	local result=ok
	trap - ERR EXIT ABRT
	[ "$1" -eq 0 ] && [ -n "$BATS_TEST_COMPLETED$bats_skipped" ] || result="not ok"
	set +e
	teardown || result="not ok"
	[ -z "$bats_timed_out" ] || bats_skipped=" # timeout after ${BATS_TEST_TIMEOUT}s"
	[ -z "$bats_timing" ] || bats_timing=" in $(((${EPOCHREALTIME/./} - bats_begun) / 1000))ms"
	exec >&3 2>&1
	echo "$result $bats_number $BATS_TEST_DESCRIPTION$bats_timing$bats_skipped"
	[ "$result" = ok ] && exit
	bats_tell_failure "$1" "$BATS_RUN_TMPDIR/test/$bats_number.output"
	exit 1
}

bats_run_test() {
	bats_number=$1 BATS_TEST_DESCRIPTION=${bats_names[$1 - 1]} bats_begun=${EPOCHREALTIME/./}
	export BATS_TEST_TMPDIR=$BATS_RUN_TMPDIR/test/$bats_number BATS_TEST_NUMBER=$bats_number BATS_TEST_COMPLETED=''
	[ "$bats_format" != cat ] || echo "begin $bats_number $BATS_TEST_DESCRIPTION" >&3
	trap 'bats_finish $?' EXIT
	trap bats_note_failure ERR
	trap 'bats_timed_out=yes; exit 1' ABRT
	set -e
	setup
	"${bats_functions[bats_number - 1]}"
	BATS_TEST_COMPLETED=1
}

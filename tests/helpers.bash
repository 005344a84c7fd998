# What the bats files share. $gcr is the program of the step that the file (use_step) or the caller
# ($GCR_STEP) names, from the build in $GCR_BUILD.
# shellcheck shell=bash disable=SC2034,SC2154 # names that the tests use; names that bats sets

bats_require_minimum_version 1.8.0
# Their own load.bash starts dirname(1) for each file, 17 times before each test. Under emulation, that takes a second.
for library in "${BATS_LIB_PATH%%:*}"/bats-{support,assert}/src/*.bash; do
	# shellcheck source=/dev/null
	source "$library"
done

top=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
build=${GCR_BUILD:-$top/build/test}
ubuntu=$top/rootfs/ubuntu
last_step=$(printf '%s\n' "$top"/steps/v* | tail -n 1)
last_step=${last_step##*/}
guard=() gcr_environment=()

# With $GCR_USER, the tests run as that user: $gcr is then a program that runs gcr as the user. With $GCR_APART, it runs gcr in
# separate mount, UTS and IPC namespaces, so a learner's gcr that runs as root can harm nobody.
use_step() {
	step=$1
	gcr=$build/steps/$step/gcr
	if [ -n "${GCR_USER:-}${GCR_HOST:-}${GCR_APART:-}" ]; then
		gcr=$BATS_RUN_TMPDIR/$step-of-${GCR_USER:-root}/run
	elif lacks_bridge; then
		gcr=$BATS_RUN_TMPDIR/$step-alone/run
		make_runner "$build/steps/$step/gcr"
	fi
}

# Without a bridge, gcr warns that there is no network. Tests that are not about that choose none.
lacks_bridge() {
	since v0.7 && [ -z "${GCR_HOST:-}" ] && ! ip link show dev gcr &>/dev/null
}

# Makes $gcr, which runs a program by a command: make_runner PROGRAM COMMAND… The program is beside $gcr, too. $gcr sets
# $gcr_environment, and begins with what is in $guard.
make_runner() {
	mkdir -p "${gcr%/*}"
	[ -e "${gcr%/*}/gcr" ] || ln -s "$1" "${gcr%/*}/gcr"
	{
		echo '#!/bin/sh'
		# shellcheck disable=SC2016 # for the script
		! lacks_bridge || echo '[ "$1" != run ] || { shift; set -- run --net none "$@"; }'
		printf '%s exec %s "%s" "$@"\n' "${gcr_environment[*]}" "${guard[*]} ${*:2}" "$1"
	} >"$gcr.new"
	chmod 755 "$gcr.new"
	mv "$gcr.new" "$gcr"
}

# Whether the step is this one or a later one: since v0.2
since() {
	[[ ! $step < $1 ]]
}

[ -z "${GCR_STEP:-}" ] || use_step "$GCR_STEP"

# Call this once in a file, before the first use of $gcr. With $GCR_HOST, gcr runs in the namespaces of that process, see
# network.bash.
prepare_gcr() {
	local as=()
	gcr_environment=() # $GCR_USER may be another one than last time
	# Root's rootfs is root's alone, or gcr warns.
	[ -z "${GCR_USER:-}" ] || chmod 755 "$BATS_RUN_TMPDIR"
	[ -z "${GCR_APART:-}" ] || as=(unshare --mount --uts --ipc --propagation private)
	[ -z "${GCR_HOST:-}" ] || as=(nsenter --target "$GCR_HOST" --net --mount --wdns=.)
	# If the tests do not run as root, they run as that user already.
	[ -z "${GCR_USER:-}" ] || [ "$EUID" -ne 0 ] || as+=(setpriv --reuid "$GCR_USER" --regid "$(id -g "$GCR_USER")" --init-groups)
	[ -z "${GCR_USER:-}" ] || gcr_environment=(USER="$GCR_USER" HOME=/nonexistent XDG_RUNTIME_DIR="/run/user/$(id -u "$GCR_USER")")
	[ -z "${GCR_USER:-}" ] || export GCR_DATA_DIR=${GCR_DATA_DIR:-$(data_directory)}
	[ -n "${as[*]}${gcr_environment[*]}" ] || return 0
	mkdir -p "${gcr%/*}"
	cp "$build/steps/$step/gcr" "${gcr%/*}/gcr"
	make_runner "${gcr%/*}/gcr" "${as[@]}"
}

# Prints where gcr keeps its data: what containers write, from v1.0 on.
data_directory() {
	if [ -n "${GCR_DATA_DIR:-}" ]; then echo "$GCR_DATA_DIR"
	elif [ -n "${GCR_USER:-}" ]; then echo "$(getent passwd "$GCR_USER" | cut -d : -f 6)/.local/share/gcr"
	else echo /var/lib/gcr; fi
}

# Asserts that nothing is left of what containers have written. An ordinary user may run others meanwhile.
nothing_is_kept() {
	[ "$EUID" -eq 0 ] && since v1.0 || return 0
	local kept
	kept=$(find "$(data_directory)" -mindepth 2)
	[ -z "$kept" ] || fail "this is left: $kept"
}

# Runs a command with a session keyring of its own (session-keyring(7)). First prints the number of the keyring.
in_keyring() {
	perl -e 'use POSIX; my $keyctl = { x86_64 => 250, aarch64 => 219, i686 => 288 }->{(POSIX::uname)[4]}; $| = 1;
		syscall($keyctl, 1, 0); print syscall($keyctl, 0, -3, 0), "\n"; exec @ARGV' "$@"
}

# Makes a rootfs at $1, of busybox and tests/probe. It belongs to the user who runs gcr.
make_busybox_rootfs() {
	mkdir -p "$1"/{bin,dev,etc,proc,root,sys,tmp,usr/bin}
	cp /bin/busybox "$1/bin/busybox"
	cp "$build/tests/probe" "$1/bin/probe"
	# The links of busybox --install -s would lead to a path that does not exist in the container.
	"$1/bin/busybox" --list | (cd "$1/bin" && perl -lne 'symlink "busybox", $_')
	chown -R "${GCR_USER:-root}:" "$1"
}

# Makes a directory for a rootfs that other users may not enter. Otherwise gcr would warn if the rootfs is root's.
make_closed() {
	mkdir -m 700 "$1"
	chown "${GCR_USER:-root}:" "$1"
}

# The setup of a file that runs for each step: gcr, a rootfs, and tests/probe. Before v0.2 the rootfs is the host's files.
prepare_step() {
	export rootfs=$BATS_FILE_TMPDIR/rootfs probe=/bin/probe
	since v0.2 || probe=$build/tests/probe
	prepare_gcr
	make_busybox_rootfs "$rootfs"
}

# Says what a failure from here on teaches. bats prints this only if the test fails; scripts/workshop shows the last lesson.
lesson() {
	echo "lesson: $*"
}

# Whether a probe of scripts/doctor succeeds: has cgroup2. Each probe runs once in a run.
has() {
	local fact cure answer=$BATS_RUN_TMPDIR/doctor-$1
	if [ ! -e "$answer" ]; then
		# shellcheck source=/dev/null # it ends where it is sourced
		. "$top/scripts/doctor"
		is_probe "$1" || { echo "scripts/doctor has no probe '$1'"; exit 1; }
		if examine "$1"; then : >"$answer"; else echo "$1: $fact -> ${cure//$'\n'/; }" >"$answer"; fi
	fi
	[ ! -s "$answer" ]
}

# Skips a test if one of these probes fails, and says what to type: requires cgroup2 delegation
requires() {
	local name
	for name in "$@"; do has "$name" || skip "$(cat "$BATS_RUN_TMPDIR/doctor-$name")"; done
}

# For a test that sets up what only root can. An ordinary user's run and the score of scripts/workshop leave it out.
takes_root() {
	[ "$EUID" -eq 0 ] || skip "not for the grade, as it takes root"
}

# Runs shell code in a container of the step, on the busybox rootfs.
inside() {
	"$gcr" run -q "$rootfs" sh -c "$1"
}

# Runs shell code until it succeeds, up to this many times: retry 50 '[ -s file ]'
retry() {
	local tries=$1 code=$2
	while ! eval "$code" 2>/dev/null; do
		((tries-- > 0)) || { fail "still not so: $code; $(cat "${output_file:-/dev/null}")"; return 1; }
		sleep 0.1
	done
}

# Starts gcr in the background, with the signals at their defaults (a background process of a shell
# ignores SIGINT), its output in $output_file, and waits until the command has written "ready" there.
start() {
	output_file=$BATS_TEST_TMPDIR/output
	: >"$output_file"
	env --default-signal "$gcr" run -q "$@" >"$output_file" 2>&1 3>&- &
	gcr_pid=$!
	lesson "the command in the container did not get to say a word"
	retry 100 'grep -q ready "$output_file" || ! kill -0 "$gcr_pid"'
	grep -q ready "$output_file" || fail "it ended: $(cat "$output_file")"
}

# Waits until the gcr that start() started has ended, and asserts its status.
ended_with() {
	local status=0
	wait "$gcr_pid" || status=$?
	assert_equal "$status" "$1"
}

# Prints the host's pid of the container's PID 1.
container_pid() {
	local pid
	read -r pid <"/proc/$gcr_pid/task/$gcr_pid/children" || true # the line has no end
	echo "$pid"
}

# Prints the host's pid of the command, which is the only child of PID 1 unless it has left orphans.
command_pid() {
	local pid
	read -r pid <"/proc/$(container_pid)/task/$(container_pid)/children" || true
	echo "${pid%% *}"
}

# A transcript with its varying parts replaced by placeholders. The prompt of a Debian that stands in for Ubuntu says so.
normalized() {
	sed -E -e 's/\r//g; s/\x1b\[[?0-9;]*[a-zA-Z]//g; s/\x1b\][^\x07]*\x07//g' -e 's/^\(debian\)root@/root@/' \
		-e 's|^[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9:]{8} |<date> |' \
		-e 's/(\[run\] as pid )[0-9]+/\1<pid>/' -e "s/@$(uname -n | cut -d . -f 1):/@<host>:/"
}

# Runs a command that is gcr's run. The container's first call fails, and gcr itself goes on from the fork half a second later.
run_and_end_at_once() {
	# LeakSanitizer and strace(1) exclude each other.
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o "$BATS_TEST_TMPDIR/calls" -e trace=clone3,setsid -e inject=setsid:error=EPERM:when=1 \
		-e inject=clone3:delay_exit=500000 "$@"
}

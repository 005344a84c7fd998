# Limits of a container: what --pids-max, --memory, --cpus, --cpuset and --io-weight promise. For v0.6 and later.

load helpers
load user

setup_file() {
	prepare_gcr
	export rootfs=$BATS_FILE_TMPDIR/rootfs
	make_busybox_rootfs "$rootfs"
	# The user has a service manager without a session (tests/sandbox).
	[ -z "${GCR_USER:-}" ] || ! has cgroup2 || retry 300 '[ -S "/run/user/$(id -u "$GCR_USER")/systemd/private" ]'
}

# By hand, this file runs on any machine. All tests but those called limits: need cgroup v2, and are skipped without it.
setup() {
	[[ $BATS_TEST_DESCRIPTION == limits:* ]] || requires cgroup2 delegation
}

# Prints the paths of what gcr has made in the hierarchy.
cgroups_of_gcr() {
	find /sys/fs/cgroup -regex '.*/gcr\(-[0-9a-f]+\)?\(\.scope\)?' -type d
}

# Prints the cgroup of the container that start() has started.
cgroup_of_container() {
	echo "/sys/fs/cgroup$(cut -d : -f 3 "/proc/$(container_pid)/cgroup")"
}

value() {
	awk -v key="$1" '$1 == key { print $2 }' "$2"
}

nothing_is_left() {
	retry 100 '[ -z "$(cgroups_of_gcr)" ]'
}

@test "limits: what makes no sense is refused" {
	local try
	for try in "--pids-max 0" "--pids-max -1" "--pids-max 5x" "--pids-max max" "--memory 0" "--memory 5X" "--memory M" \
		"--memory 1.5G" "--memory 99999999999G" "--cpus 0" "--cpus x" "--cpus 1e3" "--cpus 9000" "--cpus -1" "--cpus 1..5" "--cpus ." \
		"--cpuset x" "--cpuset 0;1" "--io-weight 0" "--io-weight 10001"; do
		# shellcheck disable=SC2086 # words
		run -2 "$gcr" run -q $try "$rootfs" true
		assert_output --regexp "^gcr: ${try% *} '${try#* }': write "
	done
}

@test "limits: a hierarchy that is not cgroup v2 alone is an error that says what to do" {
	run -125 unshare --mount sh -c 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"' sh \
		"$gcr" run -q --pids-max 5 "$rootfs" true
	assert_line --partial "/sys/fs/cgroup is not a cgroup v2 hierarchy: boot with systemd.unified_cgroup_hierarchy=1"
	[ "${#lines[@]}" -eq 1 ]
}

@test "limits: none take no cgroup v2, and make nothing" {
	local before
	before=$(find /sys/fs/cgroup -type d | sort)
	start "$rootfs" sh -c 'echo ready; exec sleep 1000'
	assert_equal "$(cat "/proc/$(container_pid)/cgroup")" "$(cat "/proc/$gcr_pid/cgroup")"
	assert_equal "$(find /sys/fs/cgroup -type d | sort)" "$before"
	kill -TERM "$gcr_pid"
	ended_with 143
}

# What follows takes a cgroup v2 hierarchy with systemd in charge.
# bats file_tags=vm

@test "pids: a fork bomb stays at N, and others live" {
	start --pids-max 20 "$rootfs" sh -c 'echo ready; bomb() { bomb | bomb & }; bomb; exec sleep 1000'
	cgroup=$(cgroup_of_container)
	assert_equal "$(cat "$cgroup/pids.max")" 20
	retry 300 '[ "$(value max "$cgroup/pids.events")" -gt 10 ]'
	for _ in {1..20}; do assert [ "$(cat "$cgroup/pids.current")" -le 20 ]; done
	run -0 "$gcr" run -q "$rootfs" echo alive
	assert_output alive
	kill -TERM "$gcr_pid"
	ended_with 143
	nothing_is_left
}

@test "pids: as many as are allowed, and not one more; v0.5 has no limit" {
	local count='i=0; while [ $i -lt 30 ]; do sleep 1000 & i=$((i + 1)); done; echo $i'
	run -2 "$gcr" run -q --pids-max 20 "$rootfs" sh -c "$count"    # its shell ends at the first fork that fails
	assert_output --partial "can't fork"
	run -0 "$gcr" run -q --pids-max 40 "$rootfs" sh -c "$count"
	assert_output 30
	run -0 "$gcr" run -q --pids-max 2 "$rootfs" cat /sys/fs/cgroup/pids.current
	assert_output 2 # gcr's init is one
	run -2 "$gcr" run -q --pids-max 1 "$rootfs" true
	assert_output --partial "from 2 on: PID 1 is one of them"
	use_step v0.5-ipc
	prepare_gcr
	run -0 "$gcr" run -q "$rootfs" sh -c "$count"
	assert_output 30
}

@test "memory: who needs more is killed, with 137 and one line; v0.5 lets it" {
	local hog=(dd if=/dev/zero of=/dev/null bs=100M count=1)
	run -137 "$gcr" run -q --memory 32M "$rootfs" "${hog[@]}"
	assert_output "gcr: the kernel killed 1 of the container's processes (--memory 32M)"
	run -0 "$gcr" run -q --memory 200M "$rootfs" "${hog[@]}"
	use_step v0.5-ipc
	prepare_gcr
	run -0 "$gcr" run -q "$rootfs" "${hog[@]}"
}

@test "memory: the hog is killed, what is beside it lives, and the status is the command's" {
	start --memory 32M "$rootfs" sh -c 'echo ready; exec sleep 1000'
	run -7 "$gcr" run -q --memory 32M "$rootfs" sh -c 'sleep 1000 & dd if=/dev/zero of=/dev/null bs=100M count=1; echo "hog: $?"; kill -0 $! && exit 7'
	assert_line "hog: 137"
	assert_line "gcr: warning: the kernel killed 1 of the container's processes (--memory 32M)"
	kill -0 "$gcr_pid"
	kill -TERM "$gcr_pid"
	ended_with 143
	assert_equal "$(cat "$output_file")" ready # not a word about memory
}

@test "memory: in bytes and all units; no swap" {
	local size
	for size in 33554432 32768K 32M 32m; do
		run -0 "$gcr" run -q --memory "$size" "$rootfs" cat /sys/fs/cgroup/memory.max
		assert_output 33554432
	done
	run -0 "$gcr" run -q --memory 1G "$rootfs" sh -c 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory.swap.max'
	assert_output $'1073741824\n0'
}

# Microseconds of CPU time that the container has had.
usage() {
	value usage_usec "$1/cpu.stat"
}

@test "cpus: a quarter and a half of a CPU are one to two" {
	local quarter half
	start --cpus 0.25 "$rootfs" sh -c 'echo ready; while :; do :; done'
	quarter=$(cgroup_of_container) quarter_pid=$gcr_pid
	start --cpus 0.5 "$rootfs" sh -c 'echo ready; while :; do :; done'
	half=$(cgroup_of_container)
	local before_quarter before_half ratio
	for _ in {1..5}; do # on a busy host, a machine's CPU may stand still for a second, which one of them has to pay for
		before_quarter=$(usage "$quarter") before_half=$(usage "$half")
		sleep 6
		ratio=$((100 * ($(usage "$half") - before_half) / ($(usage "$quarter") - before_quarter + 1)))
		[ "$ratio" -le 150 ] || [ "$ratio" -ge 250 ] || break
	done
	kill -TERM "$gcr_pid" "$quarter_pid"
	wait "$gcr_pid" "$quarter_pid" || true
	echo "half to quarter: $ratio %"
	assert [ "$ratio" -gt 150 ]
	assert [ "$ratio" -lt 250 ]
}

@test "cpuset: only the CPUs that it names" {
	run -0 "$gcr" run -q --cpuset 1 "$rootfs" grep Cpus_allowed_list /proc/self/status
	assert_output $'Cpus_allowed_list:\t1'
}

@test "io: its weight" {
	run -0 "$gcr" run -q --io-weight 50 "$rootfs" cat /sys/fs/cgroup/io.weight
	assert_output "default 50"
}

@test "all limits at once" {
	run -0 "$gcr" run -q --pids-max 9 --memory 64M --cpus 1.5 --cpuset 0-1 --io-weight 200 "$rootfs" \
		sh -c 'cd /sys/fs/cgroup; cat pids.max memory.max cpu.max cpuset.cpus io.weight'
	assert_output $'9\n67108864\n150000 100000\n0-1\ndefault 200'
	nothing_is_left
}

@test "cgroup: it sees its own alone, and cannot write to it" {
	run -0 "$gcr" run -q --pids-max 9 "$rootfs" sh -c 'cat /proc/self/cgroup; find /sys/fs/cgroup -type d
		cat /sys/fs/cgroup/cgroup.procs | head -n 1
		echo max 2>/dev/null >/sys/fs/cgroup/pids.max || echo refused; mkdir /sys/fs/cgroup/x 2>/dev/null || echo refused
		mount -o remount,rw /sys/fs/cgroup 2>/dev/null || echo refused; cat /sys/fs/cgroup/pids.max'
	assert_output $'0::/\n/sys/fs/cgroup\n1\nrefused\nrefused\nrefused\n9'
}

# From v0.9 on, a container makes a user namespace of its own only if it is told to.
nesting=()
[[ ${GCR_STEP:-} < v0.9 ]] || nesting=(--security-opt seccomp=unconfined)

# "max" in these files lifts nothing: the limits are above them.
@test "attack: a container that lifts the limits of its own cgroup is still held by them, and what it made there goes" {
	local count='i=0; while [ $i -lt 30 ]; do sleep 1000 & i=$((i + 1)); done; echo $i'
	run -2 "$gcr" run -q --pids-max 20 --memory 64M "${nesting[@]}" "$rootfs" probe lift-limits "$count"
	assert_line "pids.max: lifted"
	assert_line "memory.max: lifted"
	assert_line --partial "can't fork"
	nothing_is_left
	run -137 "$gcr" run -q --memory 32M "${nesting[@]}" "$rootfs" probe lift-limits 'exec dd if=/dev/zero of=/dev/null bs=100M count=1'
	assert_line "memory.max: lifted"
	assert_line "gcr: the kernel killed 1 of the container's processes (--memory 32M)"
	nothing_is_left
	run -3 "$gcr" run -q --pids-max 9 "${nesting[@]}" "$rootfs" probe lift-limits 'exit 3'
	assert_line "pids.max: lifted"
	nothing_is_left
	start --pids-max 9 "${nesting[@]}" "$rootfs" probe lift-limits 'echo ready; exec sleep 1000'
	kill -KILL "$gcr_pid"
	wait "$gcr_pid" || true
	[ -n "${GCR_USER:-}" ] || "$gcr" run -q --pids-max 9 "$rootfs" true
	nothing_is_left
}

@test "attack: a container cannot fill the host with cgroups" {
	run -0 "$gcr" run -q --pids-max 9 "${nesting[@]}" "$rootfs" probe lift-limits \
		'cd /tmp/cgroup/below; i=0; while mkdir $i 2>/dev/null; do i=$((i + 1)); done; echo $i; cd x; i=0; while mkdir x 2>/dev/null; do cd x; i=$((i + 1)); done; echo $i'
	assert_output --regexp $'\n97\n0$' # and container, below, x
	run -0 "$gcr" run -q --pids-max 9 "${nesting[@]}" "$rootfs" probe lift-limits 'cd /tmp/cgroup/below/x; i=0; while mkdir x 2>/dev/null; do cd x; i=$((i + 1)); done; echo $i'
	assert_output --regexp $'\n7$'
	nothing_is_left
}

@test "cgroup: another user cannot lock it" {
	start --pids-max 9 "$rootfs" sh -c 'echo ready; exec sleep 1000'
	run setpriv --reuid 54321 --clear-groups flock --nonblock "$(dirname "$(cgroup_of_container)")" true
	assert_output --partial "Permission denied"
	kill -TERM "$gcr_pid"
	ended_with 143
}

@test "root: where no cgroup can be made, it says why" {
	[ -z "${GCR_USER:-}" ] || return 0
	mkdir /sys/fs/cgroup/gcr
	echo 0 >/sys/fs/cgroup/gcr/cgroup.max.descendants
	run timeout 20 "$gcr" run -q --pids-max 9 "$rootfs" true
	rmdir /sys/fs/cgroup/gcr
	assert_equal "$status" 125
	assert_output --regexp "^gcr: cgroup_make.*: Resource temporarily unavailable: a cgroup above it may not have more below it: see its cgroup.max.descendants and cgroup.max.depth\$"
}

@test "root: the limits around its caller hold where they are delegated; elsewhere it warns" {
	[ -z "${GCR_USER:-}" ] || return 0
	local around=(systemd-run --quiet --wait --pipe --collect -p MemoryMax=100M -p MemorySwapMax=0)
	local hog=("$gcr" run -q --pids-max 50 "$rootfs" dd if=/dev/zero of=/dev/null bs=200M count=1)
	run -255 "${around[@]}" -p Delegate=yes "${hog[@]}" # systemd-run's, where a signal ended gcr
	nothing_is_left
	run -0 "${around[@]}" "${hog[@]}"
	assert_line --regexp "^gcr: warning: memory.max of /sys/fs/cgroup/system.slice/run-[^ ]*.service does not hold for the container, whose cgroup is elsewhere: start gcr in a delegated cgroup \(systemd-run -p Delegate=yes\)\$"
	run -0 "$gcr" run -q --pids-max 50 "$rootfs" true
	assert_output ""
}

@test "user: limits around the caller that do not hold for the container are named" {
	[ -n "${GCR_USER:-}" ] || return 0
	run -0 as_test_user XDG_RUNTIME_DIR="/run/user/$(id -u "$GCR_USER")" systemd-run --user --scope --quiet -p MemoryMax=100M \
		"${gcr%/*}/gcr" run -q --pids-max 9 "$rootfs" true
	assert_output --regexp "^gcr: warning: memory.max of /sys/fs/cgroup/.*/run-[^/]*.scope does not hold for the container, .*\$"
	run -0 "$gcr" run -q --pids-max 9 "$rootfs" true
	assert_output ""
}

@test "cgroup: it is in it from its first instruction on, and its limits are there before" {
	[ -z "${GCR_USER:-}" ] || return 0 # strace takes what newuidmap needs; the calls are the same
	strace -f -s 200 -o "$BATS_TEST_TMPDIR/trace" -e trace=clone3,write,openat,execve "$gcr" run -q --pids-max 9 "$rootfs" true
	local trace
	trace=$(grep -nE 'clone3|"/sys/fs/cgroup/gcr/gcr-[0-9a-f]*/pids.max", O_WRONLY' "$BATS_TEST_TMPDIR/trace" |
		grep -oE 'pids.max|CLONE_INTO_CGROUP')
	assert_equal "$trace" $'pids.max\nCLONE_INTO_CGROUP'
	run -1 grep 'cgroup.procs", O_WRONLY' "$BATS_TEST_TMPDIR/trace" # nobody is moved
}

@test "cgroup: --explain tells what is made of it, and nothing else" {
	local options=()
	! since v0.7 || options=(--net none)
	run --separate-stderr "$top/tests/explain" "$BATS_TEST_TMPDIR" -- \
		"$gcr" run --explain "${options[@]}" --pids-max 9 --memory 64M --cpus 1.5 --cpuset 0 --io-weight 200 "$rootfs" true
	[ "$status" -eq 0 ] || fail "${output:-$stderr}"
	run -0 cat "$BATS_TEST_TMPDIR/told"
	assert_line --regexp '^write\(/sys/fs/cgroup/.*/gcr-[0-9a-f]*/pids.max, "9"\)$'
	assert_line --regexp '^clone3\(CLONE_INTO_CGROUP\|'
	assert_line 'rmdir(path)'
}

@test "cgroup: the host's limits are what they were" {
	local limits='find /sys/fs/cgroup -regextype egrep -regex ".*/[a-z.]+\.(max|high|low|min|weight)|.*/cpuset.cpus" -not -path "*/gcr*" -exec grep -H "" {} + | sort'
	local before during
	before=$(eval "$limits")
	assert [ -n "$before" ]
	start --pids-max 9 --memory 64M --cpus 0.5 --io-weight 50 "$rootfs" sh -c 'echo ready; exec sleep 1000'
	during=$(eval "$limits") # more of them, where a controller was enabled
	kill -TERM "$gcr_pid"
	ended_with 143
	run comm -23 <(echo "$before") <(echo "$during")
	assert_output ""
}

@test "cgroup: nothing is left where gcr fails" {
	run -125 "$gcr" run -q --cpuset 99 "$rootfs" true
	assert_output --regexp "^gcr: --cpuset 99: the controller 'cpuset' refuses it: .*: /sys/fs/cgroup/cpuset.cpus.effective lists the CPUs that exist$"
	nothing_is_left
	run -127 "$gcr" run -q --pids-max 9 "$rootfs" none
	nothing_is_left
	rm -f "$rootfs/broken/proc"
	mkdir -p "$rootfs/broken/bin"
	cp /bin/busybox "$rootfs/broken/bin/true"
	ln -sfn /etc "$rootfs/broken/proc"
	chown -R "${GCR_USER:-root}:" "$rootfs/broken"
	run -125 "$gcr" run -q --pids-max 9 "$rootfs/broken" true
	nothing_is_left
}

@test "cgroup: gcr is killed: an ordinary user's ends with its scope, root's with the next run" {
	start --pids-max 9 "$rootfs" sh -c 'echo ready; exec sleep 1000'
	local pid cgroup
	pid=$(container_pid) cgroup=$(cgroup_of_container)
	kill -KILL "$gcr_pid"
	wait "$gcr_pid" || true
	retry 100 '! kill -0 '"$pid"
	[ -n "${GCR_USER:-}" ] || "$gcr" run -q --pids-max 9 "$rootfs" true
	nothing_is_left
	assert [ ! -e "$cgroup" ]
}

@test "cgroup: a container does not outlive a gcr that is killed, even if its command changes its user" {
	start --pids-max 9 "$rootfs" probe outlive
	local pid
	pid=$(command_pid)
	kill -KILL "$gcr_pid"
	wait "$gcr_pid" || true
	retry 50 '! kill -0 '"$pid"
	"$gcr" run -q --pids-max 9 "$rootfs" true
	nothing_is_left
}

@test "root: what is left in the cgroup of a gcr that was killed is ended by the next run" {
	[ -z "${GCR_USER:-}" ] || return 0
	start --pids-max 9 "$rootfs" sh -c 'echo ready; exec sleep 1000'
	local cgroup other
	cgroup=$(cgroup_of_container)
	sleep 1000 3>&- &
	other=$!
	echo "$other" >"$cgroup/cgroup.procs"
	kill -KILL "$gcr_pid"
	wait "$gcr_pid" || true
	kill -0 "$other"
	"$gcr" run -q --pids-max 9 "$rootfs" true
	retry 50 '! kill -0 '"$other"
	nothing_is_left
}

@test "cgroup: the next run leaves those alone that live" {
	start --pids-max 9 "$rootfs" sh -c 'echo ready; exec sleep 1000'
	"$gcr" run -q --pids-max 9 "$rootfs" true
	kill -0 "$gcr_pid"
	assert [ -d "$(cgroup_of_container)" ]
	kill -TERM "$gcr_pid"
	ended_with 143
}

@test "cgroup: signals, status and output are as without" {
	run -3 --separate-stderr "$gcr" run -q --pids-max 9 "$rootfs" sh -c 'cat; exit 3' <<<"through"
	assert_output through
	assert_equal "$stderr" ""
	start --pids-max 9 "$rootfs" sh -c 'trap "echo got; exit 4" TERM; echo ready; while :; do sleep 0.1; done'
	kill -TERM "$gcr_pid"
	ended_with 4
	run -0 "$gcr" run --pids-max 9 "$rootfs" true
	run -0 normalized <<<"$output"
	assert_line --index 0 "<date> [run] as pid <pid>" # once, though it was started twice
	run -1 grep -c '\[run\]' <<<"${lines[*]:1}"
}

# For an ordinary user, each asks systemd for a scope, which is slow in an emulated machine.
@test "cgroup: a hundred starts in a row, or thirty of an ordinary user" {
	local starts=100
	[ -z "${GCR_USER:-}" ] || starts=30
	for ((; starts > 0; starts--)); do "$gcr" run -q --pids-max 9 --memory 64M "$rootfs" true || fail "status $?"; done
	nothing_is_left
}

@test "cgroup: twenty at the same time" {
	local pids=() pid
	for _ in {1..20}; do
		"$gcr" run -q --pids-max 9 "$rootfs" true 3>&- &
		pids+=("$!")
	done
	for pid in "${pids[@]}"; do wait "$pid" || fail "status $?"; done
	nothing_is_left
}

@test "user: in a scope that is delegated to gcr nobody is asked" {
	[ -n "${GCR_USER:-}" ] || return 0
	mkdir -m 755 "$BATS_TEST_TMPDIR/bin"
	ln -s "$(command -v newuidmap)" "$(command -v newgidmap)" "$BATS_TEST_TMPDIR/bin"
	as_test_user XDG_RUNTIME_DIR="/run/user/$(id -u "$GCR_USER")" systemd-run --user --scope --quiet -p Delegate=yes \
		--unit=gcr-shell sh -c '"$0" run -q --pids-max 9 "$1" true; cat /proc/self/cgroup
			PATH=$2 exec "$0" run -q --pids-max 9 "$1" true' "${gcr%/*}/gcr" "$rootfs" "$BATS_TEST_TMPDIR/bin" >"$BATS_TEST_TMPDIR/output"
	run -0 cat "$BATS_TEST_TMPDIR/output"
	assert_output --regexp "^0::/user.slice/.*/gcr-shell.scope/supervisor\$"
	nothing_is_left
}

@test "user: no service manager, no systemd-run: what to do" {
	[ -n "${GCR_USER:-}" ] || return 0
	run -125 as_test_user "${gcr%/*}/gcr" run -q --pids-max 9 "$rootfs" true
	assert_output --partial "systemd's user service manager, and none runs for this user: log in again, not by su, or use sudo"
	run -125 as_test_user XDG_RUNTIME_DIR="/run/user/$(id -u "$GCR_USER")" PATH=/nowhere "${gcr%/*}/gcr" run -q --pids-max 9 "$rootfs" true
	assert_output --partial "systemd-run is not installed; use sudo"
}

@test "user: a controller that is not delegated is named" {
	[ -n "${GCR_USER:-}" ] || return 0
	local unit dropin
	unit=user@$(id -u "$GCR_USER").service
	dropin=/run/systemd/system/$unit.d/70-test.conf
	mkdir -p "${dropin%/*}"
	printf '[Service]\nDelegate=\nDelegate=pids\n' >"$dropin"
	systemctl daemon-reload
	systemctl restart "$unit"
	run "$gcr" run -q --cpuset 0 "$rootfs" true
	rm -r "${dropin%/*}"
	systemctl daemon-reload
	systemctl restart "$unit"
	assert_equal "$status" 125
	assert_output "gcr: --cpuset: the controller 'cpuset' is not delegated to ordinary users here: sudo vm/provision.sh, then log in again"
}

@test "root: a controller that the kernel lacks is named, and nothing is made" {
	[ -z "${GCR_USER:-}" ] || return 0
	run -125 unshare --mount sh -c 'echo "cpu io pids" >"$0"; mount --bind "$0" /sys/fs/cgroup/cgroup.controllers && exec "$@"' \
		"$BATS_TEST_TMPDIR/controllers" "$gcr" run -q --memory 64M "$rootfs" true
	assert_output "gcr: --memory: the controller 'memory' is not there: boot with cgroup_no_v1=all and without cgroup_disable="
	nothing_is_left
}

# The isolation matrix: which property of a container comes with which step. Each cell is asserted: from its
# step on a property holds, and before it does not. Every step runs as its users run it: those before v0.3 as
# root, the others as an ordinary user. The table goes to $GCR_MATRIX.
# shellcheck disable=SC2030,SC2031 # each test is a process of its own, as it should be

load helpers
load user
load network

steps=("$top"/steps/v*)

setup_file() {
	export rootfs=$BATS_FILE_TMPDIR/rootfs
	GCR_USER=learner make_busybox_rootfs "$rootfs"
	prepare_steps
	printf '%-30s' '' >"${GCR_MATRIX:=/dev/null}"
	printf ' %-5s' "${steps[@]##*/}" | sed -E 's/-[a-z]+//g' >>"$GCR_MATRIX"
	echo >>"$GCR_MATRIX"
}

teardown() {
	remove_host
}

prepare_steps() {
	local step
	for step in "${steps[@]##*/}"; do
		as_its_users_do "$step" prepare_gcr
	done
}

# Runs a command with the step and its user set.
as_its_users_do() {
	local GCR_USER=''
	[[ $1 < v0.3 ]] || GCR_USER=learner
	use_step "$1"
	"${@:2}"
}

# A row of the matrix: asserts that the command succeeds for each step from the first on, and fails with 1 for
# each before.
row() {
	local name=$1 first=$2 step cells='' status
	for step in "${steps[@]##*/}"; do
		status=0
		as_its_users_do "$step" "${@:3}" || status=$?
		if since "$first"; then assert_equal "$step: $status" "$step: 0"; else assert_equal "$step: $status" "$step: 1"; fi
		if [ "$status" -eq 0 ]; then cells+=" yes  "; else cells+=" -    "; fi
	done
	printf '%-30s%s\n' "$name" "$cells" >>"${GCR_MATRIX:-/dev/null}"
}

@test "own process ids" {
	row "own process ids" v0.1 inside '[ $$ -eq 2 ]'
}

@test "own session" {
	# Its first process is the command. The numbers are those of the /proc at hand.
	row "own session" v0.1 inside 'read -r pid _ _ _ group session _ </proc/self/stat; [ $pid = $group ] && [ $pid = $session ]'
}

@test "own files" {
	touch "$BATS_TEST_TMPDIR/host"
	row "own files" v0.2 inside "[ ! -e '$BATS_TEST_TMPDIR/host' ]"
}

@test "no mount of the host's left" {
	row "no mount of the host's left" v0.2 inside 'awk '\''
		$5 == "/" && ($4 ~ "/rootfs$" || / - overlay /) { own = 1 }
		$5 !~ "^/($|proc|sys|dev|tmp$|etc/(host|resolv))" { others = 1 }
		END { exit !own || others }'\'' /proc/self/mountinfo'
}

root_inside_only() {
	local outside inside
	start "$rootfs" sh -c 'echo "ready $(id -u)"; exec sleep 1000'
	outside=$(stat -c %u "/proc/$(container_pid)")
	kill -KILL "$gcr_pid"
	wait "$gcr_pid" || true
	inside=$(tail -n 1 "$output_file")
	assert_equal "$inside" "ready 0"
	[ "$outside" -ne 0 ]
}

@test "root inside, not outside" {
	row "root inside, not outside" v0.3 root_inside_only
}

@test "capabilities cut" {
	row "capabilities cut" v0.3 inside 'grep -q "^CapBnd:.00000000800405fb$" /proc/self/status'
}

@test "own hostname" {
	row "own hostname" v0.4 inside "[ \$(uname -n) != '$(uname -n)' ]"
}

@test "own System V and POSIX IPC" {
	row "own System V and POSIX IPC" v0.5 inside "[ \$(readlink /proc/self/ns/ipc) != '$(readlink /proc/self/ns/ipc)' ]"
}

@test "own view of cgroups" {
	row "own view of cgroups" v0.6 inside "[ \$(readlink /proc/self/ns/cgroup) != '$(readlink /proc/self/ns/cgroup)' ]"
}

@test "own network" {
	row "own network" v0.7 inside "[ \$(readlink /proc/self/ns/net) != '$(readlink /proc/self/ns/net)' ]"
}

reached_by_its_port() {
	start -p 8080:80 "$rootfs" sh -c 'nc -ll -p 80 -e cat & echo ready; exec sleep 1000'
	run on_host busybox nc 127.0.0.1 8080 <<<"there and back"
	kill -KILL "$gcr_pid" || true
	wait "$gcr_pid" || true
	[ "$output" = "there and back" ]
}

# On a host of its own, with the bridge (network.bash).
@test "published ports" {
	use_step "$last_step"
	make_host
	gcr_net setup -q
	prepare_steps
	row "published ports" v0.8 reached_by_its_port
}

@test "system calls on a list" {
	prepare_steps # the ones before are on a host of their own
	row "system calls on a list" v0.9 inside 'grep -q "^Seccomp:.2" /proc/self/status'
}

@test "no user namespace inside" {
	row "no user namespace inside" v0.9 inside '! unshare -U true 2>/dev/null'
}

# The shell writes where the path leads: in v0.1, to the rootfs by its path on the host.
rootfs_stays_clean() {
	inside "echo x >'$rootfs/root/written' || echo x >/root/written" 2>/dev/null
	[ ! -e "$rootfs/root/written" ] || { rm -f "$rootfs/root/written"; return 1; }
}

@test "the rootfs stays clean" {
	prepare_steps
	row "the rootfs stays clean" v1.0 rootfs_stays_clean
}

# For each step, each system call of gcr's start fails, one after the other (tests/faults). gcr names every failure, makes no half
# a container, and leaves nothing behind.

load ../helpers
load ../user
load ../network
load left

setup_file() {
	use_step "$last_step"
	export GCR_DATA_DIR=$BATS_FILE_TMPDIR/data
	make_host
	! has cgroup2 || on_host mount -t cgroup2 none /sys/fs/cgroup # its /sys is a new one
	gcr_net setup -q --subnet 10.0.0.0/16
	make_rootfs root
	GCR_USER=learner make_rootfs user
	mkdir -m 1777 "$GCR_DATA_DIR"
}

teardown_file() {
	remove_host
}

# The container's command. It prints everything that it sees, except what differs between two containers.
make_rootfs() {
	rootfs=$BATS_FILE_TMPDIR/$1/rootfs
	make_closed "${rootfs%/*}"
	make_busybox_rootfs "$rootfs"
	cat >"$rootfs/bin/world" <<-'END'
		#!/bin/sh
		exec 2>/dev/null
		cut -d ' ' -f 4- /proc/self/mountinfo | sed 's|/proc/self/fd/[0-9]*|FD|g'
		grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp|Sig(Blk|Ign))' /proc/self/status
		stat -c '%A %u %g %t:%T %N' /* /dev/* /dev/pts/ptmx /etc/*
		echo /proc/$$/fd/*
		cat /proc/self/cgroup /proc/sys/net/ipv4/ping_group_range /etc/resolv.conf /etc/hostname
		(cat /etc/hosts; ip -4 -o address; ip route) | sed 's/10\.0\.[0-9.]*/10.0.N.N/g'
		hostname
		env
		umask
		pwd
	END
	chmod 755 "$rootfs/bin/world"
}

# Asserts this for a step, with these options, as $GCR_USER.
withstands_faults() {
	local world=world before data options=("${@:2}")
	use_step "$1"
	prepare_gcr
	rootfs=$BATS_FILE_TMPDIR/${GCR_USER:+user}/rootfs
	[ -n "${GCR_USER:-}" ] || rootfs=$BATS_FILE_TMPDIR/root/rootfs
	GCR_DATA_DIR=$GCR_DATA_DIR/${GCR_USER:-root}
	since v0.2 || world=$rootfs/bin/world
	! since v0.4 || options+=(--hostname box)
	"$gcr" run -q "${options[@]/PORT/8000}" "$rootfs" true # it makes what the rootfs lacks to mount on
	before=$(state_at_rest)
	# tests/faults runs on the host already, and traces the program beside $gcr. $gcr would start others first.
	run on_host env "${gcr_environment[@]}" "$top/tests/faults" "$build/tests/inject" "$BATS_TEST_TMPDIR" \
		"${gcr%/*}/gcr" run -q "${options[@]}" "$rootfs" "$world"
	echo "# $*: $(grep ^Each <<<"$output")" >&3
	assert_success
	nothing_is_left "$before" "left by one of them"
	since v1.0 || return 0
	for data in "$GCR_DATA_DIR"{,/[0-9]*}; do
		GCR_DATA_DIR=$data "$gcr" run -q --net none "$rootfs" true # it removes what could not be removed
		assert_equal "$(ls "$data/containers")" ""
	done
}

@test "faults: v0.1, as root" { withstands_faults v0.1-pid; }
@test "faults: v0.2, as root" { withstands_faults v0.2-mnt; }
@test "faults: v0.7, as root" { withstands_faults v0.7-net --net none; }
@test "faults: v0.7 on the host's network, as root" { withstands_faults v0.7-net --net host; }
@test "faults: the last step on the bridge with published ports, as root" { withstands_faults "$last_step" --net bridge -p PORT:80 -p PORT:53/udp; }
@test "faults: v0.3, as a user" { GCR_USER=learner withstands_faults v0.3-user; }
@test "faults: v0.7, as a user" { GCR_USER=learner withstands_faults v0.7-net --net none; }
@test "faults: the last step on the bridge with published ports, as a user" { GCR_USER=learner withstands_faults "$last_step" --net bridge -p PORT:80 -p PORT:53/udp; }

# The same code makes these calls in v0.7 (tests/ladder.bats), so they run only on request: GCR_TAGS=slow scripts/test abuse
# bats test_tags=slow
@test "faults: v0.3 to v0.6, as root" {
	local step
	for step in v0.3-user v0.4-uts v0.5-ipc v0.6-cgroups; do withstands_faults "$step"; done
}
# bats test_tags=slow
@test "faults: v0.4 to v0.6, as a user" {
	local step GCR_USER=learner
	for step in v0.4-uts v0.5-ipc v0.6-cgroups; do withstands_faults "$step"; done
}

# This needs a cgroup v2 hierarchy with systemd, and takes ten minutes in the virtual machine, so scripts/test leaves it out.
#     tests/machine amd64 bookworm vm,slow abuse/faults
# bats test_tags=vm,slow
@test "faults: v0.6 with limits, as root" {
	GCR_FAULTS_OF='cgroup|^(mkdir|rmdir|clone3|write\(\d+, "[+0-9])' \
		withstands_faults v0.6-cgroups --pids-max 20 --memory 64M --cpus 1
}

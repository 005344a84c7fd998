# shellcheck shell=bash
# An ordinary user, for tests of what works without root. If the tests run as root, it is learner, whom tests/sandbox gives a
# home and subordinate ids. Otherwise it is the user who runs the tests.

export test_user=learner # also for a shell that has as_test_user from here
[ "$EUID" -eq 0 ] || test_user=$(id -un)

# as_test_user [NAME=VALUE…] COMMAND…: its environment is TERM, and PATH without the directories for root.
as_test_user() {
	local switch=()
	[ "$EUID" -ne 0 ] || switch=(setpriv --reuid "$test_user" --regid "$(id -g "$test_user")" --init-groups)
	"${switch[@]}" env -i HOME="$(getent passwd "$test_user" | cut -d: -f6)" USER="$test_user" LOGNAME="$test_user" \
		PATH="$(tr : '\n' <<<"$PATH" | grep -vE 'sbin|libexec' | paste -sd :)" TERM="${TERM:-dumb}" "$@"
}

# in_session [NAME=VALUE…] COMMAND…: in a login session of the user's, with a service manager of its own.
in_session() {
	if [ "$EUID" -ne 0 ]; then
		(cd && env TERM="${TERM:-dumb}" LC_ALL=C.UTF-8 "$@" 3>&-)
		return
	fi
	(join_session && exec setpriv --reuid learner --regid learner --init-groups \
		env -i "${environment[@]}" TERM="${TERM:-dumb}" LC_ALL=C.UTF-8 "$@" 3>&-)
}

# Makes this shell a process of the learner's login session in the virtual machine, and sets $environment to the session's.
# Under emulation a login takes most of a second, so there is one for all tests. Its shell stays: a process in execve has an empty
# environ.
join_session() {
	local pid=/run/gcr-login scope
	if [ ! -e "$pid" ]; then
		install -o learner /dev/null "$pid"
		systemd-run --quiet --collect -p PAMName=login -p User=learner sh -c "echo \$\$\$\$ >$pid; sleep infinity; :" # $$: a $ for systemd
		until [ -s "$pid" ]; do sleep 0.1; done
	fi
	read -r pid <"$pid"
	mapfile -d '' environment <"/proc/$pid/environ"
	read -r scope <"/proc/$pid/cgroup"
	echo "$BASHPID" >"/sys/fs/cgroup${scope#0::}/cgroup.procs"
	cd ~learner || return
}

# as_learner COMMAND…: in the learner's checkout; in the virtual machine in a login session. A build for debugging takes half the
# time.
as_learner() {
	local as=(as_test_user LC_ALL=C.UTF-8)
	[ "${GCR_SANDBOX:-}" != machine ] || as=(in_session)
	# shellcheck disable=SC2016 # for the shell
	"${as[@]}" CMAKE_BUILD_TYPE=Debug bash -c 'cd ~/gcr && exec "$@"' bash "$@"
}

# Makes a copy of rootfs/ubuntu at $1. It belongs to the user and its subordinate ids, as img2rootfs would make it. The
# copy lacks documentation and the like, half of the files, because no test reads these.
make_user_rootfs() {
	local reader=() ubuntu
	ubuntu=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)/rootfs/ubuntu
	# It may belong to an ordinary user itself.
	[ -O "$ubuntu" ] || reader=(runuser -u "$(stat -c %U "$ubuntu")" --)
	[ "$(stat -c %u "$ubuntu")" -eq 0 ] || reader+=(unshare --map-root-user --map-auto)
	mkdir -p "$1"
	chown "$test_user" "$1"
	"${reader[@]}" tar -c -C "$ubuntu" --numeric-owner --exclude=./usr/share/{doc,locale,man,zoneinfo} . |
		as_test_user unshare --map-root-user --map-auto tar -x -p -C "$1" --numeric-owner
}

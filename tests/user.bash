# shellcheck shell=bash
# An ordinary user, for tests of what works without root: gcr-test, with a home and subordinate ids. Where the tests do
# not run as root, it is whoever runs them, and nobody is added or removed. Each of these may be called twice.

export test_user=gcr-test # also for a shell that has as_test_user from here
[ "$EUID" -eq 0 ] || test_user=$(id -un)

test_user_add() {
	local file first
	[ "$EUID" -eq 0 ] || return 0
	id -u gcr-test &>/dev/null || useradd --create-home --shell /bin/bash gcr-test
	touch /etc/subuid /etc/subgid
	for file in /etc/subuid /etc/subgid; do    # some useradds give subordinate ids, some do not
		first=$(awk -F: '$2 + $3 > top { top = $2 + $3 } END { print (top > 100000 ? top : 100000) }' "$file")
		grep -q ^gcr-test: "$file" || echo "gcr-test:$first:65536" >>"$file"
	done
}

# as_test_user [NAME=VALUE…] COMMAND…: of our environment, it gets TERM, and PATH without the directories for root.
as_test_user() {
	local switch=()
	[ "$EUID" -ne 0 ] || switch=(setpriv --reuid "$test_user" --regid "$(id -g "$test_user")" --init-groups)
	"${switch[@]}" env -i HOME="$(getent passwd "$test_user" | cut -d: -f6)" USER="$test_user" LOGNAME="$test_user" \
		PATH="$(tr : '\n' <<<"$PATH" | grep -v sbin | paste -sd :)" TERM="${TERM:-dumb}" "$@"
}

# in_session [NAME=VALUE…] COMMAND…: in a login session of the user's, with a service manager of its own.
in_session() {
	if [ "$EUID" -ne 0 ]; then
		(cd && env TERM="${TERM:-dumb}" LC_ALL=C.UTF-8 "$@" 3>&-)
		return
	fi
	systemd-run --quiet --wait --pipe --collect -p PAMName=login -p User=gcr-test -p WorkingDirectory='~' \
		env TERM="${TERM:-dumb}" LC_ALL=C.UTF-8 "${@//\$/\$\$}" 3>&-    # $$: a $ for systemd
}

# Removes the user with its processes (also those under its subordinate ids), its home and its ids.
test_user_remove() {
	local first='' count='' pids
	[ "$EUID" -eq 0 ] || return 0
	if id -u gcr-test &>/dev/null; then
		IFS=: read -r _ first count < <(grep ^gcr-test: /etc/subuid) || true
		while pids=$(ps -eo uid=,stat=,pid= | awk -v me="$(id -u gcr-test)" -v first="$first" -v count="$count" \
			'$2 !~ /Z/ && ($1 == me || ($1 >= first && $1 < first + count)) { print $3 }') && [[ $pids ]]; do
			xargs kill -KILL <<<"$pids" 2>/dev/null || sleep 0.1
		done
		userdel --remove gcr-test 2>/dev/null || true    # it complains where there is no mail spool
	fi
	sed -i /^gcr-test:/d /etc/subuid /etc/subgid
}

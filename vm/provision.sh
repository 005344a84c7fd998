#!/usr/bin/env bash
# usage: vm/provision.sh [SET…]
#
# Prepares a machine with Debian 12, Debian 13 or Ubuntu 24.04 for gcr, its tests and its workshop. Must run as root. It may run
# any number of times: Lima runs it at every boot. If no systemd runs, as while an image is made, its settings take effect at
# the first boot. SET is a set of scripts/lib/packages; without one, it installs all that a learner needs. With the set build,
# it installs the last step's gcr to /usr/local/bin.
set -euo pipefail
case ${1:-} in
	-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
	-*) echo "provision: no option '$1'; see vm/provision.sh --help" >&2; exit 2 ;;
esac
PATH=$PATH:/usr/sbin:/sbin:/usr/lib/systemd # dpkg needs the sbin directories, which su leaves out; the last is for systemd-sysctl
packages=${GCR_PACKAGES:-$(dirname "${BASH_SOURCE[0]}")/../scripts/lib/packages}

if [ "$EUID" -ne 0 ]; then
	echo "provision: it changes the system: sudo $0 $*" >&2
	exit 1
fi

step="checking the distribution"
trap '[ $? -eq 0 ] || echo "provision: failed while $step" >&2' EXIT
distribution=$(. /etc/os-release && echo "$ID ${VERSION_ID:-}")
case $distribution in
	"debian 12" | "debian 13" | "ubuntu 24.04") ;;
	*) echo "provision: made for Debian 12, Debian 13 and Ubuntu 24.04, not for $distribution; going on" >&2 ;;
esac

step="installing packages"
[ $# -gt 0 ] || set -- build run test workshop
"$packages" machine "$@"

changed=()
# Writes standard input to a file, unless the file has this text already.
file() {
	local text
	text=$(cat)
	[ "$text" != "$(cat "$1" 2>/dev/null)" ] || return 0
	mkdir -p "${1%/*}"
	echo "$text" >"$1"
	changed+=("$1")
}

step="writing the kernel's settings"
file /etc/sysctl.d/60-gcr.conf <<'END'
# On Ubuntu, only root and programs with an AppArmor profile may make user namespaces. Other kernels lack the setting.
-kernel.apparmor_restrict_unprivileged_userns = 0
END

step="delegating cgroup controllers to user sessions"
# This lets an ordinary user limit containers (v0.6, systemd.resource-control(5)).
file /etc/systemd/system/user@.service.d/60-gcr.conf <<'END'
[Service]
Delegate=cpu cpuset io memory pids
END

# Installs gcr on the path. It is built outside the checkout, which other users share.
install_gcr() {
	local build=/var/cache/gcr step
	step=$(realpath "${steps[-1]}")
	grep -qsFx "CMAKE_HOME_DIRECTORY:INTERNAL=$step" "$build/CMakeCache.txt" || rm -rf "$build" # it was made from another checkout
	cmake -S "$step" -B "$build" -G Ninja && cmake --build "$build" && cmake --install "$build"
}

steps=("${packages%/*}"/../../steps/v*)
if [[ " $* " == *" build "* && -d ${steps[-1]} ]]; then
	step="building gcr"
	if log=$(install_gcr 2>&1); then
		while read -r name; do changed+=("$name"); done < <(sed -n 's/^-- Installing: //p' <<<"$log")
	else
		tail -n 20 <<<"$log" >&2
		[ -x /usr/local/bin/gcr ] || exit 1
		# A learner may be changing gcr just now, and needs this machine to go on.
		echo "provision: gcr does not build, see above; the one that is installed stays" >&2
	fi
fi

step="writing the bridge's service"
file /etc/systemd/system/gcr-net.service <<'END'
[Unit]
Description=The bridge of gcr's containers, and its NAT
# If gcr is not installed, there is nothing to start.
ConditionPathExists=/usr/local/bin/gcr
# nftables.service flushes all rules first, gcr's too.
After=nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/bin/gcr net setup
ExecReload=/usr/local/bin/gcr net setup
ExecStop=/usr/local/bin/gcr net teardown

[Install]
WantedBy=multi-user.target
END

step="enabling the bridge at boot"
[ -e /etc/systemd/system/multi-user.target.wants/gcr-net.service ] || systemctl --quiet enable gcr-net.service

if [ -d /run/systemd/system ]; then
	step="applying the kernel's settings"
	systemd-sysctl 60-gcr.conf
	step="starting the bridge"
	[ ${#changed[@]} -eq 0 ] || systemctl daemon-reload
	systemctl reload-or-restart gcr-net.service # a reload mends the bridge, and running containers keep it
fi
[ ${#changed[@]} -eq 0 ] || echo "provision: wrote ${changed[*]}" >&2
[[ ${changed[*]} != *user@* ]] || echo "provision: users who are logged in get the delegation at their next login" >&2

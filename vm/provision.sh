#!/usr/bin/env bash
# Makes a machine ready for gcr, its tests and its workshop: vm/provision.sh [SET…]
#
# For Debian 12 and Ubuntu 24.04, as root. It may run any number of times, as Lima does at every boot. Where no
# systemd runs, as in an image in the making, what it sets up begins with the first boot. SET is one of
# scripts/packages; without any: all that a learner needs.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin:/usr/lib/systemd # for dpkg, which insists on the sbins that su leaves out; for systemd-sysctl
packages=${GCR_PACKAGES:-$(dirname "${BASH_SOURCE[0]}")/../scripts/packages}

if [ "$EUID" -ne 0 ]; then
	echo "provision: it changes the system: sudo $0 $*" >&2
	exit 1
fi

step="checking the distribution"
trap '[ $? -eq 0 ] || echo "provision: failed while $step" >&2' EXIT
distribution=$(. /etc/os-release && echo "$ID ${VERSION_ID:-}")
case $distribution in
	"debian 12" | "ubuntu 24.04") ;;
	*) echo "provision: made for Debian 12 and Ubuntu 24.04, not for $distribution; going on" >&2 ;;
esac

step="installing packages"
[ $# -gt 0 ] || set -- build run test workshop
"$packages" machine "$@"

changed=()
# Writes standard input to a file, unless that says so already.
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
# Ubuntu lets only root, and what AppArmor has a profile for, make user namespaces. Other kernels lack the setting.
-kernel.apparmor_restrict_unprivileged_userns = 0
# Containers reach the world through this machine (v0.7).
net.ipv4.ip_forward = 1
END

step="delegating cgroup controllers to user sessions"
# So that an ordinary user may limit containers (v0.6, systemd.resource-control(5)).
file /etc/systemd/system/user@.service.d/60-gcr.conf <<'END'
[Service]
Delegate=cpu cpuset io memory pids
END

step="writing the bridge and its NAT"
file /etc/gcr/nat.nft <<'END'
# Replaces the table, whether it is there or not.
table ip gcr
delete table ip gcr
table ip gcr {
	chain postrouting {
		type nat hook postrouting priority srcnat
		ip saddr 10.0.0.0/24 oifname != "br0" masquerade
	}
}
END
file /etc/systemd/system/gcr-net.service <<'END'
[Unit]
Description=The bridge of gcr's containers, and its NAT
# Whose rules begin with flushing all others.
After=nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=sh -c 'ip link show br0 >/dev/null 2>&1 || ip link add br0 type bridge'
ExecStart=ip address replace 10.0.0.1/24 dev br0
ExecStart=ip link set br0 up
ExecStart=nft -f /etc/gcr/nat.nft
ExecStop=-nft delete table ip gcr
ExecStop=-ip link delete br0

[Install]
WantedBy=multi-user.target
END

step="enabling the bridge at boot"
[ -e /etc/systemd/system/multi-user.target.wants/gcr-net.service ] || systemctl --quiet enable gcr-net.service

if [ -d /run/systemd/system ]; then
	step="applying the kernel's settings"
	systemd-sysctl 60-gcr.conf
	step="starting the bridge"
	if [ ${#changed[@]} -gt 0 ]; then
		systemctl daemon-reload
		systemctl restart gcr-net.service
	else
		systemctl start gcr-net.service
	fi
fi
[ ${#changed[@]} -eq 0 ] ||
	echo "provision: wrote ${changed[*]}; who is logged in has the delegation from the next session on" >&2

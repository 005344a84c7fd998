# The probes of scripts/doctor. Each is a function that tries something, leaves nothing behind, and ends with ok FACT, or with
# no FACT CURE, where CURE is what to type. Each runs in a process of its own: bash scripts/lib/probes.bash NAME.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin # an ordinary user's PATH lacks them

me=$(id -un)
around="a container or chroot around this one"
elsewhere="vm/qemu shell"
privileged="$elsewhere; or start the outer container with --privileged"

ok() { echo "$1"; exit 0; }
no() { printf '%s\n' "$@"; exit 1; }

# Prints a setting of the kernel, if the kernel has it: setting kernel.osrelease
setting() { cat "/proc/sys/${1//.//}" 2>/dev/null || true; }

# Prints the words in $1 that are not in $2.
lacking() {
	local word words=()
	for word in $1; do [[ " $2 " == *" $word "* ]] || words+=("$word"); done
	echo "${words[*]}"
}

# Fails where setuid programs have no effect (PR_SET_NO_NEW_PRIVS in prctl(2)).
may_gain_rights() {
	! grep -q '^NoNewPrivs:.1' /proc/self/status || no "no_new_privs is set, which takes its rights away" "log in again; or start $around without it"
}

# --- every step ------------------------------------------------------------------------------------

probe_kernel() {
	local release
	release=$(uname -r)
	printf '5.15\n%s\n' "${release%%-*}" | sort -V -C || no "$release is older than 5.15" "$elsewhere"
	ok "$release"
}

# For v0.1, v0.2 and gcr net.
probe_sudo() {
	[ "$EUID" -ne 0 ] || ok "not needed: this is root"
	command -v sudo >/dev/null || no "sudo is not installed" "su -c 'apt-get install sudo; adduser $me sudo'; then log in again"
	! sudo -n true 2>/dev/null || ok "works without asking"
	may_gain_rights
	ok "installed; asks for a password"
}

probe_libraries() {
	local wanted there missing
	wanted=$(scripts/lib/packages --print build run | paste -sd ' ')
	# shellcheck disable=SC2016,SC2086 # a format of dpkg's; words
	there=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' $wanted 2>/dev/null | sed -n 's/^installed //p') || true
	missing=$(lacking "$wanted" "$(cut -d ' ' -f 1 <<<"$there" | paste -sd ' ')")
	[ -z "$missing" ] || no "missing: $missing" "scripts/lib/packages build run"
	ok "$(sed -nE 's/^(gcc|libcap|libnl-route-3|cmake)(-dev)? ([0-9]+:)?([0-9.]*[0-9]).*/\1 \4/p' <<<"$there" | paste -sd , | sed 's/,/, /g')"
}

# Whether a file in a directory can get another owner, as the files of a rootfs need: keeps_owners DIR TYPE
keeps_owners() {
	local as=()
	[ "$EUID" -eq 0 ] || as=(unshare --map-root-user --map-auto)
	if [ ! -w "$1" ] || ! "${as[@]}" true 2>/dev/null; then
		[[ $2 != @(9p|virtiofs|vboxsf|fuse.*|vfat|exfat|ntfs*|cifs|smb*) ]] # a guess
		return
	fi
	file=$(mktemp "$1/.doctor.XXXXXX")
	trap 'rm -f "$file"' EXIT
	"${as[@]}" chown 1:1 "$file" 2>/dev/null && [ "$(stat -c %u "$file")" -ne "$EUID" ]
}

probe_rootfs() {
	local dir=rootfs target type options
	[ -d $dir ] || dir=.
	read -r target type options < <(findmnt -n -o TARGET,FSTYPE,OPTIONS -T $dir | tail -n 1)
	[[ ,$options, != *,noexec,* ]] || no "rootfs/ is mounted noexec" "sudo mount -o remount,exec $target"
	keeps_owners $dir "$type" || no "rootfs/ is on $type, where files cannot change owners" "cp -r . ~/gcr; cd ~/gcr"
	[ -x $dir ] || no "only root may enter rootfs/" "sudo ./gcr run ubuntu bash; or sudo mv rootfs roots; scripts/get-rootfs"
	[ -d rootfs/ubuntu ] || no "rootfs/ubuntu does not exist" "scripts/get-rootfs"
	ok "rootfs/ubuntu belongs to $(stat -L -c %U rootfs/ubuntu), on $type"
}

# A container that shares the terminal could type into it (as from bubblewrap, CVE-2017-5226). gcr prevents this since v0.3.
probe_tiocsti() {
	case $(setting dev.tty.legacy_tiocsti) in
		0) ok "switched off: no container types into your terminal" ;;
		1) no "before v0.3 a container can type into your terminal" "sudo sysctl dev.tty.legacy_tiocsti=0" ;;
		*) no "before v0.3 a container can type into your terminal; kernels before 6.2 always allow it" \
			"setsid -w ./gcr run ROOTFS COMMAND    # for what you do not trust" ;;
	esac
}

# --- v0.3: user namespaces -------------------------------------------------------------------------

# The causes are the same as in the steps' hints.
probe_userns() {
	local answer
	answer=$(unshare --user --map-root-user --mount true 2>&1) && ok "made one, wrote its map, mounted in it"
	case $answer in
		*"unshare failed: No space"*)
			[ "$(setting user.max_user_namespaces)" -gt 0 ] || no "user namespaces are switched off" "sudo sysctl user.max_user_namespaces=65536"
			no "there are too many user namespaces" "sudo sysctl user.max_user_namespaces=65536" ;;
		*"unshare failed"*)
			[ "$(setting kernel.unprivileged_userns_clone)" != 0 ] ||
				no "the kernel lets only root make user namespaces" "sudo sysctl kernel.unprivileged_userns_clone=1"
			no "user namespaces are forbidden by $around" "$privileged" ;;
	esac
	[ "$(setting kernel.apparmor_restrict_unprivileged_userns)" != 1 ] ||
		no "AppArmor lets only root map and mount in a user namespace" "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
	no "${answer##*$'\n'}" "$privileged"
}

# The caller's ranges in a file, as gcr finds them: 100000-165535+200000-200999
ranges() {
	awk -F : -v me="$me" -v id="$EUID" '($1 == me || $1 == id) && $2 > 0 && $3 > 0 { printf "%s%s", sep, $2 "-" $2 + $3 - 1; sep = "+" }' "$1" 2>/dev/null || true
}

probe_subids() {
	local users groups free where=() cure="sudo usermod"
	[ "$EUID" -ne 0 ] || ok "not needed: root may map any user"
	users=$(ranges /etc/subuid) groups=$(ranges /etc/subgid)
	[ -z "$users" ] || [ -z "$groups" ] || ok "users $users, groups $groups"
	free=$(cat /etc/sub[ug]id 2>/dev/null | awk -F : '$2 + $3 > top { top = $2 + $3 } END { print (top > 100000 ? top : 100000) }')
	[ -n "$users" ] || { where+=(/etc/subuid); cure+=" --add-subuids $free-$((free + 65535))"; }
	[ -n "$groups" ] || { where+=(/etc/subgid); cure+=" --add-subgids $free-$((free + 65535))"; }
	no "$me has no ids in ${where[*]}" "$cure $me"
}

probe_newuidmap() {
	local answer program
	[ "$EUID" -ne 0 ] || ok "not needed: root writes any map"
	for program in newuidmap newgidmap; do
		command -v $program >/dev/null || no "$program is not installed" "sudo apt-get install uidmap"
	done
	answer=$(unshare --map-root-user --map-auto cat /proc/self/uid_map 2>&1) &&
		ok "mapped $(awk '{ sum += $3 } END { print sum }' <<<"$answer") users"
	for program in $(command -v newuidmap newgidmap); do
		[ -u "$program" ] || getcap "$program" 2>/dev/null | grep -q cap_set ||
			no "$program is neither setuid nor has a capability" "sudo chmod u+s $program"
	done
	may_gain_rights
	no "${answer##*$'\n'}" "scripts/doctor userns subids"
}

probe_proc() {
	local answer
	answer=$(unshare --user --map-root-user --pid --fork --mount-proc true 2>&1) && ok "mounted a /proc in new pid, user and mount namespaces"
	[[ $answer == *"mount /proc failed"* ]] || no "needs a user namespace" "scripts/doctor userns"
	no "a container around this one masks parts of /proc" "$privileged"
}

# --- v0.6: cgroups ---------------------------------------------------------------------------------

probe_cgroup2() {
	local controllers missing
	[ "$(stat -f -c %T /sys/fs/cgroup 2>/dev/null)" = cgroup2fs ] ||
		no "/sys/fs/cgroup is not a cgroup v2 hierarchy" "boot with systemd.unified_cgroup_hierarchy=1; or $elsewhere"
	controllers=$(cat /sys/fs/cgroup/cgroup.controllers)
	missing=$(lacking "cpu memory pids" "$controllers")
	[ -z "$missing" ] || no "lacks the controllers: $missing" "boot with cgroup_no_v1=all and without cgroup_disable=; or $elsewhere"
	ok "/sys/fs/cgroup has $controllers"
}

# What gcr's limits and scripts/cgroups.sh need.
probe_delegation() {
	local manager=--user controllers missing
	[ "$EUID" -ne 0 ] || manager=--system
	[ -d /run/systemd/system ] || no "systemd does not run here, so nothing delegates cgroups" "$elsewhere"
	# shellcheck disable=SC2016 # for the scope's
	controllers=$(systemd-run $manager --scope --quiet --collect -p Delegate=yes \
		sh -c 'cat "/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)/cgroup.controllers"' 2>&1) ||
		no "no scope for $me: ${controllers##*$'\n'}" "log in as $me by ssh, not by su; or: sudo machinectl shell $me@"
	missing=$(lacking "cpu cpuset io memory pids" "$controllers")
	[ -z "$missing" ] || no "not delegated to $me: $missing" "sudo vm/provision.sh; then log in again"
	ok "a scope of $me has $controllers"
}

# --- v0.7: the network -----------------------------------------------------------------------------

in_own_network() {
	local user=()
	[ "$EUID" -eq 0 ] || user=(--user --map-root-user)
	unshare "${user[@]}" --net "$@" 2>&1
}

# Prints name, state and address of the bridge that gcr net setup has made.
gcr_bridge() { ip -br -4 address show up dev gcr 2>/dev/null || true; }

probe_bridge() {
	local answer name address
	command -v ip >/dev/null || no "needs the program ip" "sudo apt-get install iproute2"
	in_own_network true >/dev/null || no "needs a network namespace" "scripts/doctor userns"
	answer=$(in_own_network sh -c 'ip link add type bridge && ip link add type veth') ||
		no "the kernel cannot make one: ${answer##*$'\n'}" "sudo modprobe -a bridge veth"
	read -r name _ address < <(gcr_bridge) || no "can be made; gcr's bridge, for v0.7, is not up" "scripts/checkout v0.7 && sudo ./gcr net setup"
	[ -x /usr/local/libexec/gcr/gcr-net ] || no "$name is up, but its helper gcr-net is missing" "scripts/checkout v0.7 && sudo ./gcr net setup"
	ok "can be made; gcr's bridge is $name at ${address%% *}"
}

probe_nftables() {
	local answer
	command -v nft >/dev/null || no "nft is not installed" "sudo apt-get install nftables"
	in_own_network true >/dev/null || no "needs a network namespace" "scripts/doctor userns"
	answer=$(cat <(printf 'define br0 = br0\ndefine gateway = 10.0.0.1\ndefine subnet = 10.0.0.0/24\n') steps/*/gcr.nft |
		in_own_network nft -f -) || no "the kernel refuses gcr's rules: ${answer%%$'\n'*}" "sudo modprobe -a nf_tables nft_masq"
	ok "loaded gcr's rules in a network of its own"
}

# Prints the base chains that drop what the bridge br forwards, unless a rule of their table accepts it: FAMILY TABLE CHAIN.
find_obstacles='
$1 == "table" { table = $2 " " $3; forward = 0 }
$1 == "chain" { chain = $2; forward = 0 }
/hook forward / { forward = table ~ /^(ip|inet) / }
forward && (/policy drop;/ || /^[ \t]*(counter )?(drop$|reject)/) { drops[table] = chain }
/accept$/ && index($0, "iifname \"" br "\" ") { from[table] = 1 }
/accept$/ && index($0, "oifname \"" br "\" ") { to[table] = 1 }
END { for (table in drops) if (!(table in from && table in to)) print table, drops[table] }'

# The old iptables, which nft does not list. To look would load it, so this looks only if it is in use.
old_iptables_drop() {
	local rules
	"${as_root[@]}" grep -qx filter /proc/net/ip_tables_names 2>/dev/null || return
	rules=$("${as_root[@]}" iptables-legacy -S FORWARD 2>/dev/null)
	[[ $rules == *"-P FORWARD DROP"* && ! ($rules == *"-i $1 -j ACCEPT"* && $rules == *"-o $1 -j ACCEPT"*) ]]
}

probe_forward() {
	local name rules family table chain as_root=()
	read -r name _ < <(gcr_bridge) || name=''
	[ -z "$name" ] || [ "$(setting net.ipv4.ip_forward)" = 1 ] || no "IP forwarding is off" "sudo ./gcr net setup"
	name=${name:-br0}
	command -v nft >/dev/null || no "needs the program nft" "sudo apt-get install nftables"
	[ "$EUID" -eq 0 ] || as_root=(sudo -n)
	if ! rules=$("${as_root[@]}" nft -s -t list ruleset 2>/dev/null); then
		! ip link show dev docker0 >/dev/null 2>&1 || no "Docker may drop the containers' packets; only root can look" "sudo scripts/doctor forward"
		ok "only root can look: sudo scripts/doctor forward"
	fi
	! old_iptables_drop "$name" || no "the chain FORWARD of iptables-legacy drops the containers' packets" \
		"sudo iptables-legacy -I FORWARD -i $name -j ACCEPT" "sudo iptables-legacy -I FORWARD -o $name -j ACCEPT"
	read -r family table chain < <(awk -v br="$name" "$find_obstacles" <<<"$rules") || ok "no chain drops what $name forwards"
	[ "$table $chain" = "filter FORWARD" ] || no "the chain $chain of nftables, table $family $table, drops the containers' packets" \
		"sudo nft insert rule $family $table $chain iifname $name accept" "sudo nft insert rule $family $table $chain oifname $name accept"
	no "the chain FORWARD of iptables drops the containers' packets, as Docker sets it up" \
		"sudo iptables -I FORWARD -i $name -j ACCEPT; sudo iptables -I FORWARD -o $name -j ACCEPT"
}

# --- v1.0: layers ----------------------------------------------------------------------------------

# Prints the directory for gcr's data, or what there is above it.
data_directory() {
	local directory=${XDG_DATA_HOME:-$HOME/.local/share}/gcr
	[ "$EUID" -ne 0 ] || directory=/var/lib/gcr
	directory=${GCR_DATA_DIR:-$directory}
	until [ -d "$directory" ]; do directory=$(dirname "$directory"); done
	echo "$directory"
}

# Mounts an overlay on it as gcr does. A directory in place of a removed one takes the attribute user.overlay.opaque.
probe_overlay() {
	local directory type answer cure="export GCR_DATA_DIR=DIRECTORY: one of $me's on ext4, XFS or btrfs"
	directory=$(data_directory)
	type=$(stat -f -c %T "$directory")
	layers=$(mktemp -d "$directory/.doctor.XXXXXX" 2>/dev/null) || no "$me cannot write to $directory" "$cure"
	trap 'chmod -f 700 "$layers/work/work" || true; rm -rf "$layers"' EXIT # overlayfs makes one of mode 0
	mkdir -p "$layers"/{lower/directory,upper,work}
	# shellcheck disable=SC2016 # for the shell
	answer=$(cd "$layers" && unshare --user --map-root-user --mount sh -c 'mount -t overlay -o "$1" none lower &&
		rmdir lower/directory && mkdir lower/directory' sh userxattr,lowerdir=lower,upperdir=upper,workdir=work 2>&1) &&
		ok "mounted in a user namespace, with its upper layer on $type"
	case $answer in
		unshare:*) no "needs a user namespace" "scripts/doctor userns" ;;
		*"unknown filesystem"*) no "the kernel has no overlayfs" "sudo modprobe overlay" ;;
	esac
	[ "$type" != overlayfs ] || no "$directory is on an overlay, which cannot be an upper layer" "$cure"
	no "${answer##*$'\n'}" "$cure"
}

"probe_$1"

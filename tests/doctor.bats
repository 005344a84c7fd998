# scripts/doctor: each probe, where it succeeds and where it fails, in namespaces of the test's own. The tests use a copy of
# the checkout, because the ordinary user may not reach the original, and so that no test touches its rootfs.

load helpers
load user

setup_file() {
	chmod 755 "$BATS_RUN_TMPDIR"
	export checkout=$BATS_FILE_TMPDIR/checkout
	mkdir -p "$checkout/rootfs/ubuntu"
	cp -r "$top/scripts" "$top/steps" "$checkout"
}

setup() {
	chmod 755 "$BATS_TEST_TMPDIR"
	cd "$checkout" || return
}

# Runs shell code and then a command, in a mount namespace of their own: changed 'mount …' as_test_user scripts/doctor proc
changed() {
	/usr/bin/unshare --mount --propagation private bash -euc ". '$top/tests/user.bash'; $1"$'\n"$@"' bash "${@:2}"
}

# Prints code for changed(): it puts a copy in place of a file, with the same owner and mode, or with another mode.
copy_of() {
	echo "copy=\$(mktemp -u -p $BATS_TEST_TMPDIR); cp -a $1 \$copy; chmod ${2:-+X} \$copy; mount --bind \$copy $1"
}

# A program that is found first, and what it does: stub unshare 'echo no; exit 1'
stub() {
	mkdir -p "$BATS_TEST_TMPDIR/stubs"
	printf '#!/bin/sh\n%s\n' "$2" >"$BATS_TEST_TMPDIR/stubs/$1"
	chmod 755 "$BATS_TEST_TMPDIR/stubs" "$BATS_TEST_TMPDIR/stubs/$1"
	PATH=$BATS_TEST_TMPDIR/stubs:${PATH#"$BATS_TEST_TMPDIR/stubs:"}
}

# Has a program of /usr/bin not be found.
without() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s /usr/bin/* "$BATS_TEST_TMPDIR/bin"
	rm -f "$BATS_TEST_TMPDIR/bin/$1" # sudo is not on every machine
	PATH=$BATS_TEST_TMPDIR/bin
}

# That a probe succeeded, with this fact.
assert_ok() {
	assert_output --regexp "^ok  $1 +$2$"
	assert_success
}

# That a probe failed, with this fact, and what cures it.
assert_no() {
	assert_line --index 0 --regexp "^no  $1 +$2$"
	assert_equal "$(tail -n +2 <<<"$output" | sed 's/^ *-> //')" "$3"
	assert_failure 1
}

# --- the program -----------------------------------------------------------------------------------

@test "without a name it lists every probe, aligned, in at most 110 columns" {
	local name
	run scripts/doctor
	for name in kernel sudo libraries rootfs tiocsti userns subids newuidmap proc cgroup2 delegation bridge nftables forward; do
		assert_line --regexp "^(ok|no)  $(printf '%-10s' "$name")  [^ ]"
	done
	assert_equal "$(grep -cE '^(ok|no) ' <<<"$output")" 15
	[[ $output != *$'\nno '* || $output == *"sudo vm/provision.sh mends most of this; vm/qemu shell starts "* ]] || fail "no way out"
	run -1 grep -E '.{111}' <<<"$output"
}

@test "with names only these, and the status says whether all are ok" {
	run -0 scripts/doctor userns kernel
	assert_equal "${#lines[@]}" 2
	assert_line --index 0 --regexp "^ok  userns "
	assert_line --index 1 --regexp "^ok  kernel "
	run -1 changed 'mount -t tmpfs none rootfs' scripts/doctor userns rootfs kernel
	assert_equal "${#lines[@]}" 4
	assert_line --index 3 --regexp "^ok  kernel "
}

@test "--help, and a name that it does not know" {
	run -0 scripts/doctor --help
	assert_line --index 0 "usage: scripts/doctor [NAME…]"
	assert_output --partial delegation
	run -2 scripts/doctor userns usrens
	assert_output --regexp "^doctor: no probe 'usrens'; there are: kernel .* overlay$"
}

@test "colours on a terminal, and not with NO_COLOR" {
	run -0 "$top/tests/terminal" "TERM=xterm scripts/doctor userns"
	assert_output --partial $'\e[1;32mok\e[m  userns '
	run -1 env DPKG_ADMINDIR=/nonexistent "$top/tests/terminal" "TERM=xterm scripts/doctor libraries"
	assert_output --partial $'\e[1;31mno\e[m  libraries '
	run -0 "$top/tests/terminal" "TERM=xterm NO_COLOR=1 scripts/doctor userns"
	assert_output --regexp "^ok  userns "
}

@test "a probe that hangs is ended, with what it has started" {
	stub uname 'sleep 1234567 & wait'
	run -0 bash -c '. scripts/doctor; patience=1; examine kernel || echo "$fact, $cure"'
	assert_output "took longer than 1 seconds, bash -x scripts/lib/probes.bash kernel"
	run -1 pgrep -f "sleep 1234567"
}

@test "to source it runs nothing, and changes no option of the shell" {
	# shellcheck disable=SC2016 # for that shell
	run -0 bash -c 'before=$-; . scripts/doctor no-such; [ "$before" = "$-" ] && echo the same'
	assert_output "the same"
}

@test "it leaves nothing behind" {
	state() { findmnt -n -o TARGET; find . | sort; find /sys/fs/cgroup -name 'run-*.scope'; ip -br link show; nft list ruleset; }
	before=$(state)
	scripts/doctor || true
	assert_equal "$(state)" "$before"
	as_test_user scripts/doctor || true
	assert_equal "$(state)" "$before"
}

@test "requires: a test that lacks something is skipped, with the cure; an unknown name fails" {
	printf '%s\n' "load '$top/tests/helpers'" '@test one { requires kernel rootfs; false; }' '@test two { requires kernel; }' \
		'@test three { requires kernal; }' >"$BATS_TEST_TMPDIR/some.bats"
	run -1 changed "mount -t tmpfs none $top/rootfs" env -i PATH=/usr/bin:/bin bats --formatter tap "$BATS_TEST_TMPDIR/some.bats"
	assert_line "ok 1 one # skip rootfs: rootfs/ubuntu does not exist -> scripts/get-rootfs"
	assert_line "ok 2 two"
	assert_line "not ok 3 three"
	assert_line --partial "scripts/doctor has no probe 'kernal'"
}

# --- every step ------------------------------------------------------------------------------------

@test "kernel" {
	run scripts/doctor kernel
	assert_ok kernel "$(uname -r)"
	run setarch --uname-2.6 scripts/doctor kernel
	assert_no kernel "2\.6\..* is older than 5\.15" "vm/qemu shell"
	stub uname 'echo 5.15.0-1-generic'
	run scripts/doctor kernel
	assert_ok kernel "5.15.0-1-generic"
}

@test "sudo" {
	run scripts/doctor sudo
	assert_ok sudo "not needed: this is root"
	stub sudo 'exit 1'
	run as_test_user scripts/doctor sudo
	assert_ok sudo "installed; asks for a password"
	run setpriv --no-new-privs bash -c '. "$0/tests/user.bash"; as_test_user scripts/doctor sudo' "$top"
	assert_no sudo "no_new_privs is set, which takes its rights away" "log in again; or start a container or chroot around this one without it"
	stub sudo 'exit 0'
	run as_test_user scripts/doctor sudo
	assert_ok sudo "works without asking"
	without sudo
	run as_test_user scripts/doctor sudo
	assert_no sudo "sudo is not installed" "su -c 'apt-get install sudo; adduser learner sudo'; then log in again"
}

@test "libraries: versions, and what is missing" {
	run scripts/doctor libraries
	assert_ok libraries "cmake [0-9.]+, gcc [0-9.]+, libcap [0-9.]+, libnl-route-3 [0-9.]+"
	sed -E '/^Package: (umoci|libcap-dev)$/,/^$/d' /var/lib/dpkg/status >"$BATS_TEST_TMPDIR/status"
	DPKG_ADMINDIR=$BATS_TEST_TMPDIR run scripts/doctor libraries
	assert_no libraries "missing: libcap-dev umoci" "scripts/lib/packages build run"
}

@test "rootfs: it is there, and its files can have owners" {
	run scripts/doctor rootfs
	assert_ok rootfs "rootfs/ubuntu belongs to root, on .*"
	run changed 'mount -t tmpfs none rootfs' scripts/doctor rootfs
	assert_no rootfs "rootfs/ubuntu does not exist" "scripts/get-rootfs"
	run changed 'mount -t tmpfs -o noexec none rootfs' scripts/doctor rootfs
	assert_no rootfs "rootfs/ is mounted noexec" "sudo mount -o remount,exec $checkout/rootfs"
	# Who has no other user cannot give it a file.
	run unshare --user --map-root-user scripts/doctor rootfs
	assert_no rootfs "rootfs/ is on .*, where files cannot change owners" "cp -r . ~/gcr; cd ~/gcr"
}

@test "rootfs of an ordinary user" {
	run changed 'mount -t tmpfs none rootfs; mkdir rootfs/ubuntu; chown -R learner rootfs' as_test_user scripts/doctor rootfs
	assert_ok rootfs "rootfs/ubuntu belongs to learner, on tmpfs"
	# Not writable: by its name.
	stub findmnt 'echo "/mnt 9p rw,relatime"'
	run as_test_user scripts/doctor rootfs
	assert_no rootfs "rootfs/ is on 9p, where files cannot change owners" "cp -r . ~/gcr; cd ~/gcr"
}

@test "tiocsti" {
	run changed 'mount -t tmpfs none /proc/sys/dev/tty; echo 0 >/proc/sys/dev/tty/legacy_tiocsti' scripts/doctor tiocsti
	assert_ok tiocsti "switched off: .*"
	run changed 'mount -t tmpfs none /proc/sys/dev/tty; echo 1 >/proc/sys/dev/tty/legacy_tiocsti' scripts/doctor tiocsti
	assert_no tiocsti "before v0.3 a container can type into your terminal" "sudo sysctl dev.tty.legacy_tiocsti=0"
	run changed 'mount -t tmpfs none /proc/sys/dev/tty' scripts/doctor tiocsti
	assert_no tiocsti "before v0.3 a container can type into your terminal; kernels before 6.2 always allow it" \
		"setsid -w ./gcr run ROOTFS COMMAND    # for what you do not trust"
}

# --- v0.3: user namespaces -------------------------------------------------------------------------

@test "userns: made, mapped and mounted in" {
	run scripts/doctor userns
	assert_ok userns "made one, wrote its map, mounted in it"
	run as_test_user scripts/doctor userns
	assert_ok userns "made one, wrote its map, mounted in it"
}

@test "userns: what is in the way" {
	run unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec scripts/doctor userns'
	assert_no userns "user namespaces are switched off" "sudo sysctl user.max_user_namespaces=65536"
	run unshare --user --map-root-user sh -c 'echo 1 >/proc/sys/user/max_user_namespaces; exec unshare --user --map-root-user scripts/doctor userns'
	assert_no userns "there are too many user namespaces" "sudo sysctl user.max_user_namespaces=65536"
	run changed 'mount --rbind / /mnt; mkdir -p /mnt/proc' chroot /mnt bash -c "cd $checkout; scripts/doctor userns"
	assert_no userns "user namespaces are forbidden by a container or chroot around this one" "vm/qemu shell; or start the outer container with --privileged"
}

@test "userns: only for root, by the kernel, and by AppArmor" {
	local settings='mount -t tmpfs none /proc/sys/kernel; echo 0 >/proc/sys/kernel/unprivileged_userns_clone
		echo 1 >/proc/sys/kernel/apparmor_restrict_unprivileged_userns'
	stub unshare 'echo "unshare: unshare failed: Operation not permitted" >&2; exit 1'
	run changed "$settings" scripts/doctor userns
	assert_no userns "the kernel lets only root make user namespaces" "sudo sysctl kernel.unprivileged_userns_clone=1"
	for error in "write failed /proc/self/uid_map: Operation not permitted" "cannot change root filesystem propagation: Permission denied"; do
		stub unshare "echo 'unshare: $error' >&2; exit 1"
		run changed "$settings" scripts/doctor userns
		assert_no userns "AppArmor lets only root map and mount in a user namespace" "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
	done
}

@test "subids: of whoever asks, as gcr finds them" {
	run scripts/doctor subids
	assert_ok subids "not needed: .*"
	run as_test_user scripts/doctor subids
	assert_ok subids "users [0-9]+-[0-9]+, groups [0-9]+-[0-9]+"
	run changed "$(copy_of /etc); printf 'root:1:2\nlearner:0:5\n%s:7:3\n' $(id -u learner) | tee /etc/subuid >/etc/subgid" as_test_user scripts/doctor subids
	assert_ok subids "users 7-9, groups 7-9"
	run changed "$(copy_of /etc); printf 'learner:7:3\nroot:1:2\nlearner:20:10\n' | tee /etc/subuid >/etc/subgid" as_test_user scripts/doctor subids
	assert_ok subids "users 7-9[+]20-29, groups 7-9[+]20-29"
}

@test "subids: none, and the cure cures" {
	local change
	change="$(copy_of /etc); echo you:200000:65536 | tee /etc/subuid >/etc/subgid"
	run changed "$change" as_test_user scripts/doctor subids
	assert_no subids "learner has no ids in /etc/subuid /etc/subgid" "sudo usermod --add-subuids 265536-331071 --add-subgids 265536-331071 learner"
	run changed "$change; usermod --add-subuids 265536-331071 --add-subgids 265536-331071 learner" as_test_user scripts/doctor subids
	assert_ok subids "users 265536-331071, groups 265536-331071"
	run changed "$(copy_of /etc); rm /etc/subgid; echo learner:200000:65536 >/etc/subuid" as_test_user scripts/doctor subids
	assert_no subids "learner has no ids in /etc/subgid" "sudo usermod --add-subgids 265536-331071 learner"
}

@test "newuidmap: it maps the range" {
	run scripts/doctor newuidmap
	assert_ok newuidmap "not needed: .*"
	run as_test_user scripts/doctor newuidmap
	assert_ok newuidmap "mapped 6553[67] users"
}

@test "newuidmap: not there, without its right, without a range" {
	run changed "$(copy_of /usr/bin/newgidmap 755)" as_test_user scripts/doctor newuidmap
	assert_no newuidmap "/usr/bin/newgidmap is neither setuid nor has a capability" "sudo chmod u+s /usr/bin/newgidmap"
	run changed "$(copy_of /usr/bin/newgidmap 755); chmod u+s /usr/bin/newgidmap" as_test_user scripts/doctor newuidmap
	assert_ok newuidmap "mapped 6553[67] users"
	run setpriv --no-new-privs bash -c '. "$0/tests/user.bash"; as_test_user scripts/doctor newuidmap' "$top"
	assert_no newuidmap "no_new_privs is set, which takes its rights away" "log in again; or start a container or chroot around this one without it"
	run changed "$(copy_of /etc); : >/etc/subuid" as_test_user scripts/doctor newuidmap
	assert_no newuidmap "unshare: no line matching user .*" "scripts/doctor userns subids"
	without newgidmap
	run as_test_user scripts/doctor newuidmap
	assert_no newuidmap "newgidmap is not installed" "sudo apt-get install uidmap"
}

@test "proc: it can be mounted; not where a container masks parts of it" {
	run scripts/doctor proc
	assert_ok proc "mounted a /proc in .*"
	run as_test_user scripts/doctor proc
	assert_ok proc "mounted a /proc in .*"
	for who in env as_test_user; do
		run changed 'mount -t tmpfs none /proc/tty' "$who" scripts/doctor proc
		assert_no proc "a container around this one masks parts of /proc" "vm/qemu shell; or start the outer container with --privileged"
	done
	run unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec scripts/doctor proc'
	assert_no proc "needs a user namespace" "scripts/doctor userns"
}

# --- v0.6: cgroups ---------------------------------------------------------------------------------

@test "cgroup2: pure, and with its controllers" {
	local mount="mount -t cgroup2 none /sys/fs/cgroup; mount --bind $BATS_TEST_TMPDIR/controllers /sys/fs/cgroup/cgroup.controllers"
	echo "cpuset cpu io memory pids" >"$BATS_TEST_TMPDIR/controllers"
	run changed "$mount" scripts/doctor cgroup2
	assert_ok cgroup2 "/sys/fs/cgroup has cpuset cpu io memory pids"
	echo "cpuset cpu io pids" >"$BATS_TEST_TMPDIR/controllers"
	run changed "$mount" as_test_user scripts/doctor cgroup2
	assert_no cgroup2 "lacks the controllers: memory" "boot with cgroup_no_v1=all and without cgroup_disable=; or vm/qemu shell"
	run changed 'mount -t tmpfs none /sys/fs/cgroup' scripts/doctor cgroup2
	assert_no cgroup2 "/sys/fs/cgroup is not a cgroup v2 hierarchy" "boot with systemd.unified_cgroup_hierarchy=1; or vm/qemu shell"
}

@test "delegation: by what systemd answers" {
	local systemd='mount -t tmpfs none /run; mkdir -p /run/systemd/system'
	run changed 'mount -t tmpfs none /run' scripts/doctor delegation
	assert_no delegation "systemd does not run here, so nothing delegates cgroups" "vm/qemu shell"
	stub systemd-run 'echo "Failed to connect to bus: No medium found" >&2; exit 1'
	run changed "$systemd" as_test_user scripts/doctor delegation
	assert_no delegation "no scope for learner: Failed to connect to bus: No medium found" \
		"log in as learner by ssh, not by su; or: sudo machinectl shell learner@"
	stub systemd-run 'echo memory pids'
	run changed "$systemd" as_test_user scripts/doctor delegation
	assert_no delegation "not delegated to learner: cpu cpuset io" "sudo vm/provision.sh; then log in again"
	stub systemd-run '[ "$1" = --user ] && echo cpuset cpu io memory pids'
	run changed "$systemd" as_test_user scripts/doctor delegation
	assert_ok delegation "a scope of learner has cpuset cpu io memory pids"
	stub systemd-run '[ "$1" = --system ] && echo cpuset cpu io memory pids'
	run changed "$systemd" scripts/doctor delegation
	assert_ok delegation "a scope of root has cpuset cpu io memory pids"
}

# --- v0.7: the network -----------------------------------------------------------------------------

# The same in a network of its own.
networked() {
	unshare --net --mount --propagation private bash -euc ". '$top/tests/user.bash'; mount -t tmpfs none /usr/local; $1"$'\n"$@"' bash "${@:2}"
}
bridge='ip link add br7 type bridge; ip link property add dev br7 altname gcr; ip address add 10.7.0.1/24 dev br7; ip link set br7 up
	mkdir -p /usr/local/libexec/gcr; install -m 755 /dev/null /usr/local/libexec/gcr/gcr-net
	echo 1 >/proc/sys/net/ipv4/ip_forward'

@test "bridge: one can be made, and gcr's is up" {
	for who in env as_test_user; do
		run networked "$bridge" "$who" scripts/doctor bridge
		assert_ok bridge "can be made; gcr's bridge is br7 at 10.7.0.1/24"
		run networked : "$who" scripts/doctor bridge
		assert_no bridge "can be made; gcr's bridge, for v0.7, is not up" "scripts/checkout v0.7 && sudo ./gcr net setup"
	done
	run networked "$bridge; ip link set br7 down" scripts/doctor bridge
	assert_no bridge "can be made; gcr's bridge, for v0.7, is not up" "scripts/checkout v0.7 && sudo ./gcr net setup"
	run networked "$bridge; rm -r /usr/local/libexec" scripts/doctor bridge
	assert_no bridge "br7 is up, but its helper gcr-net is missing" "scripts/checkout v0.7 && sudo ./gcr net setup"
}

@test "bridge: a kernel without" {
	stub ip 'echo "Error: Unknown device type." >&2; exit 2'
	run scripts/doctor bridge
	assert_no bridge "the kernel cannot make one: Error: Unknown device type." "sudo modprobe -a bridge veth"
	run unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_net_namespaces; exec scripts/doctor bridge'
	assert_no bridge "needs a network namespace" "scripts/doctor userns"
}

@test "nftables: the rules of gcr load" {
	for who in env as_test_user; do
		run "$who" scripts/doctor nftables
		assert_ok nftables "loaded gcr's rules in a network of its own"
	done
	run changed "mount -t tmpfs none /usr/sbin" scripts/doctor nftables
	assert_no nftables "nft is not installed" "sudo apt-get install nftables"
	run changed 'echo "table ip gcr { chain a { type no hook b; } }" >steps/v0.7-net/gcr.nft.bad
		mount --bind steps/v0.7-net/gcr.nft.bad steps/v0.7-net/gcr.nft; rm steps/v0.7-net/gcr.nft.bad' as_test_user scripts/doctor nftables
	assert_no nftables "the kernel refuses gcr's rules: .*Error: .*" "sudo modprobe -a nf_tables nft_masq"
}

# A table whose base chain drops: drop inet mine forward 'policy drop;' [RULE]
drop() { echo "nft 'table $1 $2 { chain $3 { type filter hook forward priority 0; $4; ${5:-}; }; }'"; }

@test "forward: nothing is in the way" {
	run networked "$bridge" scripts/doctor forward
	assert_ok forward "no chain drops what br7 forwards"
	run networked "$(drop ip filter FORWARD 'policy accept' 'ip saddr 192.0.2.1 drop'); $(drop ip6 six forward 'policy drop')
		nft 'table inet mine { chain input { type filter hook input priority 0; policy drop; }; chain other { drop; }; }'" scripts/doctor forward
	assert_ok forward "no chain drops what br0 forwards"
	run networked "$bridge; echo 0 >/proc/sys/net/ipv4/ip_forward" as_test_user scripts/doctor forward
	assert_no forward "IP forwarding is off" "sudo ./gcr net setup"
}

@test "forward: FORWARD of iptables, as Docker has it" {
	run networked "$(drop ip filter FORWARD 'policy drop')" scripts/doctor forward
	assert_no forward "the chain FORWARD of iptables drops the containers' packets, as Docker sets it up" \
		"sudo iptables -I FORWARD -i br0 -j ACCEPT; sudo iptables -I FORWARD -o br0 -j ACCEPT"
}

@test "forward: FORWARD of iptables-legacy, which nft does not list" {
	stub sudo '[ "$2" != iptables-legacy ] || cat "$0.rules" # all else succeeds, also to find it in use'
	echo "-P FORWARD DROP" >"$BATS_TEST_TMPDIR/stubs/sudo.rules"
	run networked : as_test_user scripts/doctor forward
	assert_no forward "the chain FORWARD of iptables-legacy drops the containers' packets" \
		"sudo iptables-legacy -I FORWARD -i br0 -j ACCEPT
sudo iptables-legacy -I FORWARD -o br0 -j ACCEPT"
	printf '%s\n' "-A FORWARD -o br0 -j ACCEPT" "-A FORWARD -i br0 -j ACCEPT" >>"$BATS_TEST_TMPDIR/stubs/sudo.rules"
	run networked : as_test_user scripts/doctor forward
	assert_ok forward "no chain drops what br0 forwards"
}

@test "forward: another table of nftables, and the cure cures" {
	local rule cure
	for rule in "policy drop" "counter drop" "reject with icmpx type admin-prohibited" "policy drop; iifname br7 accept"; do
		run networked "$bridge; $(drop inet mine fwd_all "$rule")" scripts/doctor forward
		assert_no forward "the chain fwd_all of nftables, table inet mine, drops the containers' packets" "sudo nft insert rule inet mine fwd_all iifname br7 accept
sudo nft insert rule inet mine fwd_all oifname br7 accept"
		cure=$(sed -n 's/.*-> sudo //p' <<<"$output")
		run networked "$bridge; $(drop inet mine fwd_all "$rule"); $cure" scripts/doctor forward
		assert_ok forward "no chain drops what br7 forwards"
	done
}

@test "forward: what an ordinary user cannot see" {
	stub sudo 'exit 1'
	run networked : as_test_user scripts/doctor forward
	assert_ok forward "only root can look: sudo scripts/doctor forward"
	run networked 'ip link add docker0 type bridge' as_test_user scripts/doctor forward
	assert_no forward "Docker may drop the containers' packets; only root can look" "sudo scripts/doctor forward"
	stub sudo '[ "$1" = -n ] && shift && [ "$1" = nft ] && echo "table ip filter {
	chain FORWARD {
		type filter hook forward priority filter; policy drop;"'
	run networked : as_test_user scripts/doctor forward
	assert_no forward "the chain FORWARD of iptables drops the containers' packets, as Docker sets it up" \
		"sudo iptables -I FORWARD -i br0 -j ACCEPT; sudo iptables -I FORWARD -o br0 -j ACCEPT"
}

# --- v1.0: layers ----------------------------------------------------------------------------------

@test "overlay: mounted where gcr keeps its data, and nothing stays there" {
	# shellcheck disable=SC2030 # each test has its own
	export GCR_DATA_DIR=$BATS_TEST_TMPDIR/data/gcr # is not there yet
	mkdir "$BATS_TEST_TMPDIR/data"
	chown "$test_user" "$BATS_TEST_TMPDIR/data"
	run scripts/doctor overlay
	assert_ok overlay "mounted in a user namespace, with its upper layer on .*"
	run as_test_user GCR_DATA_DIR="$GCR_DATA_DIR" scripts/doctor overlay
	assert_ok overlay "mounted in a user namespace, with its upper layer on .*"
	assert_equal "$(ls -A "$BATS_TEST_TMPDIR/data")" ""
}

@test "overlay: what is in the way" {
	local cure="export GCR_DATA_DIR=DIRECTORY: one of root's on ext4, XFS or btrfs"
	mkdir "$BATS_TEST_TMPDIR"/{data,upper,work}
	# shellcheck disable=SC2031
	export GCR_DATA_DIR=$BATS_TEST_TMPDIR/data
	run changed "mount -t ramfs none $GCR_DATA_DIR" scripts/doctor overlay # has no attributes
	assert_no overlay "mkdir: .*" "$cure"
	run changed "mount -t overlay -o lowerdir=$GCR_DATA_DIR,upperdir=$BATS_TEST_TMPDIR/upper,workdir=$BATS_TEST_TMPDIR/work none $GCR_DATA_DIR" \
		scripts/doctor overlay
	assert_no overlay "$GCR_DATA_DIR is on an overlay, which cannot be an upper layer" "$cure"
	run as_test_user GCR_DATA_DIR=/proc/sys scripts/doctor overlay
	assert_no overlay "$test_user cannot write to /proc/sys" "${cure/root/$test_user}"
	stub unshare 'echo "mount: lower: unknown filesystem type '"'overlay'"'." >&2; exit 32'
	run scripts/doctor overlay
	assert_no overlay "the kernel has no overlayfs" "sudo modprobe overlay"
	stub unshare 'echo "unshare: unshare failed: Operation not permitted" >&2; exit 1'
	run scripts/doctor overlay
	assert_no overlay "needs a user namespace" "scripts/doctor userns"
}

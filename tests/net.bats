# The network of v0.7 and later: gcr net, the connection of a container, what it shuts out, and gcr-net, the one privileged program.
# The tag host marks tests of the host's side, which is the same for each user.
# shellcheck disable=SC2030,SC2031 # each test is a process of its own, as it should be

load helpers
load user
load network

setup_file() {
	make_host
	start_world
	export rootfs=$BATS_FILE_TMPDIR/closed/rootfs
	make_closed "${rootfs%/*}"
	make_busybox_rootfs "$rootfs"
	printf '#!/bin/sh\ntimeout 3 wget -qO- "$1"\nexit $?\n' >"$rootfs/bin/fetch" # -T crashes Debian's
	chmod 755 "$rootfs/bin/fetch"
	printf 'root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n' >"$rootfs/etc/passwd"
	make_stranger
	gcr_net setup -q
}

teardown_file() {
	remove_host
}

teardown() {
	neighbours "$GCR_HOST" | grep -vx "$GCR_HOST" | end
	printf '%s\n' "${started[@]}" | end
	retry 100 '[ -z "$(ports)" ]'
	[ -z "$changed" ] || restore_host
	resolv_conf "nameserver 203.0.113.80"
}

started=() # processes to end
changed='' # whether the host is to be made new
helper=/usr/local/libexec/gcr/gcr-net

# Another user, who has no account: $stranger runs a command of that user's on the host, and $stranger_rootfs is what it
# runs containers on.
make_stranger() {
	chmod 755 "$BATS_RUN_TMPDIR"
	export stranger=$BATS_FILE_TMPDIR/stranger stranger_rootfs=$BATS_FILE_TMPDIR/stranger-rootfs
	printf '#!/bin/sh\nexec nsenter --target %s --net --mount setpriv --reuid 54321 --regid 54321 --clear-groups "$@"\n' \
		"$GCR_HOST" >"$stranger"
	chmod 755 "$stranger"
	cp -a "$rootfs" "$stranger_rootfs"
	chown -R 54321:54321 "$stranger_rootfs"
}

# Runs shell code in a container of the stranger's.
inside_strangers() {
	"$stranger" "${gcr%/*}/gcr" run -q "$stranger_rootfs" sh -c "$1"
}

# A network namespace of the stranger's, made by hand: $holder is a process in it, and in others of the stranger's.
make_namespace() {
	"$stranger" unshare --user --map-root-user --net --mount --uts --ipc --cgroup sleep 1000 >/dev/null 2>&1 3>&- &
	holder=$!
	started+=("$holder")
	retry 100 '[ "$(tr -s " " </proc/$holder/uid_map)" = " 0 54321 1" ]'
	in_namespace sysctl -qw net.ipv4.ping_group_range="0 0"
}
connect_namespace() { "$stranger" "$helper" <"/proc/$holder/ns/net"; }
in_namespace() { nsenter --target "$holder" --net "$@"; }

ports() { on_host ip -o link | grep -o 'gcr-[0-9]*@' | tr -d @; }
resolv_conf() { echo "$1" >"$BATS_FILE_TMPDIR/resolv.conf"; }

# For tests of gcr net: the host as it was before setup. teardown() makes it new.
before_setup() {
	changed=yes
	gcr_net teardown -q
}

restore_host() {
	local link
	gcr_net teardown -q
	on_host nft flush ruleset
	on_host sysctl -qw net.ipv4.ip_forward=0
	for link in br0 br9; do on_host ip link delete "$link" 2>/dev/null || true; done
	on_host ip route flush proto 99
	gcr_net setup -q
}

# The host's links. Whether a cable is in them is not of interest.
links() { on_host ip -o link | sed -E 's/NO-CARRIER,|,LOWER_UP| state [A-Z]+//g'; }

# All that gcr net may change.
host_state() {
	links
	on_host sh -c 'ip -o -4 address; ip route | sed "s/ linkdown//"; cat /proc/sys/net/ipv4/ip_forward; find /usr/local -printf "%M %u %s %p\n"; nft -s -t list ruleset
		nft list ruleset | grep -o "\"gcr-[0-9]*\" \. [0-9a-f:.]*" | sort | md5sum' # sets are in no order
}

# Asserts that a command fails with that status and that one line: says 2 "LINE" COMMAND…
says() {
	run "-$1" "${@:3}"
	assert_output --regexp "^gcr: $2\$"
	assert_equal "${#lines[@]}" 1
}

# And that it changes nothing on the host.
refuses() {
	local before
	before=$(host_state)
	says "$@"
	assert_equal "$(host_state)" "$before"
}

# --- gcr net ---------------------------------------------------------------------------------------

tables="nftables, table ip gcr and table bridge gcr"

# bats test_tags=host
@test "setup: the bridge, forwarding, rules and the helper are made, and it says so; once" {
	before_setup
	run -0 gcr_net setup
	assert_output "bridge br0 at 10.0.0.1/24: made
IP forwarding: switched on, for the bridge alone
$tables: made
helper $helper: installed"
	run -0 on_host ip -o -4 address show dev br0
	assert_output --partial " 10.0.0.1/24 "
	assert_equal "$(on_host cat /proc/sys/net/ipv4/ip_forward)" 1
	run -0 on_host nft list table ip gcr
	assert_output --partial "ip saddr 10.0.0.0/24 ip daddr != 10.0.0.0/24 masquerade"

	local before
	before=$(host_state)
	run -0 gcr_net setup
	assert_output "bridge br0 at 10.0.0.1/24: was there
IP forwarding: was on
$tables: were there
helper $helper: was there"
	assert_equal "$(host_state)" "$before"
	run -0 gcr_net setup --subnet 10.0.0.0/24 --bridge br0
	assert_equal "$(host_state)" "$before"
}

# bats test_tags=host
@test "teardown: what setup made goes, and nothing else" {
	before_setup
	on_host ip link add br9 type bridge
	on_host nft 'add table ip other { chain postrouting { type nat hook postrouting priority 100; masquerade; }; }'
	local before
	before=$(host_state)
	gcr_net setup -q
	refute [ "$(host_state)" = "$before" ]
	run -0 gcr_net teardown
	assert_output "$tables: removed
IP forwarding: switched off
bridge br0: removed
helper $helper: removed"
	assert_equal "$(host_state)" "$before"
	run -0 gcr_net teardown
	assert_output "$tables: were not there
IP forwarding: left as it is
bridge br0: was not there
helper $helper: was not there"
	assert_equal "$(host_state)" "$before"
}

# bats test_tags=host
@test "teardown: forwarding that was on before stays on" {
	before_setup
	on_host sysctl -qw net.ipv4.ip_forward=1
	run -0 gcr_net setup
	assert_line "IP forwarding: was on"
	run -0 gcr_net teardown
	assert_line "IP forwarding: left as it is"
	assert_equal "$(on_host cat /proc/sys/net/ipv4/ip_forward)" 1
}

@test "a container on the bridge that ends at once has said why" {
	run -125 run_and_end_at_once "$gcr" run -q --net bridge "$rootfs" true
	refute_line --partial "cannot open the container's network namespace"
	assert_line "gcr: gcr_leave_caller(): Operation not permitted"
}

# bats test_tags=host
@test "teardown: also of what is half there" {
	before_setup
	local before part
	before=$(host_state)
	for part in "nft delete table ip gcr" "nft delete table bridge gcr" "nft flush ruleset" "ip link delete gcr" "rm $helper"; do
		gcr_net setup -q
		# shellcheck disable=SC2086 # words
		on_host $part
		gcr_net teardown -q
		on_host sysctl -qw net.ipv4.ip_forward=0 # the bridge had the note
		assert_equal "$(host_state)" "$before"
	done
}

# bats test_tags=host
@test "setup: another subnet and another bridge, and back" {
	before_setup
	run -0 gcr_net setup --subnet 10.9.8.0/22 --bridge lab.1
	assert_line "bridge lab.1 at 10.9.8.1/22: made"
	run -0 inside 'ip -o -4 address show dev eth0; fetch http://web.test/cgi-bin/who'
	assert_output --regexp " 10\.9\.(8|9|10|11)\.[0-9]+/22 .*192\.0\.2\.1\$"
	retry 100 '[ -z "$(ports)" ]'
	refuses 125 "gcr's bridge is lab.1 at 10.9.8.1/22: to change that, sudo ./gcr net teardown first" gcr_net setup --subnet 10.0.0.0/24
	refuses 125 "gcr's bridge is lab.1 at 10.9.8.1/22: .*" gcr_net setup --bridge br0
	run -0 gcr_net setup
	assert_line "bridge lab.1 at 10.9.8.1/22: was there"
	run -0 gcr_net teardown
	assert_line "bridge lab.1: removed"
}

# bats test_tags=host
@test "setup: an interface of others' that has the name stays as it is" {
	before_setup
	on_host ip link add br0 type bridge
	refuses 125 "there is an interface br0 that gcr did not make: choose another name, as in --bridge br1" gcr_net setup
	run -0 gcr_net setup --bridge br1
}

# bats test_tags=host
@test "setup: a subnet that others have, whole or in part, is refused" {
	before_setup
	local route
	for route in 10.0.0.0/24 10.0.0.0/8 10.0.0.128/25 10.0.0.77; do
		on_host ip route add "$route" dev up0 proto 99
		refuses 125 "the bridge's subnet overlaps with $route.*, which leads to up0: choose another, as in --subnet 10.77.0.0/24" gcr_net setup
		run -0 gcr_net setup --subnet 172.16.0.0/24
		gcr_net teardown -q
		on_host ip route flush proto 99
	done
	refuses 125 "the bridge's subnet overlaps with 192.0.2.0/24, which leads to up0: .*" gcr_net setup --subnet 192.0.2.0/24
	on_host ip route add blackhole 10.0.0.0/16 proto 99
	refuses 125 "the bridge's subnet overlaps with 10.0.0.0/16, which leads to nowhere: .*" gcr_net setup
	on_host ip route flush proto 99
	for route in 10.0.1.0/24 10.1.0.0/16; do on_host ip route add "$route" dev up0 proto 99; done
	run -0 gcr_net setup
}

# bats test_tags=host
@test "gcr net: what makes no sense has status 2" {
	before_setup
	local try before
	before=$(host_state)
	for try in x 10.0.0.0 10.0.0.1/24 10.0.0.0/15 10.0.0.0/30 10.0.0.0/x 300.0.0.0/24 10.0/24 "" " 10.0.0.0/24" fd00::/64 \
		0.0.0.0/24 127.0.0.0/24 224.0.0.0/24 240.0.0.0/24; do
		says 2 "--subnet '$try': write a network and its length from 16 to 29, as in 10.7.0.0/24" gcr_net setup --subnet "$try"
	done
	for try in "" . .. a/b "a b" gcr gcr-1 sixteen-letters- 'b"' 'b;' "b%d"; do
		says 2 "--bridge '$try': write .*" gcr_net setup --bridge "$try"
	done
	for try in "" up "setup up" "status teardown"; do
		# shellcheck disable=SC2086 # words
		says 2 "write gcr net setup, status or teardown; see gcr net --help" gcr_net $try
	done
	says 2 "--x: no such option; see gcr --help" gcr_net setup --x
	assert_equal "$(host_state)" "$before"
}

# bats test_tags=host
@test "gcr net: who is not root is told to use sudo" {
	changed=yes
	refuses 125 "this changes the host's network: sudo ./gcr net setup" "$stranger" "${gcr%/*}/gcr" net setup
	refuses 125 "this changes the host's network: sudo ./gcr net teardown" "$stranger" "${gcr%/*}/gcr" net teardown
}

# bats test_tags=host
@test "setup: where it fails, it leaves nothing behind" {
	before_setup
	refuses 125 ".*: sudo apt-get install nftables" on_host env PATH=/nowhere "$build/steps/$step/gcr" net setup -q
	refuses 125 ".*" on_host env PATH=/nowhere "${gcr%/*}/gcr" net setup -q
	# shellcheck disable=SC2016 # for the shell
	refuses 125 "standard output: No space left on device" on_host sh -c '"$0" net setup >/dev/full' "$build/steps/$step/gcr"
}

# bats test_tags=host
@test "setup: a helper that does not fit on the disk is an error, and nothing is left" {
	before_setup
	on_host mkdir "${helper%/*}"
	on_host mount -t tmpfs -o size=64k none "${helper%/*}"
	refuses 125 "copy_file.*: No space left on device" on_host "$build/steps/$step/gcr" net setup -q
	on_host umount "${helper%/*}"
	on_host rmdir "${helper%/*}"
}

# bats test_tags=host
@test "teardown: what cannot be undone does not keep the rest; it says so" {
	before_setup
	local forwarding=/proc/sys/net/ipv4/ip_forward
	gcr_net setup -q
	on_host mount --bind $forwarding $forwarding
	on_host mount -o remount,bind,ro $forwarding
	run -125 gcr_net teardown
	on_host umount $forwarding
	assert_output "gcr: warning: IP forwarding stays on: Read-only file system
$tables: removed
IP forwarding: left as it is
bridge br0: removed
helper $helper: removed
gcr: some parts are left, see above; mend that, then: sudo ./gcr net teardown"
	run -1 on_host ip link show br0
	refute [ "$(on_host nft list tables)" ]
	# A report that cannot be written does not keep anything either.
	gcr_net setup -q
	# shellcheck disable=SC2016 # for the shell
	run -125 on_host sh -c '"$0" net teardown >/dev/full' "$build/steps/$step/gcr"
	assert_output "gcr: standard output: No space left on device"
	run -1 on_host ip link show br0
}

# Makes another network of the host's, 198.51.100.0/24, with a host in it, $other.
make_other_network() {
	other=$(hold_namespaces)
	started+=("$other")
	on_host ip link add up1 type veth peer name eth0 netns "$other"
	on_host ip address add 198.51.100.1/24 dev up1
	on_host ip link set up1 up
	in_other ip address add 198.51.100.2/24 dev eth0
	in_other ip link set eth0 up
	in_other ip route add default via 198.51.100.1
	in_world ip route replace 198.51.100.0/24 via 192.0.2.1
}
in_other() { nsenter --target "$other" --net "$@"; }

# bats test_tags=host
@test "setup: where IP forwarding was off, the host forwards for the bridge alone; where it was on, as before" {
	before_setup
	make_other_network
	run -1 in_other "$rootfs/bin/probe" ping 203.0.113.80
	for _ in 1 2; do
		gcr_net setup -q
		run -1 in_other "$rootfs/bin/probe" ping 203.0.113.80
		run -0 is_connected 9
		assert_output hello
	done
	gcr_net teardown -q
	on_host sysctl -qw net.ipv4.ip_forward=1
	gcr_net setup -q
	run -0 in_other "$rootfs/bin/probe" ping 203.0.113.80
	run -0 is_connected 9
}

@test "run: a bridge whose network is not gcr's is refused" {
	changed=yes
	on_host ip address flush dev br0
	on_host ip address add 10.0.0.1/31 dev br0
	run -125 "$gcr" run -q "$rootfs" true
	assert_line --index 0 "gcr: the bridge br0 has the address 10.0.0.1/31, which gcr did not give it: sudo ./gcr net teardown && sudo ./gcr net setup"
	run -125 gcr_net setup
	assert_output "gcr: gcr's bridge is br0 at 10.0.0.1/31, which gcr did not give it: sudo ./gcr net teardown first"
}

@test "attack: without gcr's rules nobody is connected, neither by root nor by the helper" {
	changed=yes
	make_namespace
	local change before message="gcr: gcr's rules of nftables are not loaded, and nothing else keeps containers apart: sudo ./gcr net setup loads them"
	before=$(links)
	while read -r change; do
		# shellcheck disable=SC2086 # words
		on_host $change
		run -125 "$gcr" run -q "$rootfs" true
		assert_line --index 0 "$message"
		run -125 "$stranger" "${gcr%/*}/gcr" run -q "$stranger_rootfs" true
		assert_line --index 1 "$message"
		run -125 connect_namespace
		assert_output "$message"
		assert_equal "$(links)" "$before"
		run -1 gcr_net status
		assert_line "$tables: missing"
		gcr_net setup -q
		run -0 "$gcr" run -q "$rootfs" true
		retry 100 '[ -z "$(ports)" ]'
	done <<-END
		nft flush ruleset
		nft delete table bridge gcr
		nft delete table ip gcr
		nft flush table bridge gcr
		nft flush chain bridge gcr prerouting
		nft flush chain bridge gcr output
		nft flush chain ip gcr forward
	END
}

# bats test_tags=host
@test "setup: rules that are flushed or changed are mended" {
	before_setup
	gcr_net setup -q
	local before change
	before=$(host_state)
	while read -r change; do
		# shellcheck disable=SC2086 # words
		on_host $change
		run -0 gcr_net setup
		assert_line --regexp "^$tables: (made|mended)\$"
		assert_equal "$(host_state)" "$before"
	done <<-END
		nft flush ruleset
		nft delete table bridge gcr
		nft delete table ip gcr
		nft flush chain bridge gcr prerouting
		nft flush chain ip gcr forward
		nft insert rule bridge gcr output accept
	END
	on_host nft flush set bridge gcr cards
	gcr_net setup -q
	assert_equal "$(host_state)" "$before"
}

# bats test_tags=host
@test "setup: a helper that is gone, powerless, another's or another is mended" {
	before_setup
	gcr_net setup -q
	local change result
	while IFS="|" read -r result change; do
		on_host sh -c "$change"
		run -0 gcr_net setup
		assert_line "helper $helper: $result"
		assert_equal "$(on_host getcap "$helper")" "$helper cap_net_admin=ep"
		assert_equal "$(on_host stat -c "%u:%g %a" "$helper")" "0:0 755"
		on_host cmp "$helper" "$build/steps/$step/gcr-net"
		assert_equal "$(on_host ls "${helper%/*}")" gcr-net
	done <<-END
		installed|rm $helper
		renewed|setcap -r $helper
		renewed|setcap cap_net_raw=ep $helper
		renewed|chown 54321 $helper; setcap cap_net_admin=ep $helper
		renewed|chmod 777 $helper
		renewed|chmod 4755 $helper
		renewed|echo >>$helper; setcap cap_net_admin=ep $helper
		renewed|rm $helper; ln -s /bin/true $helper
		renewed|setcap cap_net_admin,cap_net_raw=ep $helper
		renewed|touch ${helper%/*}/gcr-net.new; rm $helper; touch $helper
	END
}

# bats test_tags=host
@test "status: says what is there and what is missing, by its status too" {
	before_setup
	gcr_net setup -q
	run -0 gcr_net status
	assert_output "bridge br0: 10.0.0.1/24
IP forwarding: on
$tables: there
helper $helper: there"
	run -0 "$stranger" "${gcr%/*}/gcr" net status -q
	assert_output "bridge br0: 10.0.0.1/24
IP forwarding: on
$tables: only root may look
helper $helper: there"

	local change wrong
	while IFS="|" read -r change wrong; do
		on_host sh -c "$change"
		run -1 gcr_net status
		assert_line "$wrong"
		assert_line "Mend it with: sudo ./gcr net setup"
		gcr_net setup -q
		run -0 gcr_net status
	done <<-END
		sysctl -qw net.ipv4.ip_forward=0|IP forwarding: off
		nft flush ruleset|$tables: missing
		nft delete table bridge gcr|$tables: missing
		rm $helper|helper $helper: missing
		setcap -r $helper|helper $helper: without its capability
	END
	gcr_net teardown -q
	run -1 gcr_net status
	assert_output "bridge br0: missing
IP forwarding: off
$tables: missing
helper $helper: missing
Mend it with: sudo ./gcr net setup"
	run -1 "$stranger" "${gcr%/*}/gcr" net status
}

@test "run: without the helper, or with one that has no power, it says how to mend that" {
	changed=yes
	local before
	before=$(links)
	on_host rm "$helper"
	if [ -z "${GCR_USER:-}" ]; then # root needs none
		run -0 "$gcr" run -q "$rootfs" ip -4 address show dev eth0
		assert_output --partial "inet 10.0.0."
	fi
	run -125 "$stranger" "${gcr%/*}/gcr" run -q "$stranger_rootfs" true
	assert_line --index 1 --regexp "^gcr: .*: $helper is not there: sudo ./gcr net setup installs it\$"
	assert_equal "${#lines[@]}" 2 # the first: that the stranger has no subordinate ids
	gcr_net setup -q
	on_host setcap -r "$helper"
	run -125 "$stranger" "${gcr%/*}/gcr" run -q "$stranger_rootfs" true
	assert_line --index 1 "gcr: $helper lacks its capability, cap_net_admin=ep: sudo ./gcr net setup"
	assert_line --index 2 "gcr: could not connect the container to the bridge, see above"
	assert_equal "${#lines[@]}" 3
	retry 100 '[ -z "$(ports)" ]'
	assert_equal "$(links)" "$before"
}

# Whether containers reach the world, in so many seconds.
is_connected() {
	inside "echo hello | nc -w $1 203.0.113.80 7"
}

# Asserts that the chain is found, that it stands in the way, and that what is printed against it helps.
finds_obstacle() {
	local where=$1 cure
	run ! is_connected 1
	run -1 gcr_net status
	assert_line "nftables, table ${where% *}: its chain ${where##* } drops what containers send. Let it through:"
	assert_equal "${#lines[@]}" 6
	cure=${lines[5]}
	run -0 gcr_net setup
	assert_line "$cure"
	# As iptables writes it, where that goes through nftables.
	cure=$(sed -E 's/iptables -I FORWARD -([io]) ([^ ]*) -j ACCEPT/nft insert rule ip filter FORWARD \1ifname \2 counter accept/g; s/sudo //g' <<<"$cure")
	on_host sh -c "$cure"
	run -0 gcr_net status
	run -0 is_connected 9
	assert_output hello
	on_host nft delete table "${where% *}"
}

# bats test_tags=host
@test "status: what others' rules drop is found, as Docker's and firewalld's, and the cure that it prints is one" {
	changed=yes
	local hook='type filter hook forward priority filter'
	on_host nft "add table ip filter { chain FORWARD { $hook; policy drop; }; }"
	finds_obstacle "ip filter FORWARD"
	on_host nft "add table inet firewalld { chain filter_FORWARD { $hook + 10; ct state established,related accept; reject with icmpx admin-prohibited; }; }"
	finds_obstacle "inet firewalld filter_FORWARD"
	on_host nft "add table inet own { chain forward { $hook; iifname \"lo\" accept; counter drop; }; }"
	finds_obstacle "inet own forward"
	on_host nft "add table ip own { chain way { $hook; policy drop; oifname \"br0\" accept; }; }"
	finds_obstacle "ip own way"
}

# bats test_tags=host
@test "status: what others' rules drop elsewhere is none of its business" {
	changed=yes
	on_host nft 'add table inet own { chain input { type filter hook input priority filter; policy drop; }
		chain forward { type filter hook forward priority filter; iifname "eth7" drop; ct state invalid drop; }
		chain deny { drop; }; }
		add table ip6 filter { chain FORWARD { type filter hook forward priority filter; policy drop; }; }
		add table bridge filter { chain FORWARD { type filter hook forward priority filter; policy drop; }; }
		add table ip filter { chain FORWARD { type filter hook forward priority filter; policy accept; }; }'
	run -0 gcr_net status
	assert_equal "${#lines[@]}" 4
	run -0 is_connected 9
}

# --- gcr run --net ---------------------------------------------------------------------------------

@test "bridge: an address of its own, a MAC address by its number, and a way out" {
	run -0 inside 'ip -o -4 address show dev eth0 | grep -o "inet [^ ]*"; cat /sys/class/net/eth0/address; ip route; ls /sys/class/net'
	local number=${lines[0]##*.}
	number=${number%/24}
	assert_output "inet 10.0.0.$number/24
$(printf '02:00:0a:00:00:%02x' "$number")
default via 10.0.0.1 dev eth0 
10.0.0.0/24 dev eth0 scope link  src 10.0.0.$number 
eth0
lo"
	run -0 "$gcr" run --net bridge "$rootfs" true
	assert_line --regexp "^....\/..\/.. ..:..:.. \[net\] eth0 is 10\.0\.0\.[0-9]+/24\$"
	run -0 eval 'for _ in 1 2 3 4; do inside "cat /sys/class/net/eth0/address"; done | sort -u'
	assert [ "${#lines[@]}" -gt 1 ] # none comes again at once
}

@test "bridge: it reaches itself, the gateway and the world, which sees the host" {
	run -0 inside 'for at in 127.0.0.1 10.0.0.1 192.0.2.1 192.0.2.2 203.0.113.80; do probe ping $at || exit 1; done
		fetch http://web.test/; fetch http://web.test/cgi-bin/who'
	assert_output $'hello from the world\n192.0.2.1'
	run -1 inside 'probe ping 203.0.113.81' # as nothing else answers
}

@test "bridge: ping takes no root inside" {
	run -0 inside 'su user -c "probe euid; probe ping 10.0.0.1"'
	assert_output 1000
}

@test "bridge: it is the default, and without one there is one line and no network" {
	before_setup
	run -0 "$gcr" run "$rootfs" sh -c 'ls /sys/class/net; probe ping 127.0.0.1 && echo lives'
	assert_line "gcr: warning: no network, as there is no bridge: sudo ./gcr net setup makes one"
	run -0 "$gcr" run -q "$rootfs" sh -c 'ls /sys/class/net; probe ping 127.0.0.1 && echo lives'
	assert_output $'gcr: warning: no network, as there is no bridge: sudo ./gcr net setup makes one\nlo\nlives'
	run -0 "$gcr" run -q --net none "$rootfs" true
	assert_output ""
	run -125 "$gcr" run -q --net bridge "$rootfs" true
	assert_output "gcr: --net bridge: there is no bridge: sudo ./gcr net setup makes one"
	gcr_net setup -q
	run -0 inside 'probe ping 203.0.113.80'
}

@test "none: lo alone, which works, and no way out" {
	run -0 --separate-stderr "$gcr" run --net none "$rootfs" sh -c 'ls /sys/class/net; ip route; ip -o -4 address | grep -o "inet [^ ]*"
		probe ping 127.0.0.1 && echo lives; probe ping 10.0.0.1 2>/dev/null || echo alone'
	assert_output $'lo\ninet 127.0.0.1/8\nlives\nalone'
	refute [ "$(grep -c '\[net\]' <<<"$stderr")" -gt 0 ]
	run -0 on_host ip -o link show group default
	refute_output --partial gcr-
}

@test "host: the host's own network, and nothing of it can be changed" {
	run -0 "$gcr" run -q --net host "$rootfs" sh -c 'readlink /proc/self/ns/net; ls /sys/class/net; echo out | nc -w 9 203.0.113.80 7; cat /etc/resolv.conf
		ip link set up0 down 2>/dev/null || echo refused; cat /etc/hosts'
	assert_output --regexp "^$(on_host readlink /proc/self/ns/net | sed 's/[][]/\\&/g')
$(on_host ls /sys/class/net)
out
nameserver 203.0.113.80
refused
127.0.0.1 localhost
::1 localhost
127.0.1.1 [0-9a-f]{12}\$"
}

@test "--net: what makes no sense has status 2" {
	local try
	for try in x Bridge "" bridges; do
		says 2 "--net '$try': write bridge, none or host" "$gcr" run -q --net "$try" "$rootfs" true
	done
}

# --- from outside ----------------------------------------------------------------------------------

# What a container is to run that answers "hello" at port 5000.
answer=(nc -ll -p 5000 -e echo hello)

# Asserts that a container that answers there is reached by a busybox, as in: is_reached on_host busybox
is_reached() {
	by=("$@")
	retry 30 '[ "$("${by[@]}" nc -w 1 "$address" 5000 </dev/null)" = hello ]'
}
is_not_reached() {
	run -1 "$@" nc -w 1 "$address" 5000 </dev/null
}

@test "world: it can start no connection to a container, not even by a route that it is told" {
	connected victim "$gcr" run "$rootfs" "${answer[@]}"
	is_reached on_host busybox
	is_not_reached in_world busybox
	in_world ip route add 10.0.0.0/24 via 192.0.2.1
	is_not_reached in_world busybox
	run -1 in_world "$rootfs/bin/probe" ping "$address"
	changed=yes
	on_host nft flush chain ip gcr forward # it was that
	is_reached in_world busybox
	in_world ip route delete 10.0.0.0/24
}

@test "world: nor can another network of the host's" {
	changed=yes
	connected victim "$gcr" run "$rootfs" "${answer[@]}"
	is_reached on_host busybox
	on_host ip link add br9 type veth peer name eth9 netns "$GCR_WORLD"
	on_host ip address add 198.51.100.1/24 dev br9
	on_host ip link set br9 up
	in_world ip address add 198.51.100.2/24 dev eth9
	in_world ip link set eth9 up
	in_world ip route add 10.0.0.0/24 via 198.51.100.1
	run -0 in_world "$rootfs/bin/probe" ping 198.51.100.1
	is_not_reached in_world busybox
}

# --- many ------------------------------------------------------------------------------------------

# The median of the milliseconds that a start takes.
start_time() {
	local start
	for _ in {1..11}; do
		start=${EPOCHREALTIME/./}
		inside true
		echo $(((${EPOCHREALTIME/./} - start) / 1000))
	done | sort -n | sed -n 6p
}

@test "many: 200 at once have 200 addresses, and one more takes hardly longer" {
	local alone crowded i
	alone=$(start_time)
	for i in {1..200}; do
		"$gcr" run "$rootfs" sleep 1000 >"$BATS_TEST_TMPDIR/$i" 2>&1 3>&- &
	done
	retry 300 '[ "$(cat "$BATS_TEST_TMPDIR"/[0-9]* | grep -c "eth0 is")" -eq 200 ]'
	assert_equal "$(cat "$BATS_TEST_TMPDIR"/[0-9]* | grep -o "eth0 is .*" | sort -u | wc -l)" 200
	assert_equal "$(ports | sort -u | wc -l)" 200
	for _ in {1..5}; do # the machine may be at something else
		crowded=$(start_time)
		echo "alone: $alone ms, with 200 others: $crowded ms"
		[ "$crowded" -ge $((5 * alone + 20)) ] || break
	done
	assert [ "$crowded" -lt $((5 * alone + 20)) ]
}

@test "many: one user cannot take all addresses; when none is free, there is one line" {
	before_setup
	gcr_net setup -q --subnet 10.9.0.0/27
	local count
	make_namespace
	while connect_namespace >/dev/null 2>"$BATS_TEST_TMPDIR/line"; do :; done
	run -0 cat "$BATS_TEST_TMPDIR/line"
	assert_output "gcr: no address is free: all 29 of the bridge are taken, or all that user 54321 may have"
	count=$(ports | wc -l)
	assert [ "$count" -ge 20 ]
	assert [ "$count" -lt 29 ]
	run -0 inside 'probe ping 203.0.113.80'
	run -125 inside_strangers true
	assert_line --index 1 "gcr: no address is free: all 29 of the bridge are taken, or all that user 54321 may have"
	retry 100 '[ "$(ports | wc -l)" -eq '"$count"' ]' # the one that has ended may take a moment
}

@test "many: nor by asking often at the same time" {
	before_setup
	gcr_net setup -q --subnet 10.9.0.0/27
	local asking=()
	make_namespace
	for _ in {1..100}; do
		connect_namespace >/dev/null 2>&1 3>&- &
		asking+=("$!")
	done
	wait "${asking[@]}" || true
	assert [ "$(ports | wc -l)" -lt 29 ]
}

@test "many: the address of one that ended is used again, also where gcr was killed" {
	before_setup
	gcr_net setup -q --subnet 10.9.0.0/29
	local file i
	for i in {1..6}; do # of 5
		file=$BATS_TEST_TMPDIR/$i
		"$gcr" run "$rootfs" sleep 1000 >"$file" 2>&1 3>&- &
		[ "$i" -gt 1 ] || gcr_pid=$!
		retry 100 'grep -q "eth0 is\|no address is free" "$file"'
	done
	run -125 "$gcr" run -q "$rootfs" true
	assert_line --index 0 "gcr: no address is free: all 5 of the bridge are taken, or all that user $(id -u "${GCR_USER:-root}") may have"
	kill -KILL "$gcr_pid"
	retry 100 '"$gcr" run "$rootfs" true >"$BATS_TEST_TMPDIR/again" 2>&1'
	assert_equal "$(grep -o "eth0 is .*" "$BATS_TEST_TMPDIR/again")" "$(grep -o "eth0 is .*" "$BATS_TEST_TMPDIR/1")"
}

# --- the end ---------------------------------------------------------------------------------------

@test "end: where gcr is killed, nothing of it stays" {
	local before pid
	before=$(host_state)
	connected victim "$gcr" run "$rootfs" sh -c 'sleep 1000 & exec sleep 1000'
	pid=$(container_pid)
	assert_equal "$(ports)" "gcr-${address##*.}"
	kill -KILL "$gcr_pid"
	retry 100 '! kill -0 '"$pid"
	retry 100 '[ -z "$(ports)" ]'
	assert_equal "$(host_state)" "$before"
	run -1 on_host "$rootfs/bin/probe" ping "$address"
}

@test "end: nor where it is killed while it starts" {
	local before i
	before=$(host_state)
	for i in {1..40}; do
		"$gcr" run -q "$rootfs" sleep 1000 >/dev/null 2>&1 3>&- &
		sleep "$(printf 0.0%02d "$i")"
		kill -KILL $!
	done
	retry 100 '[ -z "$(ports)" ] && [ -z "$(pgrep -f "$BATS_RUN_TMPDIR.*sleep 1000")" ]'
	assert_equal "$(host_state)" "$before"
}

@test "end: nothing stays of a container that ends by itself, or of one that fails" {
	local before
	before=$(host_state)
	run -7 inside 'exit 7'
	run -127 "$gcr" run -q "$rootfs" none
	retry 100 '[ -z "$(ports)" ]'
	assert_equal "$(host_state)" "$before"
}

# --- one user and another --------------------------------------------------------------------------

@test "users: containers of one talk, those of two do not, in neither direction" {
	connected strangers "$stranger" "${gcr%/*}/gcr" run "$stranger_rootfs" "${answer[@]}"
	run -0 inside_strangers "nc -w 9 $address 5000 </dev/null; probe ping $address"
	assert_line hello
	run -1 inside "nc -w 1 $address 5000 </dev/null"
	run -1 inside "probe ping $address"
	connected users "$gcr" run "$rootfs" "${answer[@]}"
	run -0 inside "nc -w 9 $address 5000 </dev/null; probe ping $address"
	assert_output hello
	run -1 inside_strangers "nc -w 1 $address 5000 </dev/null"
	run -1 inside_strangers "probe ping $address"
	is_reached on_host busybox
}

@test "users: what the bridge passes between its ports is nothing, and it learns nothing" {
	connected users "$gcr" run "$rootfs" "${answer[@]}"
	local port=gcr-${address##*.}
	run -0 on_host bridge -d link show dev "$port"
	assert_output --regexp "learning off flood off mcast_flood off .* isolated on"
	assert_equal "$(on_host bridge fdb show dev "$port" | grep -c "^$(printf '02:00:0a:00:00:%02x' "${address##*.}") .*static")" 1
}

# An attacker has all capabilities in a network namespace of its own, which gcr-net connects, too. So it sends any frame
# that it likes, and hears all that comes to its end of the cable.

# An IPv4 address in hex, and the MAC address that goes with it.
hex() {
	local bytes
	IFS=. read -ra bytes <<<"$1"
	printf %02x "${bytes[@]}"
}
mac() { echo "0200$(hex "$1")"; }

# A datagram from one address to another, in hex. UDP leaves its checksum out, IPv4 does not.
datagram() {
	local from to header sum=0 word
	from=$(hex "$1") to=$(hex "$2")
	header="4500 0020 0000 0000 4011 ${from:0:4} ${from:4} ${to:0:4} ${to:4}"
	for word in $header; do ((sum += 0x$word)); done
	printf '45000020000000004011%04x%s%s00090009000c0000%s' $((65535 - sum % 65535)) "$from" "$to" "$3"
}

# An answer or a question of ARP: who says so, by which address, to whom.
arp() { echo "000108000604000${1}${2}$(hex "$3")000000000000$(hex "$4")"; }

# Starts to listen at a device in a process's network namespace. $BATS_TEST_TMPDIR/NAME has what comes, in hex.
listen() {
	local name=$1 file=$BATS_TEST_TMPDIR/$1
	mkfifo "$file.in"
	nsenter --target "$2" --net "$rootfs/bin/probe" ether "$3" <>"$file.in" >>"$file" 2>&1 3>&- &
	started+=("$!")
	retry 100 'grep -q ready "$BATS_TEST_TMPDIR/'"$name"'"'
}

# Has the attacker send frames.
send() { printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/attacker.in"; }

heard() { grep -q "$2" "$BATS_TEST_TMPDIR/$1"; }

real=7265616c fake=66616b65 everybody=ffffffffffff

# A victim, which talks to the world, and an attacker: their addresses and MAC addresses, and those of the gateway.
make_victim_and_attacker() {
	connected victim "$gcr" run "$rootfs" sh -c 'while sleep 0.1; do echo tick; done | nc 203.0.113.80 7'
	victim=$address victim_mac=$(mac "$address") gateway=10.0.0.1 gateway_mac=$(mac 10.0.0.1)
	make_namespace
	attacker=$(connect_namespace)
	attacker=${attacker%/24} attacker_mac=$(mac "${attacker%/24}")
	port_mac=$(on_host cat "/sys/class/net/gcr-${attacker##*.}/address" | tr -d :)
	in_namespace ip link set eth0 up
	listen victim-heard "$(container_pid)" eth0
	listen attacker "$holder" eth0
	listen world "$GCR_WORLD" eth0
	on_host nft 'add table inet watch { chain prerouting { type filter hook prerouting priority -450; udp dport 9 counter; }; }'
	changed=yes
	# It can: what it sends by its own addresses arrives, and what is for it, it hears.
	send "$gateway_mac${attacker_mac}0800$(datagram "$attacker" 203.0.113.80 $real)" \
		"$everybody${attacker_mac}0806$(arp 1 "$attacker_mac" "$attacker" "$gateway")"
	retry 100 'heard world $real && heard attacker "^$attacker_mac${gateway_mac}0806"'
	assert_equal "$(seen_by_host)" 1
	retry 100 'heard victim tick'
}

# How many of these datagrams came to the host, whose they ever were.
seen_by_host() { on_host nft list table inet watch | sed -n 's/.*packets \([0-9]*\).*/\1/p'; }

# Asserts that the victim's connection goes on, and that nobody but it hears of it.
is_undisturbed() {
	local ticks
	knows_victim
	ticks=$(grep -c tick "$BATS_TEST_TMPDIR/victim")
	: >"$BATS_TEST_TMPDIR/victim-heard"
	on_host ip neigh flush dev br0 # so that it has to ask for the victim
	retry 100 'heard victim-heard "^$everybody${gateway_mac}0806"'
	retry 100 '[ "$(grep -c tick "$BATS_TEST_TMPDIR/victim")" -gt '$((ticks + 5))' ]'
	run grep -e "$(hex "$victim")" -e "$victim_mac" "$BATS_TEST_TMPDIR/attacker"
	assert_output ""
	# What is for it, for all of its address, or of the host's own end of its cable.
	run grep -v -e "^$attacker_mac" -e "^$everybody${gateway_mac}0806.*$(hex "$attacker")" -e "^3333........$port_mac" -e ^ready "$BATS_TEST_TMPDIR/attacker"
	assert_output ""
	run grep "$attacker_mac" "$BATS_TEST_TMPDIR/victim-heard"
	assert_output ""
	knows_victim
}

# Asserts that the host knows the victim's MAC address.
knows_victim() {
	run -0 on_host ip neigh show "$victim"
	assert_output --partial "dev br0 lladdr 02:00:0a:00:00:$(printf %02x "${victim##*.}") "
}

@test "attack: nothing from a faked address arrives anywhere, whatever frame it comes in" {
	make_victim_and_attacker
	local from card to way frame
	for from in "$attacker" "$victim" $gateway 203.0.113.80; do
		for to in 203.0.113.80 "$victim" $gateway; do
			frame=$(datagram "$from" "$to" $fake)
			for card in "$attacker_mac" "$victim_mac" "$gateway_mac" 02aabbccddee; do
				[ "$from$card" != "$attacker$attacker_mac" ] || continue
				for way in "$gateway_mac" "$victim_mac" $everybody 01005e000001 0180c200000{0,1,2,3,e}; do
					send "$way${card}0800$frame" "$way${card}810000010800$frame" "$way${card}88a8000181000001""0800$frame"
				done
			done
		done
	done
	send "$gateway_mac${attacker_mac}0800$(datagram "$attacker" 203.0.113.80 726561ff)"
	retry 100 'heard world 726561ff'
	assert_equal "$(seen_by_host)" 2
	run -1 heard world $fake
	run -1 heard victim-heard $fake
	is_undisturbed
}

@test "attack: IPv6 goes nowhere, and no router is believed" {
	make_victim_and_attacker
	on_host sysctl -qw "net.ipv6.conf.gcr-${attacker##*.}.accept_ra=2" net.ipv6.conf.br0.accept_ra=2
	local way six # a router's advertisement and a datagram, from fe80::bad to all nodes
	for way in "$gateway_mac" 333300000001 "$victim_mac" $everybody 0180c200000{0,1,2,3,4,5,6,7,8,9,a,b,c,d,e,f}; do
		for six in 6000000000103afffe800000000000000000000000000badff0200000000000000000000000000018600297b400007080000000000000000 \
			60000000000c11fffe800000000000000000000000000badff02000000000000000000000000000100090009000c24cc$fake; do
			send "$way${attacker_mac}86dd$six"
		done
	done
	send "$gateway_mac${attacker_mac}0800$(datagram "$attacker" 203.0.113.80 726561ff)"
	retry 100 'heard world 726561ff'
	assert_equal "$(seen_by_host)" 2
	assert_equal "$(on_host ip -6 route show default)" ""
	is_undisturbed
}

@test "attack: nobody is told that another's address is here, be it the victim's or the gateway's" {
	make_victim_and_attacker
	local way operation
	sleep 1.2 # for a second after it has heard the truth, the kernel believes nothing else
	for way in $everybody "$gateway_mac" "$victim_mac" 0180c200000{0,2,e}; do
		for operation in 1 2; do
			send "$way${attacker_mac}0806$(arp $operation "$attacker_mac" "$victim" $gateway)" \
				"$way${attacker_mac}0806$(arp $operation "$attacker_mac" $gateway "$victim")" \
				"$way${attacker_mac}0806$(arp $operation "$victim_mac" "$attacker" $gateway)" \
				"$way${victim_mac}0806$(arp $operation "$victim_mac" "$victim" $gateway)" \
				"$way${gateway_mac}0806$(arp $operation "$gateway_mac" $gateway "$victim")"
		done
	done
	send "$gateway_mac${attacker_mac}0800$(datagram "$attacker" 203.0.113.80 726561ff)"
	retry 100 'heard world 726561ff'
	run -0 on_host ip neigh show "$victim" # the host has the truth still
	refute_output --partial "$(sed 's/../&:/g; s/:$//' <<<"$attacker_mac")"
	run -0 on_host ip neigh show "$attacker"
	refute_output --partial "$(sed 's/../&:/g; s/:$//' <<<"$victim_mac")"
	is_undisturbed
	run -0 nsenter --target "$(container_pid)" --net ip neigh show $gateway
	assert_output --partial "dev eth0 lladdr 02:00:0a:00:00:01 "
	run -1 on_host sh -c "ip neigh | grep -v 'dev up0' | grep 'dev gcr-'"
}

@test "attack: who takes the victim's address or MAC address reaches nothing, and disturbs nobody" {
	make_victim_and_attacker
	in_namespace ip address add "$attacker/24" dev eth0
	run -0 in_namespace "$rootfs/bin/probe" ping $gateway
	in_namespace ip address flush dev eth0
	in_namespace ip address add "$victim/24" dev eth0
	run -1 in_namespace "$rootfs/bin/probe" ping $gateway
	in_namespace ip link set eth0 address "02:00:0a:00:00:$(printf %02x "${victim##*.}")"
	run -1 in_namespace "$rootfs/bin/probe" ping $gateway
	in_namespace ip address flush dev eth0
	in_namespace ip address add 10.0.0.1/24 dev eth0
	run -1 in_namespace "$rootfs/bin/probe" ping "$victim"
	is_undisturbed
}

@test "attack: a flood of MAC addresses does not make the bridge forget or learn" {
	make_victim_and_attacker
	local before
	before=$(on_host bridge fdb show br br0)
	on_host perl -e 'use Socket; socket(my $s, AF_INET, SOCK_DGRAM, 0); setsockopt($s, SOL_SOCKET, SO_BROADCAST, 1);
		send($s, "all!", 0, pack_sockaddr_in(9, inet_aton("10.0.0.255"))) or die'
	printf "${everybody}02%010x0800%040d\n" {1..10000} >"$BATS_TEST_TMPDIR/attacker.in"
	send "$gateway_mac${attacker_mac}0800$(datagram "$attacker" 203.0.113.80 726561ff)"
	retry 100 'heard world 726561ff'
	assert_equal "$(on_host bridge fdb show br br0)" "$before"
	is_undisturbed
}

# --- gcr-net ---------------------------------------------------------------------------------------

# Asserts that gcr-net, called by hand, says no, the same for all, and makes nothing. Its standard input is ours.
refused() {
	run -125 --separate-stderr "$stranger" "$@"
	assert_equal "$output|$stderr" "|gcr: gcr-net: refused"
}

# bats test_tags=host
@test "gcr-net: anything but a network namespace of the caller's is refused, with the same line" {
	local before kind own
	connected users "$gcr" run "$rootfs" sleep 1000
	make_namespace
	own=/proc/$holder/ns/net
	before=$(links)
	refused "$helper" <"/proc/$(container_pid)/ns/net"
	refused "$helper" <"/proc/$GCR_HOST/ns/net"
	refused "$helper" <"/proc/$GCR_WORLD/ns/net"
	for kind in mnt user pid pid_for_children ipc uts cgroup; do refused "$helper" <"/proc/$holder/ns/$kind"; done
	refused "$helper" <"$rootfs/bin/busybox"
	refused "$helper" </
	refused "$helper" </dev/null
	refused "$helper" </dev/ptmx
	refused "$helper" <<<"$own"
	refused "$helper" < <(echo "$own")
	refused sh -c "exec $helper <&-"
	refused sh -c "exec $helper >&-" </dev/null
	refused "$helper" own <"$own"
	refused "$helper" "" <"$own"
	refused env NLDBG=9 NLCB=debug LD_PRELOAD=/nowhere LD_DEBUG=all MALLOC_CHECK_=3 GLIBC_TUNABLES=glibc.malloc.check=3 GCR_QUIET=1 PATH= "$helper" </dev/null
	refused env -i "$helper" </dev/null
	assert_equal "$(links)" "$before"
}

# bats test_tags=host
@test "gcr-net: root's namespaces are not an ordinary user's, nor is the host's anybody's" {
	local before
	before=$(links)
	unshare --net sleep 1000 3>&- &
	started+=("$!")
	retry 100 '[ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/self/ns/net)" ]'
	refused "$helper" <"/proc/$!/ns/net"
	run -125 on_host "$helper" <"/proc/$GCR_HOST/ns/net"
	assert_output "gcr: gcr-net: refused"
	assert_equal "$(links)" "$before"
}

# bats test_tags=host
@test "gcr-net: descriptors that only name something, and sockets, are refused" {
	make_namespace
	refused perl -e 'use Fcntl; sysopen(my $f, "/proc/'"$holder"'/ns/net", 010000000) or die; open(STDIN, "<&", $f) or die; exec "'"$helper"'"'
	refused perl -e 'use Socket; socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; open(STDIN, "<&", $a) or die; exec "'"$helper"'"'
}

# bats test_tags=host
@test "gcr-net: 10000 random inputs, arguments and environments: all refused" {
	make_namespace
	local before pids=() pid i
	before=$(links)
	for i in 1 2; do
		"$stranger" "$rootfs/bin/probe" fuzz "$helper" <"/proc/$holder/ns/net" >"$BATS_TEST_TMPDIR/$i" 2>&1 3>&- &
		pids+=("$!")
	done
	for pid in "${pids[@]}"; do wait "$pid" || fail "$(tail "$BATS_TEST_TMPDIR"/[12])"; done
	assert_equal "$(cat "$BATS_TEST_TMPDIR"/[12])" $'5000 refused\n5000 refused'
	assert_equal "$(links)" "$before"
}

# bats test_tags=host
@test "gcr-net: the caller's own namespace is connected, once and again" {
	make_namespace
	local first second
	first=$(connect_namespace)
	second=$(env NLCB=debug NLDBG=9 "$stranger" "$helper" <"/proc/$holder/ns/net" 2>&1)
	run -0 in_namespace ip -o link
	first=${first%/24} second=${second%/24}
	assert_line --regexp " eth0@.* 02:00:0a:00:00:$(printf %02x "${first##*.}") "
	assert_line --regexp " eth1@.* 02:00:0a:00:00:$(printf %02x "${second##*.}") "
	assert_equal "$(ports | wc -l)" 2
}

# Asserts that it runs with CAP_NET_ADMIN alone: as it prints, to a pipe that is full, for a process's network namespace.
has_one_capability() {
	local namespace=/proc/$1/ns/net pipe=$BATS_TEST_TMPDIR/pipe-of-$1 full
	mkfifo "$pipe"
	exec {full}<>"$pipe"
	head -c 65536 /dev/zero >"$pipe"
	"${@:2}" "$helper" <"$namespace" >"$pipe" 3>&- &
	started+=("$!")
	retry 100 '[ -n "$(ports)" ] && grep -q "^State:.S" /proc/$!/status'
	run -0 grep -E 'Cap(Inh|Prm|Eff|Amb)|Name' "/proc/$!/status"
	assert_output "Name:	gcr-net
CapInh:	0000000000000000
CapPrm:	0000000000001000
CapEff:	0000000000001000
CapAmb:	0000000000000000"
	exec {full}>&-
}

# bats test_tags=host
@test "gcr-net: it has one capability, also root's, and so has nobody else" {
	make_namespace
	has_one_capability "$holder" "$stranger"
	kill -KILL "$!" "$holder"
	retry 100 '[ -z "$(ports)" ]'
	unshare --net sleep 1000 >/dev/null 2>&1 3>&- &
	started+=("$!")
	retry 100 '[ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/self/ns/net)" ]'
	has_one_capability $! nsenter --target "$GCR_HOST" --net --mount
	assert_equal "$(on_host getcap "$helper")" "$helper cap_net_admin=ep"
	assert_equal "$(on_host find "$helper" "${gcr%/*}" "$build/steps/$step" -perm /6000)" ""
	assert_equal "$(getcap -r "$build/steps/$step" "${gcr%/*}")" ""
}

# --- names -----------------------------------------------------------------------------------------

@test "resolv.conf: it is the host's, to read only" {
	resolv_conf $'# a comment\nnameserver 203.0.113.80\nsearch test\noptions ndots:2'
	run -0 inside 'cat /etc/resolv.conf; (echo x >>/etc/resolv.conf) 2>/dev/null || echo refused; rm /etc/resolv.conf 2>/dev/null || echo refused
		mount -o remount,rw /etc/resolv.conf 2>/dev/null || echo refused; umount /etc/resolv.conf 2>/dev/null || echo refused
		grep " /etc/resolv.conf " /proc/self/mountinfo | tail -n 1 | cut -d " " -f 6; fetch http://web/'
	assert_output "$(cat "$BATS_FILE_TMPDIR/resolv.conf")"$'\nrefused\nrefused\nrefused\nrefused\nro,nosuid,noexec,relatime\nhello from the world'
}

@test "resolv.conf: where the host asks systemd-resolved, the servers behind it" {
	resolv_conf "nameserver 127.0.0.53"
	on_host mkdir -p /run/systemd/resolve
	on_host sh -c 'echo "nameserver 203.0.113.80" >/run/systemd/resolve/resolv.conf'
	run -0 --separate-stderr "$gcr" run "$rootfs" sh -c 'cat /etc/resolv.conf; fetch http://web.test/'
	assert_output $'nameserver 203.0.113.80\nhello from the world'
	refute [ "$(grep -c "names cannot" <<<"$stderr")" -gt 0 ]
	on_host rm /run/systemd/resolve/resolv.conf
}

@test "resolv.conf: where names cannot be looked up, it says so, under -q too" {
	local text
	warning() { echo "gcr: warning: names cannot be looked up: the host's $1 names no server that has an IPv4 address and is not the host itself"; }
	for text in "nameserver 127.0.0.53" "nameserver 127.0.0.1" "nameserver 0.0.0.0" "nameserver ::1" "nameserver 2001:db8::53" \
		"nameserver fe80::1%eth0" "# nameserver 203.0.113.80" ""; do
		resolv_conf "$text"
		run -0 "$gcr" run -q "$rootfs" cat /etc/resolv.conf
		assert_output "$(warning /etc/resolv.conf)${text:+$'\n'$text}"
	done
	resolv_conf "nameserver 127.0.0.53"
	on_host mkdir -p /run/systemd/resolve
	on_host sh -c 'echo "nameserver 2001:db8::53" >/run/systemd/resolve/resolv.conf'
	run -0 "$gcr" run -q "$rootfs" true
	on_host rm /run/systemd/resolve/resolv.conf
	assert_output "$(warning /run/systemd/resolve/resolv.conf)"
	for text in "nameserver 203.0.113.80" $'nameserver 127.0.0.1\nnameserver 203.0.113.80' $'# nobody\nnameserver\t203.0.113.80 # ours' $'nameserver 2001:db8::53\nnameserver 203.0.113.80'; do
		resolv_conf "$text"
		run -0 "$gcr" run -q "$rootfs" true
		assert_output ""
	done
	resolv_conf "nameserver 127.0.0.1"
	run -0 "$gcr" run -q --net host "$rootfs" true
	assert_output ""
	run -0 "$gcr" run -q --net none "$rootfs" sh -c 'cat /etc/resolv.conf 2>/dev/null || true'
	assert_output ""
}

# All that is in a rootfs.
content() {
	(cd "$1" && { find . -printf '%p %M %U %G %T@ %l\n' && find . -type f -exec sha256sum {} +; } | sort)
}

# Asserts that a container sees the host's file, and that the rootfs stays what it was.
sees_resolv_conf() {
	local before
	before=$(content "$rootfs")
	run -0 inside 'cat /etc/resolv.conf; cat /etc/hosts | wc -l'
	assert_output $'nameserver 203.0.113.80\n3'
	assert_equal "$(content "$rootfs")" "$before"
}

@test "resolv.conf: a rootfs that has one, or a link wherever it leads, stays as it is" {
	local target
	echo "nameserver 198.51.100.1" >"$rootfs/etc/resolv.conf"
	inside true # which makes what the rootfs lacks
	sees_resolv_conf
	echo secret >"$BATS_FILE_TMPDIR/secret"
	for target in ../run/systemd/resolve/stub-resolv.conf /run/nothing "$BATS_FILE_TMPDIR/secret" \
		../../../../../../../../../../../..$BATS_FILE_TMPDIR/secret /etc/hostname hosts /dev/null resolv.conf /proc/self/environ .; do
		ln -sfn "$target" "$rootfs/etc/resolv.conf"
		sees_resolv_conf
	done
	assert_equal "$(cat "$BATS_FILE_TMPDIR/secret")" secret
	rm "$rootfs/etc/resolv.conf"
}

@test "resolv.conf: where the rootfs has none, it gets an empty file to mount on" {
	local before after
	inside true
	rm "$rootfs/etc/resolv.conf"
	before=$(content "$rootfs" | grep -v "^./etc ")
	run -0 inside 'cat /etc/resolv.conf'
	assert_output "nameserver 203.0.113.80"
	after=$(content "$rootfs" | grep -v "^./etc ")
	assert_equal "$(grep -v resolv.conf <<<"$after")" "$before"
	assert [ -f "$rootfs/etc/resolv.conf" ]
	assert [ ! -s "$rootfs/etc/resolv.conf" ]
}

@test "hosts: it has the container's name, and its address" {
	run -0 --separate-stderr "$gcr" run --hostname box "$rootfs" sh -c 'cat /etc/hosts; ping -c 1 box 2>&1 | head -n 1'
	address=$(sed -n 's|.*eth0 is \(.*\)/.*|\1|p' <<<"$stderr")
	assert_line --index 0 "127.0.0.1 localhost"
	assert_line --index 1 "::1 localhost"
	assert_line --index 2 "$address box"
	assert_line --partial "PING box ($address)"
	run -0 --separate-stderr "$gcr" run --hostname web.example.org "$rootfs" sh -c 'tail -n 1 /etc/hosts; ping -c 1 web 2>&1 | head -n 1'
	address=$(sed -n 's|.*eth0 is \(.*\)/.*|\1|p' <<<"$stderr")
	assert_line --index 0 "$address web.example.org web"
	assert_line --index 1 --partial "PING web ($address)"
}

# --- what it may not -------------------------------------------------------------------------------

@test "powers: inside, nobody changes links, addresses, routes or neighbours, or sees frames" {
	run -0 inside 'for try in "link set eth0 down" "link set eth0 address 02:00:00:00:00:01" "address add 10.0.0.250/24 dev eth0" \
			"route del default" "neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0" "link add x type dummy"; do
			ip $try 2>/dev/null && echo "$try"
		done
		timeout 2 probe ether eth0 2>/dev/null; echo 0 2>/dev/null >/proc/sys/net/ipv4/ip_default_ttl && echo sysctl
		ip -o link | wc -l; ls /sys/class/net; probe ping 203.0.113.80'
	assert_output $'2\neth0\nlo'
}

@test "powers: the host's abstract sockets and loopback are out of reach, but with --net host" {
	nsenter --target "$GCR_HOST" --net perl -e 'use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un("\0gcr-test")) or die;
		listen($s, 9); sleep' 3>&- &
	on_host busybox httpd -p 127.0.0.1:5001 -h "$BATS_FILE_TMPDIR/www" 3>&-
	retry 100 'on_host "$rootfs/bin/probe" connect-abstract gcr-test'
	run -0 "$gcr" run -q --net host "$rootfs" sh -c 'probe connect-abstract gcr-test && fetch http://127.0.0.1:5001/'
	assert_output "hello from the world"
	local mode
	for mode in bridge none; do
		run -1 "$gcr" run -q --net "$mode" "$rootfs" probe connect-abstract gcr-test
		assert_output "gcr-test: Connection refused"
		run -1 "$gcr" run -q --net "$mode" "$rootfs" nc -w 1 127.0.0.1 5001
	done
	run -1 inside 'nc -w 1 10.0.0.1 5001' # nor by the gateway's address
}

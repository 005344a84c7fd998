# v0.7: a container that reaches the world. On two hosts of the test's own, see network.bash.
#
# hint: A new network namespace is empty: one link, lo, and that is down. All else has to be brought or made; what takes the host's leave, gcr-net does.
# hint: The parent opens /proc/PID/ns/net while the child waits, and has gcr-net connect it; the child gets its address by the socket, then net_configure() sets up lo, eth0 and the way out.
# hint: CLONE_NEWNET in the table. describe_cable(): one call makes both ends; the port gets the bridge as its master, the peer the namespace. net_open_namespace(): open(2) while the child waits. In main() a second write to child.to_child; join_network() reads the address, and net_configure() gives it to eth0, starts both links and adds the route.

load ../walkthrough
load ../network

export GCR_USER=$test_user
use_step v0.7-net

setup_file() {
	make_host
	prepare_walkthrough v0.6-cgroups v0.7-net
	start_world
}
teardown_file() {
	remove_host
	end_walkthrough
}

# With placeholders for what differs from run to run.
transcript() {
	normalized <<<"$output" | sed -E 's/(root@| )[0-9a-f]{12}(:|$)/\1<id>\2/; s/\b10\.0\.0\.([2-9]|[0-9]{2,3})\b/10.0.0.<n>/g'
}

@test "transcript: gcr net setup, and again" {
	lesson "there is no gcr net yet: struct gcr_program has a place for commands, and net.h a table of them"
	run -0 gcr_net setup
	assert_output - <<-'END'
		bridge br0 at 10.0.0.1/24: made
		IP forwarding: switched on, for the bridge alone
		nftables, table ip gcr and table bridge gcr: made
		helper /usr/local/libexec/gcr/gcr-net: installed
	END
	lesson "the second setup has to find all there, and change nothing"
	run -0 gcr_net setup
	assert_output - <<-'END'
		bridge br0 at 10.0.0.1/24: was there
		IP forwarding: was on
		nftables, table ip gcr and table bridge gcr: were there
		helper /usr/local/libexec/gcr/gcr-net: was there
	END
	run -0 gcr_net status
	assert_output - <<-'END'
		bridge br0: 10.0.0.1/24
		IP forwarding: on
		nftables, table ip gcr and table bridge gcr: there
		helper /usr/local/libexec/gcr/gcr-net: there
	END
}

# Each of the others may run alone. What the setup has to say is tested above.
bridge() {
	run gcr_net setup -q
}

@test "its links, and its way to the world" {
	bridge
	run "$gcr" run -q ubuntu bash -c 'echo "links: $(sed -n "s/^ *\(.*\):.*/\1/p" /proc/net/dev | sort | paste -sd " ")"
		echo "in /sys: $(cd /sys/class/net && echo *)"
		echo "lo: $(timeout 3 bash -c "exec 3<>/dev/tcp/127.0.0.1/9" 2>&1 | grep -o "Connection refused")"
		echo "default: $(sed -n "s/^eth0\t00000000\t\([0-9A-F]*\).*/\1/p" /proc/net/route)"
		echo "asks: $(cat /etc/resolv.conf)"
		sed -n "s/CapEff:\t/powers: /p" /proc/self/status'
	lesson "gcr-net connects no container that shares the network of its host: which clone flag makes a network namespace?"
	refute_output --partial "gcr-net: refused"
	came_up
	lesson "the container sees other links than its own two"
	assert_line "links: eth0 lo"
	lesson "/sys/class/net has the host's links: a sysfs shows the network namespace of the process that mounts it"
	assert_line "in /sys: eth0 lo"
	lesson "nothing answers at 127.0.0.1, not even with a refusal: a new lo is down"
	assert_line "lo: Connection refused"
	lesson "there is no way out of the subnet: a default route leads to the bridge, 10.0.0.1"
	assert_line "default: 0100000A"
	lesson "the container does not know whom to ask for names: it takes the host's resolv.conf"
	assert_line "asks: nameserver 203.0.113.80"
	lesson "its root may still change its links and addresses, to a neighbour's: which capability is too many?"
	assert_line "powers: 00000000800405fb"
}

@test "transcript: out" {
	bridge
	lesson "from inside, the name of a web server has to be found, and its page to be read"
	run -0 timeout 20 "$top/tests/terminal" "exec $gcr run ubuntu bash" 'getent hosts web.test' 'exec 3<>/dev/tcp/web.test/80' \
		'printf "GET / HTTP/1.0\r\n\r\n" >&3; tail -n 1 <&3' 'tail -n 1 /etc/hosts' exit
	run -0 transcript
	assert_output - <<-'END'
		<date> [run] as pid <pid>
		<date> [fork] as pid 1
		<date> [net] eth0 is 10.0.0.<n>/24
		root@<id>:/# getent hosts web.test
		203.0.113.80    web.test
		root@<id>:/# exec 3<>/dev/tcp/web.test/80
		root@<id>:/# printf "GET / HTTP/1.0\r\n\r\n" >&3; tail -n 1 <&3
		hello from the world
		root@<id>:/# tail -n 1 /etc/hosts
		10.0.0.<n> <id>
		root@<id>:/# exit
		exit
	END
}

@test "before: v0.6 has the host's network, and what listens on it" {
	bridge
	use_step v0.6-cgroups
	run -0 "$gcr" run -q ubuntu cat /proc/net/dev
	assert_output --partial up0
	use_step v0.7-net
	lesson "the host's links are seen from inside"
	run -0 "$gcr" run -q ubuntu cat /proc/net/dev
	refute_output --partial up0
	lesson "--net host has to leave the network as the host has it: no flag for that, and no wait for an address"
	run -0 "$gcr" run -q --net host ubuntu cat /proc/net/dev
	assert_output --partial up0
	lesson "--net none is a network namespace, and nobody connects it: it has lo alone"
	run -0 "$gcr" run -q --net none ubuntu cat /proc/net/dev
	assert_equal "$(grep -c : <<<"$output")" 1
	assert_output --partial " lo:"
}

@test "transcript: gcr net teardown, and a run without the bridge" {
	bridge
	lesson "teardown has to take away all that setup made"
	run -0 gcr_net teardown
	assert_output - <<-'END'
		nftables, table ip gcr and table bridge gcr: removed
		IP forwarding: switched off
		bridge br0: removed
		helper /usr/local/libexec/gcr/gcr-net: removed
	END
	lesson "where there is no bridge, a container is as with --net none, and told so"
	run -0 "$gcr" run ubuntu true
	run -0 normalized <<<"$output"
	assert_output - <<-'END'
		<date> [run] as pid <pid>
		gcr: warning: no network, as there is no bridge: sudo ./gcr net setup makes one
		<date> [fork] as pid 1
	END
}

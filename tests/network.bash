# shellcheck shell=bash disable=SC2034,SC2154 # names that the tests use; names that the other helpers set
# Two hosts for tests of the network, in namespaces of the test's own. One has gcr, the other is the world.
# Nothing of this machine's network is touched.
#
#     container --- br0 [host] 192.0.2.1 --- 192.0.2.2 [world] 203.0.113.80 web.test
#
# From make_host() on, $gcr runs on the host, and gcr net installs its helper in the host's own /usr/local.

# Starts a process that holds a network and a mount namespace, and prints its pid.
hold_namespaces() {
	local pid
	unshare --net --mount --propagation private sh -c 'ip link set lo up; sysctl -qw net.ipv4.ping_group_range="0 2147483647"; mount -t tmpfs none /usr/local &&
		mount -t tmpfs none /run && mount -t sysfs none /sys &&
		mkdir /usr/local/libexec && touch "$0" && exec sleep infinity' "$BATS_FILE_TMPDIR/held" >/dev/null 2>&1 3>&- &
	pid=$!
	retry 100 '[ -e "$BATS_FILE_TMPDIR/held" ]'
	rm "$BATS_FILE_TMPDIR/held"
	echo "$pid"
}

make_host() {
	GCR_HOST=$(hold_namespaces) GCR_WORLD=$(hold_namespaces)
	export GCR_HOST GCR_WORLD
	use_step "$step"
	prepare_gcr
	on_host sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward' # a new namespace has the machine's setting
	on_host ip link add up0 type veth peer name eth0 netns "$GCR_WORLD"
	on_host ip address add 192.0.2.1/24 dev up0
	on_host ip link set up0 up
	on_host ip route add default via 192.0.2.2
	in_world ip address add 192.0.2.2/24 dev eth0
	in_world ip address add 203.0.113.80/32 dev lo
	in_world ip link set eth0 up
}

# Ends both hosts, and the processes that run in them.
remove_host() {
	local holder
	for holder in "${GCR_HOST:-}" "${GCR_WORLD:-}"; do neighbours "$holder" | end; done
}

# Prints the processes in the network namespace of a process, unless that is the machine's own.
neighbours() {
	local namespace
	namespace=$(readlink "/proc/$1/ns/net") || return 0
	[ "$namespace" != "$(readlink /proc/self/ns/net)" ] || return 0
	find /proc/[0-9]*/ns/net -printf '%l %p\n' 2>/dev/null | grep -F "$namespace" | cut -d / -f 3
}

# Ends the processes that are read; some may be gone already.
end() {
	xargs -r kill -KILL 2>/dev/null || true
}

on_host() { nsenter --target "$GCR_HOST" --net --mount --wdns="$PWD" "$@"; }
in_world() { nsenter --target "$GCR_WORLD" --net --mount --wdns="$PWD" "$@"; }

# gcr of the build, as root: it has its helper beside it.
gcr_net() { on_host "$build/steps/$step/gcr" net "$@"; }

# Makes the world answer: dnsmasq answers names, busybox serves a page that says who asked, and port 7 echoes.
start_world() {
	local www=$BATS_FILE_TMPDIR/www
	mkdir -p "$www/cgi-bin"
	echo "hello from the world" >"$www/index.html"
	printf '#!/bin/sh\nprintf "Content-Type: text/plain\\n\\n%%s\\n" "$REMOTE_ADDR"\n' >"$www/cgi-bin/who"
	chmod +x "$www/cgi-bin/who"
	in_world busybox httpd -p 203.0.113.80:80 -h "$www" 3>&-
	in_world busybox nc -ll -p 7 -e cat >/dev/null 2>&1 3>&- &
	in_world dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file= --listen-address=203.0.113.80 \
		--bind-interfaces --address=/web.test/203.0.113.80 3>&-
	echo "nameserver 203.0.113.80" >"$BATS_FILE_TMPDIR/resolv.conf"
	# It may be a link to a file in /run, which the host has anew.
	on_host sh -c '[ -e /etc/resolv.conf ] || { mkdir -p "$(dirname "$(readlink -m /etc/resolv.conf)")" && touch /etc/resolv.conf; }'
	on_host mount --bind "$BATS_FILE_TMPDIR/resolv.conf" /etc/resolv.conf
}

# Starts a container in the background, and waits until it is connected: connected NAME "$gcr" run "$rootfs" sleep 99.
# Then $gcr_pid is its gcr, $address its address, and $output_file what it prints.
connected() {
	output_file=$BATS_TEST_TMPDIR/$1
	env --default-signal "${@:2}" >"$output_file" 2>&1 3>&- &
	gcr_pid=$!
	retry 100 'grep -q "\[net\] eth0 is" "$output_file"'
	address=$(sed -n 's|.*\[net\] eth0 is \(.*\)/.*|\1|p' "$output_file")
}

# shellcheck shell=bash disable=SC2154 # names that the other helpers set
# Two hosts for tests of the network, in namespaces of the test's own: one has gcr, the other is the world behind it.
# Nothing of this machine's network is touched.
#
#     container --- br0 [host] 192.0.2.1 --- 192.0.2.2 [world] 203.0.113.80 web.test
#
# From make_host() on, $gcr is what runs on the host, and gcr net installs its helper in a /usr/local of the host's own.

# Starts a process that holds a network and a mount namespace, and prints its pid.
hold_namespaces() {
	local pid
	unshare --net --mount --propagation private sh -c 'ip link set lo up; mount -t tmpfs none /usr/local &&
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
	on_host ip link add up0 type veth peer name eth0 netns "$GCR_WORLD"
	on_host ip address add 192.0.2.1/24 dev up0
	on_host ip link set up0 up
	on_host ip route add default via 192.0.2.2
	in_world ip address add 192.0.2.2/24 dev eth0
	in_world ip address add 203.0.113.80/32 dev lo
	in_world ip link set eth0 up
}

# Ends both, with what runs in them.
remove_host() {
	local holder namespace pid
	for holder in "${GCR_HOST:-}" "${GCR_WORLD:-}"; do
		namespace=$(readlink "/proc/$holder/ns/net") || continue
		for pid in /proc/[0-9]*; do
			[ "$(readlink "$pid/ns/net")" != "$namespace" ] || kill -KILL "${pid#/proc/}" || true
		done 2>/dev/null
	done
}

on_host() { nsenter --target "$GCR_HOST" --net --mount --wdns="$PWD" "$@"; }
in_world() { nsenter --target "$GCR_WORLD" --net --mount --wdns="$PWD" "$@"; }

# gcr of the build, as root: it has its helper beside it.
gcr_net() { on_host "$build/steps/$step/gcr" net "$@"; }

# Lets the world answer: names by dnsmasq, and a page by busybox, which says who asked.
start_world() {
	local www=$BATS_FILE_TMPDIR/www
	mkdir -p "$www/cgi-bin"
	echo "hello from the world" >"$www/index.html"
	printf '#!/bin/sh\nprintf "Content-Type: text/plain\\n\\n%%s\\n" "$REMOTE_ADDR"\n' >"$www/cgi-bin/who"
	chmod +x "$www/cgi-bin/who"
	in_world busybox httpd -p 203.0.113.80:80 -h "$www" 3>&-
	in_world dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file= --listen-address=203.0.113.80 \
		--bind-interfaces --address=/web.test/203.0.113.80 3>&-
	echo "nameserver 203.0.113.80" >"$BATS_FILE_TMPDIR/resolv.conf"
	on_host mount --bind "$BATS_FILE_TMPDIR/resolv.conf" /etc/resolv.conf
}

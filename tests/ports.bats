# Published ports: what -p promises. On hosts of the test's own, see network.bash. For v0.8 and later.

load helpers
load user
load network

setup_file() {
	make_host
	export rootfs=$BATS_FILE_TMPDIR/rootfs
	make_busybox_rootfs "$rootfs"
	add_iperf3
	gcr_net setup >/dev/null
}

teardown_file() {
	remove_host
}

teardown() {
	[ -z "${gcr_pid:-}" ] || kill -KILL "$gcr_pid" 2>/dev/null || true
}

# Since iperf3 has threads (3.16), it also loads libgcc, to end one.
add_iperf3() {
	local file libraries libc
	libraries=$(ldd "$(command -v iperf3)" | grep -o '/[^ ]*')
	libc=$(grep -m 1 '/libc\.so' <<<"$libraries")
	for file in "$(command -v iperf3)" $libraries "${libc%/*}/libgcc_s.so.1"; do
		install -D "$file" "$rootfs$file"
	done
}

# A container whose ports 80 echo what they get: publish OPTION….
publish() {
	start "$@" "$rootfs" sh -c 'nc -ll -p 80 -e cat & exec probe echo-datagrams 80'
}

client() { on_host busybox nc "$@"; }

# What listens on the host.
listeners() { on_host ss -Htuln | awk '{ print $1, $5 }' | sort; }

stop() {
	kill -TERM "$gcr_pid"
	ended_with 143
}

@test "tcp: a port of 127.0.0.1 leads into the container, and nobody else's address does" {
	publish -p 8080:80
	assert_equal "$(listeners)" "tcp 127.0.0.1:8080"
	run -0 client 127.0.0.1 8080 <<<"there and back"
	assert_output "there and back"
	run -1 client 192.0.2.1 8080 <<<"there"
	run -1 in_world busybox nc 192.0.2.1 8080 <<<"there"
	stop
	assert_equal "$(listeners)" ""
}

# The client's connection leads the host to ask for the container's MAC address, before anybody can answer.
@test "tcp: a client that connects while a container starts does not wait for the next second" {
	run -0 on_host sh -c 'cd /proc/sys/net/ipv4/neigh/br0 && cat retrans_time_ms mcast_solicit ucast_solicit'
	assert_output $'40\n75\n75'
}

# While the link is down, nobody answers. Another link keeps the bridge up, or the kernel would not even ask.
@test "udp: a datagram is not lost if the container's MAC address is not known at once" {
	local link
	publish -p 5353:80/udp
	link=$(on_host ip -json link show master br0 | jq -r '.[0].ifname')
	on_host ip link add other type veth peer name end
	on_host ip link set end up
	on_host ip link set other up master br0
	on_host ip link set "$link" down
	on_host ip neighbour flush dev br0
	# shellcheck disable=SC2016 # Perl's
	run -0 on_host perl -MIO::Socket::INET -e 'alarm 60; my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "127.0.0.1:5353");
		$s->send("patient"); sleep 1; system("ip", "link", "set", $ARGV[0], "up"); $s->recv(my $answer, 100); print $answer' "$link"
	assert_output patient
	on_host ip link delete other
	stop
}

@test "tcp: on other addresses, IPv6 ones too, and several at once" {
	publish -p 192.0.2.1:8080:80 -p 0.0.0.0:8081:80/tcp -p '[::1]:8082:80'
	assert_equal "$(listeners)" $'tcp 0.0.0.0:8081\ntcp 192.0.2.1:8080\ntcp [::1]:8082'
	run -0 in_world busybox nc 192.0.2.1 8080 <<<"from the world"
	assert_output "from the world"
	run -0 client 127.0.0.1 8081 <<<"any address"
	assert_output "any address"
	run -0 client ::1 8082 <<<"six"
	assert_output "six"
	stop
}

@test "tcp: it says where a port leads, but not under -q" {
	run -0 "$gcr" run -p 8080:80 -p 5353:53/udp "$rootfs" true
	assert_line --regexp '\[port\] 127.0.0.1:8080 leads to port 80$'
	assert_line --regexp '\[port\] 127.0.0.1:5353/udp leads to port 53$'
	run -0 "$gcr" run -q -p 8080:80 "$rootfs" true
	assert_output ""
}

@test "udp: datagrams go in, and their answers back to who asked" {
	publish -p 5353:80/udp
	assert_equal "$(listeners)" "udp 127.0.0.1:5353"
	# shellcheck disable=SC2016 # Perl's
	run -0 on_host perl -MIO::Socket::INET -e 'my @clients = map { IO::Socket::INET->new(Proto => "udp", PeerAddr => "127.0.0.1:5353") } 1, 2;
		$clients[0]->send("one"); $clients[1]->send("two");
		for (@clients) { alarm 60; $_->recv(my $answer, 100); print "$answer\n" }'
	assert_output $'one\ntwo'
	stop
}

@test "udp: of any address, from the one that was asked; empty ones; some that are refused first" {
	start -p 0.0.0.0:5353:80/udp -p '[::]:5353:80/udp' "$rootfs" sh -c 'echo ready; while [ ! -e /root/go ]; do sleep 0.1; done; exec probe echo-datagrams 80'
	# shellcheck disable=SC2016 # Perl's
	run -0 on_host perl -MIO::Socket::IP -e 'alarm 60; my %clients = map { $_ => IO::Socket::IP->new(Type => SOCK_DGRAM, PeerHost => $_, PeerPort => 5353) }
			qw(127.0.0.1 127.0.0.2 192.0.2.1 ::1);
		for (1..3) { send $_, "early", 0 for values %clients; select undef, undef, undef, 0.2 }
		open my $go, ">", $ARGV[0] or die $!; sleep 1;
		# They are connected: what another address sends they do not get.
		for (sort keys %clients) { for my $text ("text", "", "x" x 60000) {
			send $clients{$_}, $text, 0; recv $clients{$_}, my $answer, 65536, 0; die "$_: $answer" if $answer ne $text } print "$_\n" }' "$rootfs/root/go"
	assert_output $'127.0.0.1\n127.0.0.2\n192.0.2.1\n::1'
	stop
}

@test "mistakes: what makes no sense has status 2" {
	local value
	for value in "" 80 80: :80 a:80 80:a 0:80 80:0 65536:80 80:65536 -1:80 80:80/sctp 80:80/ 1.2.3:80:80 host:80:80 ::1:80:80 '[::1:80:80' \
		'[::1]80:80' 1:2:3:4 ' 80:80' 80:80x; do
		run -2 "$gcr" run -q -p "$value" "$rootfs" echo started
		assert_output --partial "gcr: -p '$value': write [IP:]HOST:CONTAINER[/udp], as in 8080:80"
	done
	run -2 "$gcr" run -q --net none -p 8080:80 "$rootfs" echo started
	assert_output --partial "gcr: -p needs a container on the bridge"
}

@test "mistakes: a port that is taken, an address that is nobody's: one line, and nothing has started" {
	publish -p 8080:80 -p 5353:80/udp
	for port in 8080:80 5353:80/udp; do
		run -125 "$gcr" run -q -p 9090:80 -p "$port" "$rootfs" echo started
		assert_output --regexp "^gcr: -p: 127.0.0.1:${port%:*}.*: another program has this port"
	done
	run -125 "$gcr" run -q -p 198.51.100.1:8080:80 "$rootfs" echo started
	assert_output --regexp "^gcr: -p: 198.51.100.1:8080: the host has no such address"
	assert_equal "$(listeners)" $'tcp 127.0.0.1:8080\nudp 127.0.0.1:5353' # 9090 is free
	stop
}

@test "mistakes: a port that is root's: how to have it" {
	[ -n "${GCR_USER:-}" ] || return 0
	run -125 "$gcr" run -q -p 80:80 "$rootfs" echo started
	assert_output --regexp "^gcr: -p: 127.0.0.1:80: only root may take it: take one from 1024 on, .* sysctl net.ipv4.ip_unprivileged_port_start=80$"
	on_host sysctl -qw net.ipv4.ip_unprivileged_port_start=80
	run -0 "$gcr" run -q -p 80:80 "$rootfs" echo started
	on_host sysctl -qw net.ipv4.ip_unprivileged_port_start=1024
}

@test "data: much of it, in both directions at once, arrives as it was" {
	local file=$BATS_TEST_TMPDIR/random
	head -c 100M /dev/urandom >"$file"
	publish -p 8080:80
	for _ in 1 2 3; do
		assert_equal "$(client 127.0.0.1 8080 <"$file" | sha256sum)" "$(sha256sum <"$file")" # cat answers while it reads
	done
	stop
}

@test "data: a client that reads slowly gets all of it, and holds nobody up" {
	publish -p 8080:80
	mkfifo "$BATS_TEST_TMPDIR/go"
	# nc(1) would send no more either while nobody takes its output.
	on_host perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new("127.0.0.1:8080") or die; alarm 100;
		if (!fork) { print $s "x" x (20 << 20); $s->shutdown(1); exit }
		open my $go, "<", $ARGV[0] or die; <$go>; my $size = 0; while (my $n = sysread $s, my $data, 1e6) { $size += $n } print $size' \
		"$BATS_TEST_TMPDIR/go" >"$BATS_TEST_TMPDIR/count" 3>&- &
	local slow=$!
	for _ in {1..20}; do
		run -0 timeout 20 nsenter --target "$GCR_HOST" --net busybox nc 127.0.0.1 8080 <<<"quick"
		assert_output quick
	done
	echo >"$BATS_TEST_TMPDIR/go"
	wait "$slow"
	assert_equal "$(cat "$BATS_TEST_TMPDIR/count")" $((20 * 1024 * 1024))
	stop
}

@test "half-closed: the client first, or the container first" {
	start -p 8080:80 -p 8081:81 "$rootfs" sh -c 'nc -l -p 80 -e sh -c "cat >/tmp/all; sleep 1; wc -c </tmp/all" & exec probe say-bye 81'
	run -0 client 127.0.0.1 8080 <<<"twelve bytes" # its end has come, the answer has not
	assert_output 13
	# shellcheck disable=SC2016 # Perl's
	run -0 on_host perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new("127.0.0.1:8081") or die; alarm 60;
		print while <$s>; print "end\n"; print $s "more\n"'
	assert_output $'bye\nend'
	ended_with 0
	assert_equal "$(tail -n 1 "$output_file")" more
}

@test "resets: the client's and the container's go through" {
	start -p 8080:80 -p 8081:81 "$rootfs" sh -c 'nc -l -p 80 -e sh -c "cat; echo cat ended: \$? >&2" & nc -l -p 81 -e sleep 1 & echo ready; wait; exec sleep 1000'
	# shellcheck disable=SC2016 # Perl's
	on_host perl -MSocket -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new("127.0.0.1:8080"); print $s "x"; $s->flush; sleep 1;
		setsockopt $s, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0); close $s'
	retry 50 'grep -q "cat: .*reset" "$output_file"'
	# Its process ends with data unread: its kernel says reset.
	# shellcheck disable=SC2016 # Perl's
	run -0 on_host perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new("127.0.0.1:8081") or die; alarm 60; print $s "unread"; $s->flush;
		print defined sysread($s, my $data, 10) ? "end\n" : "$!\n"'
	assert_output "Connection reset by peer"
	stop
}

@test "not listening yet: the client waits until it does" {
	start -p 8080:80 "$rootfs" sh -c 'echo ready; sleep 2; exec nc -ll -p 80 -e cat'
	run -0 client 127.0.0.1 8080 <<<"patience"
	assert_output patience
	kill -KILL "$gcr_pid"
	ended_with 137
}

@test "not listening at all: the client is reset, not left waiting" {
	start -p 8080:80 "$rootfs" sh -c 'echo ready; exec sleep 1000'
	# shellcheck disable=SC2016 # Perl's
	run -0 on_host perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new("127.0.0.1:8080") or die; alarm 60;
		print defined sysread($s, my $data, 10) ? "end\n" : "$!\n"'
	assert_output "Connection reset by peer"
	# The container has had its time to start: nobody waits any more.
	resets_at_once 8080
	stop
}

# Asserts that the host's port resets a client in less than two seconds.
resets_at_once() {
	# shellcheck disable=SC2016 # Perl's
	run -0 on_host perl -MIO::Socket::INET -e 'alarm 2; my $s = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die;
		print defined sysread($s, my $data, 10) ? "end\n" : "$!\n"' "$1"
	assert_output "Connection reset by peer"
}

@test "listening no more: the client is reset at once" {
	start -p 8080:80 "$rootfs" sh -c 'echo ready; nc -l -p 80 -e cat; exec sleep 1000'
	run -0 client 127.0.0.1 8080 <<<"only one"
	assert_output "only one"
	resets_at_once 8080
	stop
}

@test "many: 3000 connections at once, and Ctrl+C ends it all the same" {
	ulimit -S -n 8192 # a login session's limit is 1024, which the client and the server keep; gcr raises its own
	start -p 8080:80 "$rootfs" probe echo-to-all 3000
	# shellcheck disable=SC2016 # Perl's
	run -0 on_host perl -MIO::Socket::INET -e 'alarm 100; my @all = map { IO::Socket::INET->new("127.0.0.1:8080") or die "$_: $!" } 1..3000;
		syswrite $all[$_], "$_\n" for 0..2999; my $right = grep { readline($all[$_]) eq "$_\n" } 0..2999; print "$right right\n"'
	assert_output "3000 right"
	kill -INT "$gcr_pid"
	ended_with 130
}

# What gcr takes of a CPU in three seconds, in hundredths.
busy() {
	local before
	before=$(awk '{ print $14 + $15 }' "/proc/$gcr_pid/stat")
	sleep 3
	awk -v before="$before" '{ print int(($14 + $15 - before) / 3) }' "/proc/$gcr_pid/stat"
}

@test "waiting: clients that do not read, have ended their half, or whom nobody serves, take no CPU time" {
	publish -p 8080:80 -p 8081:81
	# Of echo's 20 MB each, none is read: their pipes stay full. Some say that no more comes, and that the echo ends shows
	# on their connection; some are not echoed to, so that they wait for nothing but the container's end.
	# shellcheck disable=SC2016 # Perl's
	on_host perl -MIO::Socket::INET -e '$| = 1; my ($much, @all) = "x" x 20e6;
		for (1..9) { for my $kind (0..3) { my $s = IO::Socket::INET->new($kind == 3 ? "127.0.0.1:8081" : "127.0.0.1:8080") or die; push @all, $s;
			$s->blocking(0); syswrite $s, $kind == 0 ? $much : "x" x 5e6 if $kind < 2; shutdown $s, 1 if $kind == 1 } }
		print "sent\n"; sleep 1000' >"$BATS_TEST_TMPDIR/client" 3>&- &
	local client=$!
	retry 100 'grep -q sent "$BATS_TEST_TMPDIR/client"'
	sleep 1
	run -0 busy
	assert [ "$output" -lt 10 ]
	run -0 client 127.0.0.1 8080 <<<"served all the same"
	assert_output "served all the same"
	kill "$client"
	stop
}

@test "descriptors: where they end, clients wait for others to leave" {
	ulimit -n 128
	publish -p 8080:80
	# shellcheck disable=SC2016 # Perl's
	run -0 on_host perl -MIO::Socket::INET -e '$| = 1; alarm 60; my @all = map { IO::Socket::INET->new("127.0.0.1:8080") or die "$_: $!" } 1..60;
		syswrite $all[$_], "$_\n" for 0..59; my $right; for (0..59) { $right += readline($all[$_]) eq "$_\n"; close $all[$_] } print "$right right\n"'
	assert_output "60 right"
	stop
}

@test "descriptors: 1024 of them are enough for 400 clients that say nothing, and one that does" {
	ulimit -n 1024
	publish -p 8080:80
	# shellcheck disable=SC2016 # Perl's
	run -0 on_host perl -MIO::Socket::INET -e 'alarm 60; my @idle = map { IO::Socket::INET->new("127.0.0.1:8080") or die "$_: $!" } 1..400;
		my $s = IO::Socket::INET->new("127.0.0.1:8080") or die $!; print $s "served\n"; $s->flush; print scalar <$s>'
	assert_output served
	stop
}

@test "descriptors: where they end, datagrams of a new client take the place of the oldest" {
	ulimit -n 128
	publish -p 5353:80/udp
	# shellcheck disable=SC2016 # Perl's
	run -0 on_host perl -MIO::Socket::INET -e 'alarm 60; for (1..150) {
			my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "127.0.0.1:5353") or die $!;
			$s->send($_); $s->recv(my $answer, 100); $n++ if $answer eq $_ } print "$n answers\n"'
	assert_output "150 answers"
	stop
}

# Twenty clients that do not read take all pipes that there are.
@test "data: without a free pipe, all arrives as it was, and so it does for those that held the pipes" {
	local file=$BATS_TEST_TMPDIR/random
	head -c 20M /dev/urandom >"$file"
	publish -p 8080:80
	# shellcheck disable=SC2016 # Perl's
	on_host perl -MIO::Socket::INET -e '$| = 1; my (@all, %sent);
		for (1..20) { my $s = IO::Socket::INET->new("127.0.0.1:8080") or die; syswrite $s, "x"; sysread $s, my $echo, 1 or die; push @all, $s } # nc has it
		for my $s (@all) { $s->blocking(0); for (1..30) { my $n = syswrite $s, "x" x 1e6; $sent{$s} += $n // 0; select undef, undef, undef, 0.01 if !$n } }
		print "sent\n"; <STDIN>; my $right = 0;
		for my $s (@all) { $s->blocking(1); shutdown $s, 1; my $got = 0; while (my $n = sysread $s, my $data, 1e6) { $got += $n } $right += $got == $sent{$s} }
		print "$right right\n"' >"$BATS_TEST_TMPDIR/client" < <(retry 600 '[ -e "$BATS_TEST_TMPDIR/go" ]') 3>&- &
	local stalled=$!
	retry 600 'grep -q sent "$BATS_TEST_TMPDIR/client"'
	retry 100 '[ "$(find "/proc/$gcr_pid/fd" -lname "pipe:*" | wc -l)" -ge 32 ]'
	assert_equal "$(client 127.0.0.1 8080 <"$file" | sha256sum)" "$(sha256sum <"$file")"
	touch "$BATS_TEST_TMPDIR/go"
	wait "$stalled"
	run -0 tail -n 1 "$BATS_TEST_TMPDIR/client"
	assert_output "20 right"
	stop
}

@test "busy: Ctrl+C ends it while data flows" {
	publish -p 8080:80
	local client clients=()
	for _ in 1 2 3 4; do
		on_host busybox nc 127.0.0.1 8080 </dev/zero >/dev/null 3>&- &
		clients+=("$!")
	done
	run -0 busy
	assert [ "$output" -gt 0 ] # it does flow
	kill -INT "$gcr_pid"
	ended_with 130
	for client in "${clients[@]}"; do
		kill "$client" 2>/dev/null || true
		wait "$client" || true
	done
}

@test "end: SIGKILL of gcr closes the port, and breaks its connections" {
	publish -p 8080:80 -p 5353:80/udp
	# shellcheck disable=SC2016 # Perl's
	on_host perl -MIO::Socket::INET -e '$| = 1; my $s = IO::Socket::INET->new("127.0.0.1:8080") or die; print $s "x"; $s->flush; sysread $s, my $data, 1;
		print "connected\n"; alarm 60; print defined sysread($s, $data, 1) ? "end\n" : "$!\n"' >"$BATS_TEST_TMPDIR/client" 3>&- &
	local client=$!
	retry 100 'grep -q connected "$BATS_TEST_TMPDIR/client"'
	kill -KILL "$gcr_pid"
	ended_with 137
	wait "$client"
	run -0 tail -n 1 "$BATS_TEST_TMPDIR/client"
	assert_output "Connection reset by peer"
	assert_equal "$(listeners)" ""
	publish -p 8080:80 -p 5353:80/udp # at once
	run -0 client 127.0.0.1 8080 <<<"again"
	assert_output again
	stop
}

@test "without a network of the bridge there is nothing to publish" {
	local mode
	for mode in none host; do
		run -2 "$gcr" run -q --net "$mode" -p 8080:80 "$rootfs" true
		assert_output "gcr: -p needs a container on the bridge: add --net bridge"
	done
	gcr_net teardown -q
	run -2 "$gcr" run -q -p 8080:80 "$rootfs" true
	gcr_net setup -q
	assert_output $'gcr: warning: no network, as there is no bridge: sudo ./gcr net setup makes one\ngcr: -p needs a container on the bridge: add --net bridge'
}

@test "end: what the container sent last arrives" {
	for _ in 1 2 3; do
		start -p 8080:80 "$rootfs" sh -c 'echo ready; nc -l -p 80 -e head -c 10000000 /dev/zero'
		assert_equal "$(client 127.0.0.1 8080 </dev/null | wc -c)" 10000000
		ended_with 0
	done
}

# It takes longer than gcr waits for a client that takes nothing.
@test "end: a slow client gets all that the container sent last" {
	start -p 8080:80 "$rootfs" sh -c 'echo ready; exec nc -l -p 80 -e head -c 20000000 /dev/zero'
	# shellcheck disable=SC2016 # Perl's
	run -0 on_host perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new("127.0.0.1:8080") or die; my $all = 0;
		while (my $got = sysread $s, my $data, 1_000_000) { $all += $got; select undef, undef, undef, 0.1 } print "$all\n"'
	assert_output 20000000
	ended_with 0
}

@test "end: what the container sent last arrives also where gcr has no descriptor for a pipe" {
	start -p 8080:80 "$rootfs" sh -c 'echo ready; nc -l -p 80 -e sh -c "read go; head -c 100000 /dev/zero"'
	# shellcheck disable=SC2016 # Perl's
	on_host perl -MIO::Socket::INET -e '$| = 1; alarm 60; my $s = IO::Socket::INET->new("127.0.0.1:8080") or die; sleep 1; print "connected\n"; <STDIN>;
		print $s "go\n"; $s->flush; my $got = 0; while (my $n = sysread $s, my $data, 1e6) { $got += $n } print "$got\n"' \
		>"$BATS_TEST_TMPDIR/client" < <(retry 600 '[ -e "$BATS_TEST_TMPDIR/go" ]') 3>&- &
	local client=$!
	retry 100 'grep -q connected "$BATS_TEST_TMPDIR/client"'
	local as=()
	[ -z "${GCR_USER:-}" ] || as=(as_test_user)
	"${as[@]}" prlimit --pid "$gcr_pid" --nofile=7 # as many as poll(2) looks at
	touch "$BATS_TEST_TMPDIR/go"
	wait "$client"
	run -0 tail -n 1 "$BATS_TEST_TMPDIR/client"
	assert_output 100000
	ended_with 0
}

@test "end: the datagrams that the container sent last arrive" {
	start -p 5353:80/udp "$rootfs" probe answer-often 80
	local pid client
	pid=$(container_pid)
	# shellcheck disable=SC2016 # Perl's
	on_host perl -MIO::Socket::INET -e 'my $n = 0; $SIG{ALRM} = sub { print "$n answers\n"; exit }; alarm 60;
		my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "127.0.0.1:5353") or die; $s->send("?");
		while ($n < 100) { $s->recv(my $answer, 100); $n++ } print "$n answers\n"' >"$BATS_TEST_TMPDIR/client" 3>&- &
	client=$!
	retry 100 'grep -q asked "$output_file"'
	kill -STOP "$gcr_pid" # so that gcr sees the answers and the end at the same time
	retry 100 'grep -q "^State:.Z" /proc/'"$pid"'/status'
	kill -CONT "$gcr_pid"
	ended_with 0
	wait "$client"
	run -0 cat "$BATS_TEST_TMPDIR/client"
	assert_output "100 answers"
}

bits_per_second() {
	on_host iperf3 --format m --time 2 --client "$1" | awk '/receiver/ { print int($7) }'
}

@test "throughput: at least 0.8 of a direct connection's" {
	local address ratio
	start -p 5201:5201 "$rootfs" sh -c 'ip -4 address show eth0; echo ready; exec iperf3 --server --pidfile /tmp/pid >/tmp/log'
	address=$(sed -nE 's|.*inet ([0-9.]+)/.*|\1|p' "$output_file")
	retry 50 'on_host iperf3 --client "$address" --time 1 >/dev/null 2>&1'
	for _ in {1..10}; do # the machine may be at something else
		ratio=$((100 * $(bits_per_second 127.0.0.1) / $(bits_per_second "$address")))
		echo "$ratio %"
		[ "$ratio" -lt 80 ] || break
	done
	assert [ "$ratio" -ge 80 ]
}

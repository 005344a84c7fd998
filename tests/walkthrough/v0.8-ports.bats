# v0.8: the world reaches a container. On two hosts of the test's own, see network.bash.
#
# hint: A port of the host's is a socket of gcr's own, which needs no privilege. gcr waits for the container anyway: meanwhile it can serve that.
# hint: Open the ports before the fork, so that a port which is taken stops everything; say where they lead when the container has its address; serve them while gcr waits.
# hint: open_ports(): ports_listen(), unless there is no bridge. listen_at(): socket(2), IPV6_V6ONLY, protocol->listen(), and protocol->ready in the listener. ports_start(): loop_open(), and loop_watch() for each listener with EPOLLIN. ports_end(): close what takes new clients, serve what is on its way, close the rest; and its call in main().

load ../walkthrough
load ../network

export GCR_USER=$test_user
use_step v0.8-ports

setup_file() {
	make_host
	prepare_walkthrough v0.7-net v0.8-ports
	gcr_net setup -q
}
teardown_file() {
	remove_host
	end_walkthrough
}

# A client waits 15 seconds for an answer. If a grade ended gcr meanwhile, the lesson would name another cause.
GCR_PATIENCE=30

# A web server of three lines, in the container; what is to come before it serves is the first word.
serve() {
	start "$@" ubuntu perl -MIO::Socket::INET -e '$| = 1;
		my $server = IO::Socket::INET->new(Listen => 5, LocalPort => 80) or die; print "ready\n";
		while (my $client = $server->accept) { <$client>; print $client "hello from the container\n" }'
}

@test "transcript: in" {
	lesson "gcr does not know -p yet: the options that ports.h has want a row in struct gcr_program"
	serve -p 8080:80
	lesson "what comes to the host's port 8080 has to reach the container's port 80, and the answer has to come back"
	run -0 timeout 15 cat <(on_host busybox nc 127.0.0.1 8080 <<<"GET /")
	assert_output "hello from the container"
	lesson "the port is open to all the world: without an address it is 127.0.0.1's"
	run -1 in_world busybox nc 192.0.2.1 8080 <<<"GET /"
	kill -TERM "$gcr_pid"
	lesson "with the container, the port has to end, and gcr with its status"
	ended_with 143
	run -1 on_host busybox nc 127.0.0.1 8080 <<<"GET /"
}

@test "transcript: where a port leads" {
	run "$gcr" run -p 8080:80 -p 0.0.0.0:5353:53/udp ubuntu true
	came_up
	lesson "each port is told with where it leads, as soon as the container has its address"
	assert_line --regexp '\[port\] 127.0.0.1:8080 leads to port 80$'
	assert_line --regexp '\[port\] 0.0.0.0:5353/udp leads to port 53$'
}

@test "a port that is taken, and a container that is not on the bridge" {
	nsenter --target "$GCR_HOST" --net perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Listen => 1, ReuseAddr => 1, LocalAddr => "127.0.0.1:8080") or die; sleep 1000' 3>&- &
	local holder=$!
	retry 50 'on_host ss -Htln | grep -q :8080'
	run "$gcr" run -q -p 8080:80 ubuntu echo begun
	kill "$holder"
	lesson "a port is taken before the container begins: else half of what was asked for runs"
	refute_output --partial begun
	assert_refused 125
	says "gcr: -p: 127.0.0.1:8080: another program has this port (ss -tulnp tells which): take another one"
	run "$gcr" run -q --net none -p 8080:80 ubuntu true
	lesson "a port leads nowhere without the bridge: gcr has to say so, and not start"
	assert_refused 2
	says "gcr: -p needs a container on the bridge: add --net bridge"
}

@test "the last words of a container" {
	for _ in 1 2 3; do
		start -p 8080:80 ubuntu perl -MIO::Socket::INET -e '$| = 1;
			my $server = IO::Socket::INET->new(Listen => 5, LocalPort => 80) or die; print "ready\n";
			print { $server->accept } "x" x 10_000_000'
		lesson "what the container sent last is lost: at its end, ports_end() passes it on"
		# The client is slow: much is still on its way when the container ends.
		assert_equal "$(timeout 15 cat <(on_host busybox nc 127.0.0.1 8080 </dev/null | { sleep 0.3; cat; }) | wc -c)" 10000000
		ended_with 0
	done
}

@test "before: v0.7 knows no -p" {
	use_step v0.7-net
	run -2 "$gcr" run -q -p 8080:80 ubuntu true
	assert_output "gcr: -p: no such option; see gcr --help"
}

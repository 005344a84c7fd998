# v0.7: a container that reaches the world, and the world that reaches it. On two hosts of the test's own, see network.bash.

load ../helpers
load ../user
load ../network

export GCR_USER=gcr-test
use_step v0.7-net

setup_file() {
	test_user_add
	make_host
	prepare_walkthrough v0.6-cgroups v0.7-net
	start_world
}
teardown_file() {
	remove_host
	test_user_remove
}

# With placeholders for what differs from run to run.
transcript() {
	normalized <<<"$output" | sed -E 's/(root@| )[0-9a-f]{12}(:|$)/\1<id>\2/; s/\b10\.0\.0\.([2-9]|[0-9]{2,3})\b/10.0.0.<n>/g'
}

@test "transcript: gcr net setup, and again" {
	run -0 gcr_net setup
	assert_output - <<-'END'
		bridge br0 at 10.0.0.1/24: made
		IP forwarding: switched on
		nftables, table ip gcr and table bridge gcr: made
		helper /usr/local/libexec/gcr/gcr-net: installed
	END
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

@test "transcript: out" {
	run -0 "$top/tests/terminal" "exec $gcr run ubuntu bash" 'getent hosts web.test' 'exec 3<>/dev/tcp/web.test/80' \
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

@test "transcript: in" {
	start -p 8080:80 ubuntu perl -MIO::Socket::INET -e '$| = 1;
		my $server = IO::Socket::INET->new(Listen => 5, LocalPort => 80) or die; print "ready\n";
		while (my $client = $server->accept) { <$client>; print $client "hello from the container\n" }'
	run -0 on_host busybox nc 127.0.0.1 8080 <<<"GET /"
	assert_output "hello from the container"
	kill -TERM "$gcr_pid"
	ended_with 137
	run -1 on_host busybox nc 127.0.0.1 8080 <<<"GET /"
}

@test "before: v0.6 has the host's network, and what listens on it" {
	use_step v0.6-cgroups
	run -0 "$gcr" run -q ubuntu cat /proc/net/dev
	assert_output --partial up0
	use_step v0.7-net
	run -0 "$gcr" run -q ubuntu cat /proc/net/dev
	refute_output --partial up0
	run -0 "$gcr" run -q --net host ubuntu cat /proc/net/dev
	assert_output --partial up0
	run -0 "$gcr" run -q --net none ubuntu cat /proc/net/dev
	assert_equal "$(grep -c : <<<"$output")" 1
	assert_output --partial " lo:"
}

@test "transcript: gcr net teardown, and a run without the bridge" {
	run -0 gcr_net teardown
	assert_output - <<-'END'
		nftables, table ip gcr and table bridge gcr: removed
		IP forwarding: switched off
		bridge br0: removed
		helper /usr/local/libexec/gcr/gcr-net: removed
	END
	run -0 "$gcr" run ubuntu true
	run -0 normalized <<<"$output"
	assert_output - <<-'END'
		<date> [run] as pid <pid>
		<date> [net] none, as there is no bridge: sudo ./gcr net setup makes one
		<date> [fork] as pid 1
	END
}

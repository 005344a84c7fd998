# vm/qemu: a command, or a terminal, in the virtual machine. Each test but the first boots it.

load helpers

broken=$top/build/broken

teardown() {
	rm -rf "$broken"
}

@test "qemu: what makes no sense is refused" {
	run -2 "$top/vm/qemu"
	assert_output "vm: name a command; see vm/qemu --help"
	run -2 "$top/vm/qemu" --colour red true
	assert_output "vm: no option '--colour'; see vm/qemu --help"
	run -2 "$top/vm/qemu" --arch
	assert_output "vm: option '--arch' requires an argument; see vm/qemu --help"
	run -125 "$top/vm/qemu" --arch s390x true
	assert_output "vm: no architecture 's390x'; there are amd64 and arm64"
	run -125 "$top/vm/qemu" shell </dev/null
	assert_output "vm: a shell needs a terminal"
	run -0 "$top/vm/qemu" --help
	assert_output --partial "--artifacts DIR"
}

@test "qemu: the learner's command: its output, artifacts and status; a session, sudo, the checkout; the gcr that comes along" {
	# shellcheck disable=SC2016 # for the machine
	run -7 --separate-stderr "$top/vm/qemu" --build "${build##*/}" --artifacts "$BATS_TEST_TMPDIR/got" bash -c 'id -un; sudo id -un; pwd
		systemctl --user is-active init.scope; cmp README.md <(cat README.md) && ls rootfs; echo "$1"
		cat /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/cgroup.controllers
		systemctl is-active gcr-net; ip -4 -br address show br0; cat /proc/sys/net/ipv4/ip_forward
		gcr run -q ubuntu ip -4 -br address show scope global
		mkdir artifacts; echo made >artifacts/file; exit 7' bash 'a "word" $HOME'
	lesson "a command of the learner's runs in a session, beside a copy of the checkout"
	assert_regex "$(head -n 7 <<<"$output")" $'^learner\nroot\n/home/learner/gcr\nactive\nubuntu\na "word" \$HOME\ncpuset cpu io memory pids$'
	lesson "the gcr that comes along is on the path, its bridge up, and the learner's containers are connected to it"
	assert_regex "$(tail -n +8 <<<"$output")" $'^active\nbr0 +[A-Z]+ +10.0.0.1/24 *\n1\neth0@[^ ]+ +UP +10.0.0.[0-9]+/24 *$'
	assert_equal "$(cat "$BATS_TEST_TMPDIR/got/file")" made
}

@test "qemu: as root, where the bridge fails; what holds the output back is named, and the machine goes off" {
	mkdir -p "$broken"/{steps/v9-none,tests/unit}
	printf '#!/bin/sh\necho "gcr: no $*" >&2\nexit 1\n' | install /dev/stdin "$broken/steps/v9-none/gcr"
	touch "$broken"/{steps/v9-none/gcr-net,tests/{probe,floor,unit/unit}}
	run -0 "$top/vm/qemu" --build broken --user root sh -c 'id -un; systemd-run --quiet --scope sleep 1000 &'
	assert_line --index 0 "vm: no bridge: gcr: no net setup"
	assert_line --index 1 root
	assert_line --partial "vm: still running, and killed: "
	assert_output --partial "sleep 1000"
}

@test "qemu: a terminal" {
	run -3 "$top/tests/terminal" "exec $top/vm/qemu shell" "tty; stty size" 'sh -c "echo 1\${0}3; exec sleep 1000" 2' wait:123 ^C "exit 3"
	assert_output --partial "/dev/tty"
	assert_output --partial "24 250"
}

@test "qemu: a machine that goes off before the command's end" {
	run -125 "$top/vm/qemu" sudo systemctl poweroff --force --force
	assert_line "vm: the machine ended before the command did; above is its console"
}

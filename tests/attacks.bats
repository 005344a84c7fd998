# Attacks from inside a container on its host, against every step: those that a step does not stop yet are
# asserted to work there. scripts/test runs this file once for each step and user.

load helpers

setup_file() {
	export rootfs=$BATS_FILE_TMPDIR/rootfs
	prepare_gcr
	make_busybox_rootfs "$rootfs"
	export probe=/bin/probe
	since v0.2 || probe=$build/tests/probe
}

setup() {
	# A file of the host's that the container's root may write, if it gets there: it is the caller's own.
	victim=$BATS_TEST_TMPDIR/victim
	echo intact >"$victim"
	[ -z "${GCR_USER:-}" ] || chown "$GCR_USER" "$victim"
}

# Asserts that the victim is intact from the step on, and that the attack worked before.
intact_since() {
	if since "$1"; then assert_equal "$(cat "$victim")" intact; else assert_equal "$(cat "$victim")" written; fi
}

@test "writing the host's files by their path" {
	inside "echo written >'$victim' || true"
	intact_since v0.2
}

@test "writing the host's files through /proc/1/root and /proc/1/cwd" {
	cd "$BATS_TEST_TMPDIR"
	inside "for pid in 1 $$; do
		echo written >/proc/\$pid/root/'$victim' || echo written >/proc/\$pid/cwd/victim
	done 2>/dev/null || true"
	intact_since v0.2
}

@test "writing the host's files through a working directory that climbs" {
	cd "$BATS_TEST_TMPDIR"
	inside "echo written >victim || echo written >../../../../../../../../..$victim || true"
	intact_since v0.2
}

@test "writing the host's files through a leaked descriptor" {
	inside 'echo written >&9 || echo written >/proc/self/fd/9 || echo written >/proc/1/fd/9/victim || true' \
		9>>"$victim" 8<"$BATS_TEST_TMPDIR"
	intact_since v0.1
	run ! inside 'ls /proc/self/fd/8/' 8<"$BATS_TEST_TMPDIR"
}

@test "overwriting gcr through /proc/self/exe" {
	# CVE-2019-5736: a command that leads back to the runtime runs it inside, where its file has a name.
	since v0.2 || return 0 # its file has a name there anyhow
	before=$(sha256sum <"$build/steps/$step/gcr")
	ln -sf /proc/self/exe "$rootfs/bin/again"
	printf '#!/proc/self/exe\n' >"$rootfs/bin/script"
	chmod +x "$rootfs/bin/script"
	for command in /bin/again /bin/script; do
		run ! "$gcr" run -q "$rootfs" "$command"
		assert_output --partial gcr
	done
	assert_equal "$(sha256sum <"$build/steps/$step/gcr")" "$before"
}

@test "climbing out of a chroot" {
	touch "$rootfs/root-of-the-container"
	run -0 "$gcr" run -q "$rootfs" "$probe" escape
	if since v0.2; then assert_line root-of-the-container; else refute_line root-of-the-container; fi
	rmdir /tmp/below 2>/dev/null || true
}

@test "making a device of the host's disk, and opening it" {
	# A harmless one, null, in a file system that is mounted for it without nodev.
	code='mkdir /tmp/m && mount -t tmpfs none /tmp/m && mknod /tmp/m/disk c 1 3 && '
	if ! since v0.2; then
		# In a mount namespace that stands for the host.
		run -0 unshare --mount "$gcr" run -q "$rootfs" sh -c \
			"mkdir -p '$BATS_TEST_TMPDIR/m' && mount -t tmpfs none '$BATS_TEST_TMPDIR/m' &&
			mknod '$BATS_TEST_TMPDIR/m/disk' c 1 3 && '$probe' open '$BATS_TEST_TMPDIR/m/disk'"
	elif ! since v0.3; then
		inside "$code $probe open /tmp/m/disk"
	else
		run -1 inside "$code $probe open /tmp/m/disk"
		run -1 inside 'mknod /tmp/disk c 1 3'
		run -1 inside 'mknod /tmp/disk b 8 0'
	fi
}

@test "mounting a file system" {
	since v0.2 || return 0 # it would be the host's own mount
	if since v0.3; then status=1; else status=0; fi
	run -"$status" inside 'mount -t tmpfs none /tmp'
	run -"$status" inside 'mount -o remount,bind,rw /sys'
	run -"$status" inside 'umount /proc/sys'
}

@test "changing the kernel's settings" {
	since v0.2 || return 0 # /proc is the host's own
	run -1 inside 'cat /proc/sys/vm/swappiness >/proc/sys/vm/swappiness'
	# What is mounted read-only can be mounted again, with the capability for it.
	run inside 'umount /proc/sys 2>/dev/null && cat /proc/sys/vm/swappiness >/proc/sys/vm/swappiness'
	if since v0.3; then assert_failure; else assert_success; fi
}

@test "changing the host's name" {
	host=$(uname -n)
	since v0.3 || return 0 # root may, before
	run -1 inside 'hostname stolen'
	assert_equal "$(uname -n)" "$host"
}

@test "a rootfs that belongs to somebody else is not written to" {
	takes_root
	[ -n "${GCR_USER:-}" ] || return 0 # root may write what is anybody's
	theirs=$BATS_TEST_TMPDIR/theirs
	make_busybox_rootfs "$theirs"
	touch "$theirs/etc/hosts" "$theirs/etc/hostname"
	chown -R root "$theirs"
	run -1 "$gcr" run -q "$theirs" sh -c 'id -u && echo x >/etc/file'
	assert_line 0
	assert [ ! -e "$theirs/etc/file" ]
	rm "$theirs/etc/hosts"
	run -0 "$gcr" run "$theirs" true
	if since v0.4; then assert_line --partial "the rootfs has no /etc/hosts, and it cannot be made: Permission denied"; fi
}

@test "an ordinary user maps no id that is not their own" {
	since v0.3 && [ -n "${GCR_USER:-}" ] || return 0
	# $USER names another user; the ranges stay the caller's.
	run -0 env USER=root LOGNAME=root "$gcr" run -q "$rootfs" cat /proc/self/uid_map
	assert_line --index 0 --regexp "^ +0 +$(id -u "$GCR_USER") +1\$"
	# The map is written once: the container's root cannot change it, nor give itself another by nesting.
	run -1 inside 'echo "0 0 1" >/proc/self/uid_map'
	run -1 inside 'unshare -U sh -c "echo 0 0 1 >/proc/self/uid_map && cat /proc/self/uid_map | grep -q \" 0 *0 *4294967295\""'
}

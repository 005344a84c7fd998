# What each step isolates, and what it does not isolate yet: a property is asserted to hold from the step
# that brings it, and asserted *not* to hold before. scripts/test runs this file once for each step.

load helpers

setup_file() {
	prepare_step
}

setup() {
	marker=gcr-test-$(</proc/sys/kernel/random/uuid) # names a file or a socket of the host's, whose network all jobs share
}

teardown() {
	rm -f "/tmp/$marker" "/dev/shm/$marker"
	[ -z "${host_pid:-}" ] || kill "$host_pid"
	[ -n "${GCR_USER:-}" ] || chmod 700 "$BATS_RUN_TMPDIR"
}

# Whether gcr net setup has been run on this machine.
has_bridge() {
	ip link show dev gcr &>/dev/null
}

# Asserts that the shell code, a property of the container, is true from the step on and false before.
holds_since() {
	local first=$1 code=$2
	if since "$first"; then
		run -0 inside "$code"
	else
		run -1 inside "$code"
	fi
}

# Runs a command in a mount namespace of its own, after shell code of root's there: changed CODE COMMAND…
changed() {
	# shellcheck disable=SC2016 # for the shell inside
	unshare --mount --propagation private sh -c 'eval "$1"; shift; exec "$@"' sh "$@"
}

# --- process ids -----------------------------------------------------------------------------------

@test "pid: its processes are numbered from 1, which is gcr's init" {
	run -0 inside 'echo $PPID $$'
	assert_output "1 2"
}

@test "pid: it is in a pid namespace of its own" {
	run -0 inside "readlink /proc/self/ns/pid"
	refute_output "$(readlink /proc/self/ns/pid)"
}

@test "pid: it can signal no process of the host" {
	sleep 100 3>&- &
	run -1 inside "kill -0 $!"
	kill $!
}

@test "pid: /proc shows only its own processes" {
	# They are so few that no number has two digits.
	holds_since v0.2 '! ls /proc | grep -q "^[0-9][0-9]"'
}

# --- files and mounts ------------------------------------------------------------------------------

@test "mnt: it is in a mount namespace of its own" {
	holds_since v0.2 "[ \$(readlink /proc/self/ns/mnt) != '$(readlink /proc/self/ns/mnt)' ]"
}

@test "mnt: the host's files are out of sight" {
	echo secret >"$BATS_TEST_TMPDIR/file"
	holds_since v0.2 "! cat '$BATS_TEST_TMPDIR/file' 2>/dev/null"
}

@test "mnt: its / is the rootfs" {
	touch "$rootfs/marker"
	holds_since v0.2 '[ -e /marker ]'
}

@test "mnt: no mount of the host's is left" {
	# All are gcr's own. Those below /proc and /sys differ with the kernel; another test looks at them.
	mounts="/ /proc /sys /tmp /dev /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/pts /dev/shm "
	since v0.5 && mounts+="/dev/mqueue "
	since v0.4 && mounts+="/etc/hostname /etc/hosts "
	since v0.7 && has_bridge && mounts+="/etc/resolv.conf "
	holds_since v0.2 '[ "$(cut -d " " -f 5 /proc/self/mountinfo | grep -v "^/proc/\|^/sys/" | tr "\n" " ")" = "'"$mounts"'" ]'
}

@test "mnt: what it mounts does not appear on the host" {
	takes_root
	mkdir "$BATS_TEST_TMPDIR/point"
	point=$BATS_TEST_TMPDIR/point
	since v0.2 && point=/root
	# In a mount namespace that stands for the host: all of its mounts are shared, as systemd has it.
	run -0 unshare --mount --propagation private sh -c '
		mount --make-rshared /
		mkfifo "$3/up"
		: >"$3/log" # grep may come before gcr
		before=$(cat /proc/self/mountinfo)
		"$1" run -q "$2" sh -c "mount -t tmpfs none $4 2>/dev/null; echo mounted; read -r line" <"$3/up" >"$3/log" &
		exec 9>"$3/up"
		for try in $(seq 100); do grep -q mounted "$3/log" && break; sleep 0.05; done
		[ "$before" = "$(cat /proc/self/mountinfo)" ] && echo unchanged || echo changed
		exec 9>&-
		wait' sh "$gcr" "$rootfs" "$BATS_TEST_TMPDIR" "$point" 3>&-
	if since v0.2; then assert_output unchanged; else assert_output changed; fi
}

@test "mnt: the working directory is not one of the host's" {
	cd "$BATS_TEST_TMPDIR"
	holds_since v0.2 '[ "$(pwd)" = / ] && [ "$(readlink /proc/self/cwd)" = / ]'
}

@test "mnt: /proc/1/root leads nowhere else" {
	if since v0.3; then # nobody inside looks into PID 1
		run -1 inside 'ls /proc/1/root/'
	else
		holds_since v0.2 '[ -e /proc/1/root/bin/probe ] && [ "$(ls /proc/1/root/)" = "$(ls /)" ]'
	fi
	holds_since v0.2 '[ -e /proc/2/root/bin/probe ] && [ "$(ls /proc/2/root/)" = "$(ls /)" ]'
}

@test "mnt: /tmp and /dev/shm are its own, and end with it" {
	touch "/tmp/$marker" "/dev/shm/$marker"
	holds_since v0.2 "[ ! -e /tmp/$marker ] && [ ! -e /dev/shm/$marker ]"
	since v0.2 || return 0
	inside 'echo x >/tmp/left && echo x >/dev/shm/left'
	assert [ ! -e "$rootfs/tmp/left" ]
	run -0 inside 'cat /tmp/left /dev/shm/left 2>/dev/null; ls -ld /tmp /dev/shm'
	assert_line --index 0 --regexp '^drwxrwxrwt'
	assert_line --index 1 --regexp '^drwxrwxrwt'
}

# tests/overlay.bats has more on this.
@test "mnt: what it writes is not in the rootfs, is seen by no other container, and ends with it" {
	since v0.2 || return 0 # its / is the host's
	rm -rf "$rootfs/root/written" # by another run
	start "$rootfs" sh -c 'mkdir /root/written; echo x >/root/written/file; echo ready; exec sleep 1000'
	run -0 inside 'ls /root'
	if since v1.0; then refute_output; else assert_output written; fi
	kill -TERM "$gcr_pid"
	ended_with 143
	run -0 ls "$rootfs/root"
	if since v1.0; then refute_output; else assert_output written; fi
	rm -rf "$rootfs/root/written"
	nothing_is_kept
}

@test "mnt: /dev has the usual devices and no disk" {
	run -0 inside 'ls -l /dev'
	if since v0.2; then
		assert_output --regexp 'crw-rw-rw- .* 1, +3 .* null'
		assert_output --regexp 'crw-rw-rw- .* 1, +5 .* zero'
		assert_output --regexp 'crw-rw-rw- .* 1, +7 .* full'
		assert_output --regexp 'crw-rw-rw- .* 1, +8 .* random'
		assert_output --regexp 'crw-rw-rw- .* 1, +9 .* urandom'
		assert_output --regexp 'crw-rw-rw- .* 5, +0 .* tty'
		assert_output --partial 'fd -> /proc/self/fd'
		assert_output --partial 'stdin -> /proc/self/fd/0'
		assert_output --partial 'stdout -> /proc/self/fd/1'
		assert_output --partial 'stderr -> /proc/self/fd/2'
		assert_output --partial 'ptmx -> pts/ptmx'
	fi
	holds_since v0.2 '[ $(ls /dev | grep -cv mqueue) -eq 13 ] && ! ls -l /dev | grep -q "^b"'
}

@test "mnt: a device that the host lacks is named" {
	takes_root
	since v0.2 || return 0
	run -125 changed 'mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3' "$gcr" run -q "$rootfs" true
	assert_output 'gcr: open_tree(AT_FDCWD, "/dev/zero", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC): No such file or directory'
}

@test "mnt: its devices work" {
	since v0.2 || return 0 # they are the host's
	inside 'echo gone >/dev/null && [ "$(head -c 3 /dev/zero | wc -c)" -eq 3 ] &&
		[ "$(head -c 3 /dev/urandom | wc -c)" -eq 3 ] && ! echo x >/dev/full 2>/dev/null &&
		[ "$(echo a | cat /dev/stdin)" = a ] && [ "$(echo b >/dev/stdout)" = b ] && [ "$(echo c 2>&1 >/dev/fd/2)" = c ]'
}

@test "mnt: mode and owner of the host's devices stay" {
	since v0.2 || return 0
	before=$(stat -c '%a %u' /dev/null /dev/zero)
	run inside 'chmod 600 /dev/null /dev/zero; chown 33 /dev/null /dev/zero'
	assert_equal "$(stat -c '%a %u' /dev/null /dev/zero)" "$before"
	inside 'for path in null zero full random urandom tty; do grep -q " /dev/$path ro," /proc/self/mountinfo || exit 1; done'
}

@test "mnt: devices that the rootfs brings along do not open" {
	takes_root
	mknod -m 666 "$rootfs/root/null" c 1 3
	if since v0.2; then
		run -1 "$gcr" run -q "$rootfs" /bin/probe open /root/null
		assert_output --partial "Permission denied"
	else
		run -0 "$gcr" run -q "$rootfs" "$build/tests/probe" open "$rootfs/root/null"
	fi
	rm "$rootfs/root/null"
}

@test "mnt: setuid programs of the rootfs gain nothing" {
	cp "$build/tests/probe" "$rootfs/bin/probe-setuid"
	chmod 4755 "$rootfs/bin/probe-setuid"
	if since v0.2; then
		run -0 "$gcr" run -q "$rootfs" /bin/probe as-user /bin/probe-setuid
		assert_output 1000
	else
		chmod 755 "$BATS_RUN_TMPDIR"
		run -0 "$gcr" run -q "$rootfs" "$build/tests/probe" as-user "$rootfs/bin/probe-setuid"
		assert_line 0
	fi
	rm "$rootfs/bin/probe-setuid"
}

@test "mnt: /sys is there to look at only" {
	holds_since v0.2 '[ -d /sys/kernel ] && ! { mkdir /sys/fs/cgroup/x 2>/dev/null && rmdir /sys/fs/cgroup/x; } && grep -q " /sys ro," /proc/self/mountinfo'
}

@test "mnt: what is the host's in /proc is read-only" {
	holds_since v0.2 '
		for path in bus fs irq sys sysrq-trigger; do
			[ ! -e /proc/$path ] || grep -q " /proc/$path ro," /proc/self/mountinfo || exit 1
		done
		same=$(cat /proc/sys/vm/swappiness)
		! echo $same 2>/dev/null >/proc/sys/vm/swappiness'
}

@test "mnt: what tells too much in /proc and /sys is masked" {
	holds_since v0.2 '
		for path in acpi asound kcore keys latency_stats sched_debug scsi timer_list timer_stats; do
			case $(stat -c %F:%t:%T /proc/$path 2>/dev/null) in
				"" | character*:1:3) ;;
				directory*) [ -z "$(ls -A /proc/$path)" ] || exit 1 ;;
				*) exit 1 ;;
			esac
		done
		[ -z "$(ls -A /sys/firmware 2>/dev/null)" ]'
}

@test "mnt: what the host has mounted in /sys is not seen" {
	takes_root
	since v0.2 || return 0
	for place in debug tracing; do
		[ -d /sys/kernel/$place ] || continue
		run -0 changed "mount -t tmpfs none /sys/kernel/$place && touch /sys/kernel/$place/secret" "$gcr" run -q "$rootfs" ls -A /sys/kernel/$place
		assert_output ""
	done
}

# Where a part of it is hidden, the kernel lets nobody mount a new one: as crun does, gcr binds what is there.
@test "mnt: in a container that hides a part of /sys, it sees the same" {
	takes_root
	[ -z "${GCR_USER:-}" ] && since v0.2 || return 0
	run -0 unshare --user --map-root-user --mount sh -c 'mount -t tmpfs none /sys/firmware && exec "$@"' sh \
		"$gcr" run -q "$rootfs" sh -c 'ls -d /sys/kernel; grep -c " /sys ro,nosuid,nodev,noexec" /proc/self/mountinfo'
	assert_output "$(printf '/sys/kernel\n1')"
}

@test "mnt: no filesystem in memory takes all of it" {
	holds_since v0.2 'grep -q " /tmp " /proc/self/mountinfo && ! grep -w tmpfs /proc/self/mountinfo | grep -v " ro," | grep -vE ",size=[0-9]+k"'
	since v0.2 || return 0
	run -0 inside 'df -k /dev /dev/shm | awk "NR > 1 { print \$2 }"'
	assert_output "$(printf '65536\n65536')"
}

@test "mnt: /proc, /sys, /dev, /tmp run no program and know no setuid or device" {
	holds_since v0.2 '
		flags() { awk -v at="$1" "\$5 == at { print \$6 }" /proc/self/mountinfo; }
		[ "$(flags /proc)" = rw,nosuid,nodev,noexec,relatime ] &&
		[ "$(flags /sys)" = ro,nosuid,nodev,noexec,relatime ] &&
		[ "$(flags /dev)" = rw,nosuid,nodev,noexec,relatime ] &&
		[ "$(flags /dev/pts)" = rw,nosuid,noexec,relatime ] &&
		[ "$(flags /dev/shm)" = rw,nosuid,nodev,noexec,relatime ] &&
		[ "$(flags /tmp)" = rw,nosuid,nodev,relatime ] &&
		flags / | grep -q "^rw,nosuid,nodev"'
}

@test "mnt: nor does a mount in the rootfs know setuid or device" {
	takes_root
	since v0.2 || return 0
	run changed "mount -t tmpfs none '$rootfs/root'" "$gcr" run -q "$rootfs" awk '$5 == "/root" { print $6 }' /proc/self/mountinfo
	if since v1.0; then assert_output --partial "is a mount within a lower layer"; else assert_output --regexp '^rw,nosuid,nodev'; fi
}

@test "mnt: its terminal is of its own devpts, and its console" {
	run -0 "$top/tests/terminal" "$gcr run -q '$rootfs' sh -c 'tty; ls /dev/pts; echo x >/dev/console'"
	if since v0.2; then
		assert_line --index 0 --partial /dev/pts/0
		assert_line --index 1 --regexp '0 +ptmx'
		assert_line --index 2 --regexp '^x'
	else
		assert_line --index 0 --partial /dev/pts/
	fi
}

@test "user: it is in a user namespace of its own" {
	holds_since v0.3 "[ \$(readlink /proc/self/ns/user) != '$(readlink /proc/self/ns/user)' ]"
}

@test "user: root inside is the rootfs's owner outside" {
	theirs=$BATS_TEST_TMPDIR/theirs
	make_busybox_rootfs "$theirs"
	[ -n "${GCR_USER:-}" ] || chown -R nobody:nogroup "$theirs"
	chmod 755 "$BATS_RUN_TMPDIR"
	start "$theirs" sh -c 'echo "ready $(id -u)"; exec sleep 1000'
	outside=$(stat -c %U:%G "/proc/$(container_pid)")
	kill -KILL "$gcr_pid"
	assert_equal "$(tail -n 1 "$output_file")" "ready 0"
	if ! since v0.3; then
		assert_equal "$outside" root:root
	elif [ -n "${GCR_USER:-}" ]; then
		assert_equal "$outside" "$GCR_USER:$(id -gn "$GCR_USER")"
	else
		assert_equal "$outside" nobody:nogroup
	fi
}

@test "user: what it writes belongs to its users outside" {
	since v0.3 || return 0
	start "$rootfs" sh -c 'echo x >/root/of-root; echo x >/root/of-33; chown 33:33 /root/of-33; echo ready; exec sleep 1000'
	written=/proc/$(command_pid)/root/root
	assert_equal "$(stat -c %U "$written/of-root")" "${GCR_USER:-root}"
	first=0
	[ -z "${GCR_USER:-}" ] || first=$(($(grep "^$GCR_USER:" /etc/subuid | cut -d : -f 2) - 1))
	assert_equal "$(stat -c %u "$written/of-33")" $((first + 33))
	kill -KILL "$gcr_pid"
	wait "$gcr_pid" || true
	rm -f "$rootfs"/root/of-*
}

@test "user: the container's ids are the caller's and no others" {
	since v0.3 || return 0
	run -0 env USER=root "$gcr" run -q "$rootfs" sh -c 'cat /proc/self/uid_map | tr -s " "'
	if [ -n "${GCR_USER:-}" ]; then
		assert_line --index 0 " 0 $(id -u "$GCR_USER") 1"
		assert_line --index 1 " 1 $(grep "^$GCR_USER:" /etc/subuid | cut -d : -f 2,3 | tr : ' ')"
	else
		assert_line --index 0 " 0 0 1"
		assert_line --index 1 " 1 1 65535"
	fi
	assert [ "${#lines[@]}" -eq 2 ]
}

@test "user: who has no subordinate ids is root alone, and may not leave groups" {
	takes_root
	since v0.3 || return 0
	local net=()
	! lacks_bridge || net=(--net none)
	cp "$build/steps/$step/gcr" "$BATS_TEST_TMPDIR/gcr"
	chmod 755 "$BATS_RUN_TMPDIR"
	GCR_USER=nobody make_busybox_rootfs "$BATS_TEST_TMPDIR/rootfs"
	install -d -o nobody "$BATS_TEST_TMPDIR/data"
	run -0 setpriv --reuid nobody --regid nogroup --clear-groups env GCR_DATA_DIR="$BATS_TEST_TMPDIR/data" \
		"$BATS_TEST_TMPDIR/gcr" run -q "${net[@]}" "$BATS_TEST_TMPDIR/rootfs" sh -c 'id -u; cat /proc/self/uid_map /proc/self/setgroups | tr -s " "'
	assert_line --index 0 "gcr: warning: user $(id -u nobody) has no subordinate ids, so root is the container's only user: scripts/doctor subids says what to do"
	assert_equal "$(printf '%s\n' "${lines[@]:1}")" "$(printf '0\n 0 %s 1\ndeny' "$(id -u nobody)")"
}

# Runs a command where the user has these ranges in /etc/subuid and /etc/subgid: with_ranges "FIRST:COUNT…" COMMAND…
with_ranges() {
	local text='' range
	for range in $1; do text+="$GCR_USER:$range\n"; done
	changed "mount -t tmpfs none /mnt && printf '$text' >/mnt/ids && mount --bind /mnt/ids /etc/subuid && mount --bind /mnt/ids /etc/subgid" "${@:2}"
}

# As podman does.
@test "user: all ranges of subordinate ids are mapped, and no id twice" {
	takes_root
	[ -n "${GCR_USER:-}" ] && since v0.3 || return 0
	own=$(id -u "$GCR_USER")
	run -0 with_ranges "300000:1000 $own:1 400000:65536 400100:5" "$gcr" run -q "$rootfs" sh -c 'cat /proc/self/uid_map /proc/self/gid_map | tr -s " "'
	map=$(printf ' 0 %s 1\n 1 300000 1000\n 1001 400000 65536' "$own")
	assert_output "$map"$'\n'"${map/$own/$(id -g "$GCR_USER")}"
}

@test "user: why newuidmap cannot map" {
	takes_root
	[ -n "${GCR_USER:-}" ] && since v0.3 || return 0
	run -125 setpriv --no-new-privs "$gcr" run -q "$rootfs" true
	assert_line "gcr: newuidmap could not map the ids: no_new_privs is set, so it has no rights: start gcr without it"
	run -125 changed "mount -t tmpfs -o mode=755 none /mnt && cp /usr/bin/newuidmap /mnt && chmod 755 /mnt/newuidmap && mount --bind /mnt/newuidmap /usr/bin/newuidmap" \
		"$gcr" run -q "$rootfs" true
	assert_line "gcr: newuidmap could not map the ids: it is neither setuid nor has a capability: sudo chmod u+s /usr/bin/newuidmap"
	run -125 changed "mount -t tmpfs -o mode=755,nosuid none /mnt && cp -p /usr/bin/newuidmap /mnt && mount --bind /mnt/newuidmap /usr/bin/newuidmap" \
		"$gcr" run -q "$rootfs" true
	assert_line "gcr: newuidmap could not map the ids: /usr/bin/newuidmap is on a filesystem that is mounted nosuid"
}

@test "user: a container around that has no CAP_SETFCAP" {
	[ -z "${GCR_USER:-}" ] && since v0.3 || return 0
	run -125 setpriv --bounding-set -setfcap "$gcr" run -q "$rootfs" true
	assert_output --regexp 'gcr: gcr_write_file\("/proc/[0-9]+/uid_map", "0 0 1\\n1 1 65535\\n"\): Operation not permitted: mapping root needs CAP_SETFCAP'
}

@test "user: a rootfs of root's group, but not root's, is refused" {
	[ -z "${GCR_USER:-}" ] && since v0.3 || return 0
	theirs=$BATS_TEST_TMPDIR/theirs
	make_busybox_rootfs "$theirs"
	chown -R nobody:root "$theirs"
	run -125 "$gcr" run -q "$theirs" true
	assert_output --partial "belongs to user $(id -u nobody), but to root's group"
}

@test "user: root maps what it says it maps" {
	[ -z "${GCR_USER:-}" ] && since v0.3 || return 0
	run -0 "$gcr" run "$rootfs" true
	for kind in uid gid; do
		assert_line --partial "[map] $kind 0 is 0 outside"
		assert_line --partial "[map] $kind 1-65535 are 1-65535 outside"
	done
}

@test "user: capabilities are cut to a short list, for good" {
	# chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service sys_chroot setfcap
	holds_since v0.3 '[ "$(grep ^Cap /proc/self/status | tr -s "\t\n" "  ")" = "CapInh: 0000000000000000 \
CapPrm: 00000000800405fb CapEff: 00000000800405fb CapBnd: 00000000800405fb CapAmb: 0000000000000000 " ]'
	holds_since v0.3 'grep -q "NoNewPrivs:.1" /proc/self/status'
}

@test "user: gcr itself keeps its privileges" {
	start "$rootfs" sh -c 'echo ready; exec sleep 1000'
	run -0 grep NoNewPrivs "/proc/$gcr_pid/status"
	kill -KILL "$gcr_pid"
	assert_output --regexp '0$'
}

@test "user: no supplementary group of the caller's goes along" {
	takes_root
	as=(--groups "4,27")
	[ -z "${GCR_USER:-}" ] || as+=(--reuid "$GCR_USER" --regid "$(id -g "$GCR_USER")")
	program=$gcr
	[ -z "${GCR_USER:-}" ] || program=${gcr%/*}/gcr
	run -0 setpriv "${as[@]}" "$program" run -q "$rootfs" grep ^Groups: /proc/self/status
	if since v0.3; then refute_output --regexp '[1-9]'; else assert_output --partial "4 27"; fi
}

@test "user: it may change its users" {
	since v0.3 || return 0
	run -0 "$gcr" run -q "$rootfs" /bin/probe as-user /bin/probe
	assert_output 1000
}

@test "user: its keys are its own" {
	run -0 in_keyring "$gcr" run -q "$rootfs" "$probe" keyring
	assert_equal "${#lines[@]}" 2
	if since v0.3; then
		assert [ "${lines[1]}" -ne "${lines[0]}" ]
	else
		assert_equal "${lines[1]}" "${lines[0]}"
	fi
}

# --- hostname --------------------------------------------------------------------------------------

@test "uts: its hostname is its id" {
	holds_since v0.4 '[ $(hostname) != '"$(uname -n)"' ] && hostname | grep -qx "[0-9a-f]\{12\}"'
	assert_equal "$(uname -n)" "$(cat /proc/sys/kernel/hostname)"
}

@test "uts: each container has another" {
	since v0.4 || return 0
	assert [ "$(inside hostname)" != "$(inside hostname)" ]
}

@test "uts: --hostname sets another, and the host's stays" {
	host=$(uname -n)
	if ! since v0.4; then
		run -2 "$gcr" run -q --hostname web.example "$rootfs" hostname
		return
	fi
	longest=$(printf 'a%.0s' {1..64})
	for name in web.example A-1 "$longest"; do
		run -0 "$gcr" run -q --hostname "$name" "$rootfs" hostname
		assert_output "$name"
	done
	for name in "" a_b "a b" 'a/b' é "${longest}a"; do
		run -2 "$gcr" run -q --hostname "$name" "$rootfs" hostname
		assert_output "gcr: --hostname '$name': write 1 to 64 letters, digits, '-' and '.'"
	done
	assert_equal "$(uname -n)" "$host"
}

@test "uts: of a hostname with dots, the first part is a name, too" {
	since v0.4 || return 0
	run -0 "$gcr" run -q --hostname web.example.org "$rootfs" sh -c 'cat /etc/hostname; tail -n 1 /etc/hosts'
	assert_output --regexp $'^web.example.org\n[0-9.]+ web.example.org web$'
}

@test "uts: /etc/hostname and /etc/hosts agree, and the rootfs is not written to" {
	since v0.4 || return 0
	theirs=$BATS_TEST_TMPDIR/theirs
	make_busybox_rootfs "$theirs"
	echo before | tee "$theirs/etc/hostname" >"$theirs/etc/hosts"
	run -0 "$gcr" run -q --hostname web "$theirs" sh -c 'cat /etc/hostname; grep -w web /etc/hosts | sed "s/^[0-9.]*/own/"; echo x 2>/dev/null >>/etc/hosts
		stat -c %a /etc/hosts'
	assert_output "$(printf 'web\nown web\n644')"
	assert_equal "$(cat "$theirs/etc/hostname" "$theirs/etc/hosts")" "$(printf 'before\nbefore')"
}

# As in images of NixOS, where they lead to what is there when the system runs.
@test "uts: links in /etc are covered themselves; /etc as a link is refused" {
	since v0.4 || return 0
	evil=$BATS_TEST_TMPDIR/evil
	make_busybox_rootfs "$evil"
	mkdir "$evil/etc/static"
	echo before >"$evil/etc/static/hosts"
	for target in static/hosts /root/target ../../../../../etc/passwd "$BATS_TEST_TMPDIR/hosts"; do
		ln -sf "$target" "$evil/etc/hosts"
		ln -sf "$target" "$evil/etc/hostname"
		run -0 "$gcr" run -q --hostname web "$evil" sh -c 'grep -w web /etc/hosts | sed "s/^[0-9.]*/own/"; cat /etc/hostname; cat /etc/static/hosts; ls /root'
		assert_output "$(printf 'own web\nweb\nbefore')"
		assert_equal "$(readlink "$evil/etc/hosts")" "$target"
	done
	rm -r "${evil:?}/etc" && ln -s "$BATS_TEST_TMPDIR" "$evil/etc"
	run -125 "$gcr" run -q "$evil" true
	assert_output "gcr: rootfs: etc is a symbolic link; gcr does not mount through one"
	assert [ ! -e "$BATS_TEST_TMPDIR/hosts" ]
}

# --- inter-process communication -------------------------------------------------------------------

@test "ipc: System V objects are its own" {
	id=$(ipcmk -M 4096 | grep -o '[0-9]*$')
	run -0 inside 'tail -n +2 /proc/sysvipc/shm | wc -l; [ $(readlink /proc/self/ns/ipc) != '"$(readlink /proc/self/ns/ipc)"' ]; echo $?'
	there=$(tail -n +2 /proc/sysvipc/shm | wc -l)
	ipcrm -m "$id"
	if since v0.5; then assert_output "$(printf '0\n0')"; else assert_output "$(printf '%d\n1' "$there")"; fi
}

@test "ipc: POSIX message queues are its own, at /dev/mqueue" {
	holds_since v0.5 "[ x\$(stat -c %d /dev/mqueue 2>/dev/null) != x$(stat -c %d /dev/mqueue 2>/dev/null) ] &&"'
		grep -q " /dev/mqueue rw,nosuid,nodev,noexec,relatime " /proc/self/mountinfo && [ -z "$(ls /dev/mqueue)" ] &&
		: >/dev/mqueue/one && [ "$(ls /dev/mqueue)" = one ]'
}

# --- control groups --------------------------------------------------------------------------------

@test "cgroup: it is in a cgroup namespace of its own, and in its root" {
	holds_since v0.6 "[ \$(readlink /proc/self/ns/cgroup) != '$(readlink /proc/self/ns/cgroup)' ]"
	! since v0.6 || inside 'grep -qx 0::/ /proc/self/cgroup'
}

@test "cgroup: the host's hierarchy is out of sight" {
	local hosts
	hosts=$(stat -c %d:%i /sys/fs/cgroup)
	run -0 inside 'stat -c %d:%i /sys/fs/cgroup'
	# The sysfs of v0.2 is its own; from v0.3 on it is the host's, with the cgroups in it.
	if since v0.6 || [ "$step" = v0.2-mnt ]; then refute_output "$hosts"; else assert_output "$hosts"; fi
}

@test "cgroup: of its own it sees the tree below, to look at only" {
	since v0.6 || return 0
	run -0 inside 'grep " /sys/fs/cgroup " /proc/self/mountinfo | tail -n 1'
	assert_output --regexp '^[0-9]+ [0-9]+ [0-9:]+ / /sys/fs/cgroup ro,nosuid,nodev,noexec,.* - cgroup2 cgroup2 '
	run ! inside 'mkdir /sys/fs/cgroup/x'
}

# --- network ---------------------------------------------------------------------------------------

# Has a process of the host's listen on the socket that a line of Perl makes.
listen_on_the_host() {
	perl -MIO::Socket -e '$| = 1; my $socket = '"$1"' or die $!; print $socket->sockport, "\n" if $socket->can("sockport");
		print "ready\n"; while (my $client = $socket->accept) { close $client }' >"$BATS_TEST_TMPDIR/host" 3>&- &
	host_pid=$!
	retry 100 'grep -q ready "$BATS_TEST_TMPDIR/host"'
}

@test "net: it is in a network namespace of its own" {
	holds_since v0.7 "[ \$(readlink /proc/self/ns/net) != '$(readlink /proc/self/ns/net)' ]"
}

@test "net: it sees no links but its own, and can change none" {
	holds_since v0.7 '[ "$(ls /sys/class/net | grep -v "^eth0$")" = lo ] && [ $(grep -c : /proc/net/dev) -eq $(ls /sys/class/net | wc -l) ] &&
		ip link show lo | grep -q LOWER_UP && ! ip link set lo down 2>/dev/null'
}

@test "net: what listens on the host's 127.0.0.1 is out of reach" {
	listen_on_the_host 'IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1")'
	port=$(head -n 1 "$BATS_TEST_TMPDIR/host")
	holds_since v0.7 "! busybox nc 127.0.0.1 $port </dev/null 2>/dev/null"
}

@test "net: the host's abstract sockets are out of reach" {
	listen_on_the_host 'IO::Socket::UNIX->new(Listen => 5, Local => "\0'"$marker"'")'
	holds_since v0.7 "! grep -q '@$marker' /proc/net/unix"
}

# --- system calls ----------------------------------------------------------------------------------

@test "syscalls: the command and PID 1 are under a filter" {
	holds_since v0.9 '[ "$(sed -n "s/^Seccomp:\t//p" /proc/self/status /proc/1/status | paste -sd " ")" = "2 2" ]'
}

# Of its arguments, the kernel may take the lower 32 bits alone: garbage in the others changes nothing.
@test "syscalls: those that the profile refuses return what it says" {
	holds_since v0.9 "$probe calls"
	! since v0.9 || assert_output ""
}

@test "syscalls: a program of 64 bits gets no further with calls of 32 bits, nor one of 32 with calls of 64" {
	[ "$(uname -m)" != aarch64 ] || skip "arm64 has no such calls"
	run "$gcr" run -q "$rootfs" "$probe" call-other
	[ "$status" -ne 139 ] || skip "this kernel makes no such calls"
	if since v0.9; then assert_output EPERM; else assert_output success; fi
}

@test "syscalls: user.max_user_namespaces is 0, and stays 0" {
	hosts=$(cat /proc/sys/user/max_user_namespaces)
	holds_since v0.9 '[ "$(cat /proc/sys/user/max_user_namespaces)" -eq 0 ]'
	since v0.9 || return 0
	run -1 inside 'echo 100 >/proc/sys/user/max_user_namespaces'
	assert_output --partial "Read-only file system"
	assert_equal "$(cat /proc/sys/user/max_user_namespaces)" "$hosts"
}

@test "syscalls: --security-opt seccomp=unconfined leaves both out, and warns" {
	since v0.9 || { run -2 "$gcr" run -q --security-opt seccomp=unconfined "$rootfs" true; return; }
	run -0 "$gcr" run -q --security-opt seccomp=unconfined "$rootfs" sh -c '
		sed -n "s/^Seccomp:\t//p" /proc/self/status /proc/1/status; unshare -U echo allowed; probe calls "socket(NETLINK_AUDIT)"'
	assert_output "$(printf '%s\n' "gcr: warning: no seccomp filter: the container may make every system call" 0 0 allowed success)"
	for value in "" seccomp seccomp= seccomp=Unconfined seccomp=profile.json unconfined no-new-privileges; do
		run -2 "$gcr" run -q --security-opt "$value" "$rootfs" true
		assert_output "gcr: --security-opt '$value': there is only seccomp=unconfined"
	done
}

# --- a rootfs is untrusted -------------------------------------------------------------------------

@test "mnt: no symbolic link in the rootfs redirects a mount" {
	evil=$BATS_TEST_TMPDIR/evil
	for link in proc:/etc sys:/etc dev:/etc dev:../../.. proc:. dev:none; do
		rm -rf "$evil" && make_busybox_rootfs "$evil" && mkdir "$evil/root/etc"
		rmdir "$evil/${link%%:*}" && ln -s "${link#*:}" "$evil/${link%%:*}"
		since v0.2 || { "$gcr" run -q "$evil" true; continue; } # nothing is mounted
		run -125 "$gcr" run -q "$evil" true
		assert_output "gcr: rootfs: ${link%%:*} is a symbolic link; gcr does not mount through one"
	done
}

@test "mnt: a /tmp that is a link is followed, but not out of the rootfs" {
	since v0.2 || return 0
	odd=$BATS_TEST_TMPDIR/odd
	make_busybox_rootfs "$odd"
	mkdir -p "$odd/var/tmp"
	[ -z "${GCR_USER:-}" ] || chown -R "$GCR_USER:" "$odd"
	for target in var/tmp /var/tmp ../../../../var/tmp; do
		rm -rf "$odd/tmp" && ln -s "$target" "$odd/tmp"
		run -0 "$gcr" run -q "$odd" sh -c 'touch /tmp/new && ls /var/tmp && grep -c " /var/tmp .* tmpfs " /proc/self/mountinfo'
		assert_output "$(printf 'new\n1')"
		assert_equal "$(ls -A "$odd/var/tmp")" ""
	done
	ln -sfn /home "$odd/tmp"
	run -125 "$gcr" run -q "$odd" true
	assert_output "gcr: rootfs: tmp is a symbolic link that leads nowhere"
	ln -sfn proc "$odd/tmp"
	run -125 "$gcr" run -q "$odd" true
	assert_output "gcr: rootfs: cannot mount on tmp: Invalid cross-device link"
}

@test "mnt: what is renamed on the machine meanwhile disturbs no lookup" {
	[ -z "${GCR_USER:-}" ] && since v0.2 || return 0 # strace takes what newuidmap needs; the calls are the same
	local options=() traced=(env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -e trace=openat2)
	! since v1.0 || options=(-v "$BATS_TEST_TMPDIR:/mnt" -w /srv -u 65534)
	# openat2(2) fails, and succeeds when it is called again.
	run -0 "${traced[@]}" -e inject=openat2:error=EAGAIN:when=1+2 "$gcr" run -q "${options[@]}" "$rootfs" /bin/echo works
	assert_output works
	# It fails always.
	run -125 "${traced[@]}" -e inject=openat2:error=EAGAIN "$gcr" run -q "$rootfs" true
	assert_output --partial "Resource temporarily unavailable"
}

@test "mnt: a rootfs that the container's root may not enter" {
	takes_root
	[ -n "${GCR_USER:-}" ] && since v0.3 || return 0
	closed=$BATS_TEST_TMPDIR/closed
	make_busybox_rootfs "$closed"
	chown root: "$closed" && chmod 700 "$closed"
	run -125 "$gcr" run -q "$closed" true
	assert_output "gcr: the container's root may not enter the rootfs: Permission denied"
}

@test "mnt: mount points that are missing are made, and those that are files refused" {
	odd=$BATS_TEST_TMPDIR/odd
	make_busybox_rootfs "$odd"
	rmdir "$odd"/{dev,proc,sys,tmp}
	umask 077
	since v0.2 || { "$gcr" run -q "$odd" true; assert [ ! -e "$odd/proc" ]; return; }
	run -0 "$gcr" run -q "$odd" sh -c 'ls / | tr "\n" " "'
	assert_output "bin dev etc proc root sys tmp usr "
	if since v1.0; then
		assert [ ! -e "$odd/proc" ] # only in the layer above
	else
		assert_equal "$(stat -c %a "$odd/proc")" 755
		rmdir "$odd/proc"
	fi
	touch "$odd/proc"
	run -125 "$gcr" run -q "$odd" true
	assert_output 'gcr: rootfs: cannot mount on proc: Not a directory'
}

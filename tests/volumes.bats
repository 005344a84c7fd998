# Volumes: -v, --mount, --tmpfs and --read-only. scripts/test runs this file as root and as an ordinary user.

load helpers

setup_file() {
	prepare_step
}

setup() {
	# What the caller has on the host. The tests name it by relative paths, too.
	host=$BATS_TEST_TMPDIR/host
	mkdir -p "$host"/data/sub
	echo intact >"$host/data/file"
	echo intact >"$host/file"
	[ -z "${GCR_USER:-}" ] || chown -R "$GCR_USER:" "$host"
	cd "$host" || return
}

teardown() {
	[ -z "${gcr_pid:-}" ] || kill -KILL "$gcr_pid" 2>/dev/null || true
	[ -z "${swapper:-}" ] || kill "$swapper" 2>/dev/null || true
	cd /
	umount --recursive "$host/mounted" 2>/dev/null || true
}

# Runs shell code in a container: with OPTION… CODE
with() {
	"$gcr" run -q "${@:1:$#-1}" "$rootfs" sh -c "${!#}"
}

# Asserts that gcr refuses these options, with the status and the one line that says why: refused STATUS LINE OPTION…
refused() {
	run -"$1" "$gcr" run -q "${@:3}" "$rootfs" true
	assert_output "gcr: $2"
}

# Makes a rootfs of the test's own, $rootfs, as an attacker would: it is to be changed.
copy_rootfs() {
	cp -a "$rootfs" "$BATS_TEST_TMPDIR/rootfs"
	rootfs=$BATS_TEST_TMPDIR/rootfs
	[ -n "${GCR_USER:-}" ] || chmod 700 "$rootfs"
}

# --- what a volume is ------------------------------------------------------------------------------

@test "a directory: both sides see what the other writes, and it belongs to the caller" {
	run -0 with -v "$host/data:/data" 'cat /data/file && echo inside >/data/new'
	assert_output intact
	assert_equal "$(cat data/new)" inside
	assert_equal "$(stat -c %U data/new)" "${GCR_USER:-root}"
}

@test "a file, a FIFO and a socket" {
	mkfifo fifo
	perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "socket", Listen => 1) or die'
	[ -z "${GCR_USER:-}" ] || chown "$GCR_USER" fifo socket
	(timeout 10 cat fifo >heard) 3>&- &
	run -0 with -v ./file:/a/file -v ./fifo:/fifo -v ./socket:/run/socket \
		'cat /a/file && test -S /run/socket && echo changed >/a/file && echo hello >/fifo'
	assert_output intact
	assert_equal "$(cat file)" changed
	wait $!
	assert_equal "$(cat heard)" hello
}

@test ":ro is read-only, with all that is mounted below, and the host's stays writable" {
	takes_root
	mkdir mounted
	mount -t tmpfs -o mode=777 none mounted
	mkdir -m 777 mounted/sub
	mount -t tmpfs -o mode=777 none mounted/sub
	for option in "-v ./mounted:/data:ro" "--mount type=bind,source=mounted/,target=/data,readonly"; do
		# shellcheck disable=SC2086 # words
		run -0 with $option 'for f in /data/x /data/sub/x; do ! echo >$f; done 2>&1; chmod 700 /data 2>&1 || true'
		assert_output --partial "can't create /data/x: Read-only file system"
		assert_output --partial "can't create /data/sub/x: Read-only file system"
		assert_output --partial "chmod: /data: Read-only file system"
	done
	touch mounted/x mounted/sub/x
	run -0 with -v ./mounted:/data:rw 'echo >/data/y && echo >/data/sub/y'
}

@test "setuid bits and devices have no effect in it, and with noexec no program" {
	cp -L "$rootfs/bin/busybox" data/busybox
	run -0 with -v ./data:/data -v ./data:/never:noexec,ro 'grep -E " /(data|never) " /proc/mounts; /data/busybox true; ! /never/busybox true'
	assert_line --regexp "/data .* rw,nosuid,nodev,"
	assert_line --regexp "/never .* ro,nosuid,nodev,noexec,"
	assert_output --partial "/never/busybox: Permission denied"
}

@test "what the host's mount forbids stays forbidden" {
	takes_root
	mkdir mounted
	mount -t tmpfs -o ro,noexec,noatime none mounted
	run -0 with -v ./mounted:/data:rw,exec 'grep " /data " /proc/mounts; ! touch /data/x'
	assert_line --regexp "/data tmpfs ro,nosuid,nodev,noexec,noatime"
}

@test "what a mount of the host's hides stays hidden" {
	takes_root
	mkdir -p mounted/secret
	echo hidden >mounted/secret/file
	mount --bind mounted mounted
	mount -t tmpfs none mounted/secret
	run -0 with -v ./mounted:/data 'ls /data/secret; umount /data/secret 2>/dev/null; ls /data/secret'
	refute_output
}

@test "later mounts show on neither side" {
	takes_root
	mkdir mounted
	mount -t tmpfs -o mode=777 none mounted
	mount --make-shared mounted
	mkdir -m 777 mounted/sub
	start -v ./mounted:/data "$rootfs" sh -c 'grep -o " /data.*" /proc/self/mountinfo; echo ready; until [ -e /data/go ]; do sleep 0.1; done; ls /data/sub'
	mount -t tmpfs none mounted/sub
	touch mounted/sub/file mounted/go
	ended_with 0
	refute_regex "$(cat "$output_file")" "shared:|master:"
	refute_regex "$(cat "$output_file")" "file"
}

@test "it may be on an overlay, on a tmpfs, and the container's own rootfs" {
	takes_root
	mkdir -p mounted/{lower,upper,work,merged,tmpfs}
	mount --bind mounted mounted
	mount -t tmpfs none mounted/tmpfs
	mount -t overlay -o "lowerdir=$host/mounted/lower,upperdir=$host/mounted/upper,workdir=$host/mounted/work" none mounted/merged
	chown -R "${GCR_USER:-root}" mounted
	run -0 with -v ./mounted/merged:/a -v ./mounted/tmpfs:/b -v "$rootfs:/c" 'touch /a/x /b/x && ls /c/bin/busybox'
	assert [ -e mounted/upper/x ]
	assert [ -e mounted/tmpfs/x ]
}

@test "a hundred volumes" {
	local options=()
	for i in {1..100}; do options+=(-v "./data:/volumes/$i"); done
	run -0 with "${options[@]}" 'cat /volumes/*/file | sort | uniq -c'
	assert_output --regexp "^ *100 intact$"
	if [ -z "${GCR_USER:-}" ]; then
		run -125 bash -c 'ulimit -n 64; "$@"' bash "$gcr" run -q "${options[@]}" "$rootfs" true
		assert_output --partial "too many open files: gcr opens one for each volume: ulimit -n"
	fi
}

# --- the source ------------------------------------------------------------------------------------

@test "a source may be relative, a symbolic link, and have a colon or a comma in its name" {
	ln -s data link
	mkdir a:b a,b 'a"b'
	touch a:b/colon a,b/comma 'a"b/quote'
	run -0 with -v .:/1 -v ./link:/2 -v "$host/data/../data/:/3" -v link/sub:/4 --mount type=bind,src=a:b,dst=/5 \
		--mount '"type=bind","source=a,b",destination=/6' --mount 'type=bind,"source=a""b",target=/7' \
		'ls /1/file /2/file /3/file /5 /6 /7 && ls /4'
	assert_output "/1/file
/2/file
/3/file

/5:
colon

/6:
comma

/7:
quote"
}

@test "a source that is not there, closed, or none gets one line" {
	refused 125 "-v ./none:/data: ./none: no such file or directory; mkdir -p makes a directory" -v ./none:/data
	refused 125 "--mount type=bind,src=$host/none,dst=/x: $host/none: no such file or directory; mkdir -p makes a directory" \
		--mount "type=bind,src=$host/none,dst=/x"
	refused 125 "-v ./file/:/data: ./file/: Not a directory" -v ./file/:/data
	ln -s loop loop
	refused 125 "-v ./loop:/data: ./loop: Too many levels of symbolic links" -v ./loop:/data
	refused 125 "-v /dev/null:/data: /dev/null is a device, which nothing in a volume is (nodev)" -v /dev/null:/data
	refused 2 "-v data:/data: gcr has no named volumes; for a directory, write ./data" -v data:/data
	assert [ ! -e none ]
}

@test "a source that its caller may not reach" {
	[ -n "${GCR_USER:-}" ] || skip "root may reach all"
	takes_root
	mkdir -m 700 "$BATS_TEST_TMPDIR/closed"
	mkdir -m 755 "$BATS_TEST_TMPDIR/closed/data"
	refused 125 "-v ../closed/data:/data: ../closed/data: gcr's caller may not reach it" -v ../closed/data:/data
}

@test "a source of another mount namespace" {
	takes_root
	unshare --mount sh -c 'mount -t tmpfs none /mnt; echo $$; exec sleep 60' >"$BATS_TEST_TMPDIR/pid" 3>&- &
	swapper=$!
	retry 50 '[ -s "$BATS_TEST_TMPDIR/pid" ]'
	run -125 "$gcr" run -q -v "/proc/$(cat "$BATS_TEST_TMPDIR/pid")/root/mnt:/data" "$rootfs" true
	if [ -z "${GCR_USER:-}" ]; then
		assert_output --partial ": its mount cannot be shown elsewhere: it is unbindable, or not of this mount namespace"
	fi
	assert_equal "${#lines[@]}" 1
}

@test "a source in a directory that only its caller, or one of the caller's groups, may enter" {
	mkdir -m 700 private
	mkdir -m 755 private/data
	echo mine >private/data/file
	[ -z "${GCR_USER:-}" ] || chown -R "$GCR_USER:" private
	run -0 with -v ./private/data:/data 'cat /data/file'
	assert_output mine
	if [ -n "${GCR_USER:-}" ] && [ "$EUID" -eq 0 ]; then
		chown -R root:4321 private
		chmod 710 private
		run -0 setpriv --reuid "$GCR_USER" --regid "$(id -g "$GCR_USER")" --groups 4321 \
			env GCR_DATA_DIR="$PWD/gcr" "${gcr%/*}/gcr" run -q -v ./private/data:/data "$rootfs" cat /data/file
		assert_line mine
	fi
}

@test "root's gcr on another user's rootfs: root opens the source, and that user's rights hold inside" {
	takes_root
	[ -z "${GCR_USER:-}" ] || skip "for root"
	copy_rootfs
	chown -R learner: "$rootfs"
	chmod 755 "$BATS_RUN_TMPDIR"
	mkdir -m 700 private another
	mkdir -m 755 private/data another/data
	mkdir -m 700 private/closed
	echo hello >private/data/file
	chown daemon another
	run -0 with -v ./private/data:/data -v ./private/closed:/closed -v ./another/data:/another 'cat /data/file; ! ls /closed; ! touch /data/x'
	assert_line hello
	assert_line "ls: can't open '/closed': Permission denied"
	assert_line "touch: /data/x: Permission denied"
	chmod 700 "$BATS_RUN_TMPDIR"
}

# --- the target ------------------------------------------------------------------------------------

@test "a missing target is made, and neither the rootfs nor the host changes" {
	before=$(find "$rootfs" "$host" -printf '%p %M %T@\n' | sort)
	umask 077
	run -0 with -v ./data:/new/a/b -v ./file:/new/file -v ./data:/tmp/a/b -v ./file:/dev/log --tmpfs /new/t -v ./data:/new/t/data \
		'stat -c %a /new /new/a /tmp/a; cat /new/a/b/file /new/file /tmp/a/b/file /dev/log /new/t/data/file | uniq -c'
	assert_output "755
755
755
      5 intact"
	assert_equal "$(find "$rootfs" "$host" -printf '%p %M %T@\n' | sort)" "$before"
}

@test "the order of the options is of no account: a volume never hides another" {
	mkdir data/deep
	run -0 with -v ./file:/data/file -v ./data/sub:/data/sub/deep -v ./data:/data/sub -v ./data:/data 'mount | grep -o " on /data[^ ]*"'
	assert_output " on /data
 on /data/file
 on /data/sub
 on /data/sub/deep"
}

@test "gcr makes nothing in a volume" {
	refused 125 "-v ./data:/data/none/a: /data has no none, and gcr makes nothing in a volume: make it first" \
		-v ./data:/data -v ./data:/data/none/a
	refused 125 "--tmpfs /data/none: /data has no none, and gcr makes nothing in a volume: make it first" \
		-v ./data:/data:ro --tmpfs /data/none
	run -0 with -v ./data:/data --tmpfs /data/sub -v ./file:/data/sub/a/b 'cat /data/sub/a/b'
	assert_output intact
	copy_rootfs
	mkdir -p "$rootfs/data/sub"
	ln -s data/sub "$rootfs/link"
	refused 125 "-v ./file:/data/sub/none: /data/sub has no none, and gcr makes nothing in a volume: make it first" \
		--tmpfs /link -v ./data:/data -v ./file:/data/sub/none
	assert_equal "$(find data)" "data
data/file
data/sub"
}

@test "a file on a directory, and a directory on a file" {
	refused 125 "-v ./file:/etc: /etc is a directory in the container, and a file cannot be mounted on it" -v ./file:/etc
	refused 125 "-v ./data:/etc/hosts: /etc/hosts is a file in the container, and a directory cannot be mounted on it" \
		-v ./data:/etc/hosts
	refused 125 "--tmpfs /bin/busybox: /bin/busybox is a file in the container, and a directory cannot be mounted on it" \
		--tmpfs /bin/busybox
	refused 125 "-v ./file:/bin/busybox/x: /bin/busybox/x in the container: Not a directory" -v ./file:/bin/busybox/x
}

@test "a volume takes the place of a file that gcr has mounted in /etc" {
	run -0 with -v ./file:/etc/hosts -v ./file:/etc/hostname -v ./file:/etc/resolv.conf \
		'cat /etc/hosts /etc/hostname /etc/resolv.conf | uniq -c; grep -c /etc/ /proc/mounts'
	assert_output --regexp "^ *3 intact
[34]$" # there is a resolv.conf below where the host has one
	run -0 with -v ./data:/etc 'ls /etc'
	assert_output "file
sub"
}

@test "what gcr itself needs is no target" {
	for path in / /. /proc /proc/sys/kernel /sys /sys/fs/cgroup /dev //dev/./ /dev/pts /dev/pts/0 /dev/ptmx /dev/console; do
		run -2 "$gcr" run -q -v "./data:$path" "$rootfs" true
		assert_output --regexp "^gcr: -v ./data:$path: /[a-z/0]* is gcr's own$"
		run -2 "$gcr" run -q --tmpfs "$path" "$rootfs" true
	done
	run -0 with -v ./data:/dev/shm -v ./data:/processes -v ./data:/dev/ptsd 'cat /dev/shm/file /processes/file /dev/ptsd/file | uniq'
	assert_output intact
}

@test "one target, two volumes" {
	refused 2 "--tmpfs //data/.: duplicate mount point /data: see -v ./data:/data/" -v ./data:/data/ --tmpfs //data/.
	run -0 with -v ./data:/data:rprivate,cached -v ./data:/datas:rbind,nosuid,nodev 'cat /datas/file'
}

# --- attacks ---------------------------------------------------------------------------------------

@test "attack: no symbolic link of the rootfs leads a mount out" {
	# CVE-2021-30465
	copy_rootfs
	mkdir "$host/victim"
	local n=0 links=("$host/victim" "../../../../../../../../../../$host/victim" "/proc/self/cwd/victim" "/proc/self/root$host/victim"
		"/proc/1/root$host/victim" "/dev/fd/3")
	for link in "${links[@]}" ; do ln -s "$link" "$rootfs/link$((++n))"; done
	before=$(cat /proc/self/mountinfo)
	for n in {1..6}; do
		run -125 "$gcr" run -q -v "./data:/link$n" "$rootfs" true
		assert_regex "$output" "^gcr: -v ./data:/link$n: .*(leads|gcr's own)"
		assert_equal "${#lines[@]}" 1
		run -125 "$gcr" run -q --tmpfs "/link$n/x" "$rootfs" true
	done
	# Links lead to a place inside.
	mkdir "$rootfs/usr/place"
	ln -s ../../../usr/place "$rootfs/link7"
	ln -s /link7/../place "$rootfs/link8"
	run -0 with -v ./data:/link8 'cat /usr/place/file'
	assert_output intact
	assert_equal "$(ls -A "$host/victim")" ""
	assert_equal "$(cat /proc/self/mountinfo)" "$before"
}

@test "attack: no symbolic link of the rootfs leads a mount to /, /proc or /sys" {
	# CVE-2019-19921, CVE-2023-27561
	copy_rootfs
	local n=0
	for link in / ../.. /proc proc/sys /proc/acpi /sys/fs/cgroup /sys/kernel /dev /dev/pts /tmp/../proc; do
		ln -s "$link" "$rootfs/link$((++n))"
	done
	for n in {1..10}; do
		run -125 "$gcr" run -q -v "./data:/link$n" "$rootfs" true
		assert_regex "$output" "^gcr: -v ./data:/link$n: /[a-z/]* is gcr's own$"
	done
	for n in 3 4 5 6 7 9; do
		run -125 "$gcr" run -q -v "./data:/link$n/bus" "$rootfs" true
		assert_regex "$output" "is gcr's own$"
	done
}

@test "attack: a link in one volume leads another nowhere but inside" {
	# CVE-2019-14271, CVE-2019-19921: what is in a volume may come from another container.
	mkdir victim
	ln -s "$host/victim" data/link
	ln -s /proc data/proc
	ln -s ../../../../.. data/up
	refused 125 "-v ./data:/data/proc: /proc is gcr's own" -v ./data:/data -v ./data:/data/proc
	refused 125 "-v ./data:/data/up: / is gcr's own" -v ./data:/data -v ./data:/data/up
	refused 125 "-v ./data:/data/link: /data/link is a symbolic link that leads nowhere" -v ./data:/data -v ./data:/data/link
	run -0 with -v ./data:/data -v ./data:/data/up/new 'cat /new/file'
	assert_equal "$(ls -A victim)" ""
}

@test "attack: a link that is swapped meanwhile" {
	# CVE-2021-30465: another container with the same volume replaces a directory by a link while gcr mounts on it.
	copy_rootfs
	mkdir -p victim data/a
	ln -s "../../../../../../..$host/victim" data/b
	[ -z "${GCR_USER:-}" ] || chown -hR "$GCR_USER:" .
	perl -MPOSIX -e 'my $renameat2 = { x86_64 => 316, aarch64 => 276, i686 => 353 }->{(POSIX::uname)[4]}; my ($a, $b) = ("data/a", "data/b");
		alarm 60; for (;;) { syscall($renameat2, -100, $a, -100, $b, 2) == 0 or die "$!" }' 3>&- &
	swapper=$!
	before=$(grep -c . /proc/self/mountinfo)
	for _ in {1..20}; do
		run "$gcr" run -q -v ./data:/data -v ./data:/data/a --tmpfs /data/a/x "$rootfs" true
		[ "$status" -eq 0 ] || assert_regex "$output" "^gcr: .*(leads nowhere|makes nothing)"
	done
	kill "$swapper"
	assert_equal "$(ls -A victim)" ""
	assert_equal "$(grep -c . /proc/self/mountinfo)" "$before"
}

# --- --tmpfs ---------------------------------------------------------------------------------------

@test "--tmpfs: an empty directory in memory, with a size, a mode and an owner" {
	run -0 with --tmpfs /a:size=1m,mode=0710,nr_inodes=10 --tmpfs /usr --tmpfs /new --tmpfs /x:exec --tmpfs /r:ro \
		--mount type=tmpfs,target=/m,tmpfs-size=2m,tmpfs-mode=700 '
		stat -c "%n %a %u %g" /a /usr /new /m; ls /usr; df -k /a /m | grep -oE "(1024|2048) .*0%.*"; grep tmpfs /proc/mounts
		head -c 2000000 /dev/zero >/a/big || echo it is full; ! touch /r/x'
	assert_line "/a 710 0 0"
	assert_line "/usr 755 0 0"
	assert_line "/new 1777 0 0"
	assert_line "/m 700 0 0"
	assert_line --regexp "^1024 .* /a$"
	assert_line --regexp "^2048 .* /m$"
	assert_line --regexp "^tmpfs /a tmpfs rw,nosuid,nodev,noexec,relatime,size=1024k,nr_inodes=10,mode=710"
	assert_line --regexp "^tmpfs /x tmpfs rw,nosuid,nodev,relatime"
	assert_line --regexp "^tmpfs /r tmpfs ro,"
	assert_line "it is full"
	assert [ -e "$rootfs/usr/bin" ]
}

@test "--tmpfs: an owner, one that the container has" {
	refused 125 'mount("tmpfs", path_of(place).text, "tmpfs", flags, "mode=1777,uid=4000000"): Invalid argument: the container has no such user or group' \
		--tmpfs /a:uid=4000000
	run -0 with --tmpfs /a:uid=7,gid=8 'stat -c "%u %g" /a'
	assert_output "7 8"
}

@test "--tmpfs in place of gcr's own /tmp and /dev/shm" {
	run -0 with --tmpfs /tmp:size=1m,mode=700 --tmpfs /dev/shm:size=2m 'stat -c "%a" /tmp; df -k /tmp /dev/shm | grep -oE " (1024|2048) .* 0%.*"'
	assert_output --regexp "^700
 1024 .*/tmp
 2048 .*/dev/shm$"
}

# --- --read-only -----------------------------------------------------------------------------------

@test "--read-only: only volumes, /tmp and /dev can be written" {
	run -0 with --read-only -v ./data:/data --tmpfs /run 'touch /data/x /run/x /tmp/x /dev/shm/x /dev/x
		for path in / /bin /etc /usr /new; do ! touch $path/x; done 2>&1; ! echo >>/etc/hosts; ! echo >>/etc/hostname'
	for path in / /bin /etc /usr; do assert_line "touch: $path/x: Read-only file system"; done
	assert_line --regexp "/etc/hosts: Read-only"
	assert_line --regexp "/etc/hostname: Read-only"
}

@test "--read-only: the volumes of the image stay writable" {
	copy_rootfs
	mkdir "$rootfs/data"
	touch "$rootfs/data/file"
	chown -R "${GCR_USER:-root}:" "$rootfs/data"
	echo '{ "architecture": "amd64", "os": "linux", "rootfs": { "type": "layers", "diff_ids": [] },
		"config": { "Volumes": { "/data": {}, "/new/a/": {}, "/mine": {} } } }' >"$rootfs.json"
	chown "${GCR_USER:-root}" "$rootfs.json"
	run -0 with --read-only -v ./data:/mine 'ls /data; touch /data/x /new/a/x /mine/x; ! touch /new/x'
	assert_output "file
touch: /new/x: Read-only file system"
	assert [ ! -e "$rootfs/data/x" ]
	run -0 with 'ls -d /data /new/a /mine'
}

# --- the command line ------------------------------------------------------------------------------

@test "a volume that makes no sense gets one line and status 2" {
	form="write HOST:CONTAINER[:ro], as in ./data:/data; for a path with a colon, see --mount"
	for text in "" : :: ./data ./data: :/data ./data:/data:ro:rw; do refused 2 "-v $text: $form" -v "$text"; done
	refused 2 "-v ./data:data: data: write a path in the container from / on, without .." -v ./data:data
	refused 2 "-v ./data:/a/../b: /a/../b: write a path in the container from / on, without .." -v ./data:/a/../b
	refused 2 "-v ./data:/data:z: z: gcr sets no SELinux labels: leave it out" -v ./data:/data:z
	refused 2 "-v ./data:/data:ro,U: U: gcr changes no owner: chown the files on the host" -v ./data:/data:ro,U
	refused 2 "-v ./data:/data:rshared: rshared: a mount in a volume of gcr's never shows elsewhere" -v ./data:/data:rshared
	refused 2 "-v ./data:/data:rx: there is no 'rx'; there are ro, rw, noexec, exec" -v ./data:/data:rx
	refused 2 "-v ./data:/data:ro=1x: ro=1x: write ro" -v ./data:/data:ro=1x
	refused 2 "--mount type=bind,dst=/x: source=PATH is missing" --mount type=bind,dst=/x
	refused 2 "--mount type=bind,src=/x: target=PATH is missing" --mount type=bind,src=/x
	refused 2 "--mount src=/x,dst=/x: type=bind or type=tmpfs is missing" --mount src=/x,dst=/x
	refused 2 "--mount type=volume,dst=/x: type=volume: write type=bind or type=tmpfs" --mount type=volume,dst=/x
	refused 2 "--mount type=tmpfs,src=./data,dst=/x: a tmpfs has no source" --mount type=tmpfs,src=./data,dst=/x
	refused 2 "--mount type=bind,\"src=a: write a value with a comma as in \"source=a,b\"" --mount 'type=bind,"src=a'
	refused 2 "--tmpfs /x:size=0: size=0: write size=64m or size=10%" --tmpfs /x:size=0
	refused 2 "--tmpfs /x:mode=8: mode=8: write mode=1777" --tmpfs /x:mode=8
	refused 2 "--tmpfs x: x: write a path in the container from / on, without .." --tmpfs x
}

@test "--help names them" {
	run -0 "$gcr" run --help
	assert_line --regexp "-v, --volume VOLUME +HOST:CONTAINER\[:ro\]: "
	assert_line --regexp "--mount SETTINGS +type=bind,source=HOST,target=CONTAINER\[,readonly\]: "
	assert_line --regexp "--tmpfs TMPFS +CONTAINER\[:size=64m,mode=755\]: "
	assert_line --regexp "--read-only +only volumes, /tmp and /dev can be written"
}

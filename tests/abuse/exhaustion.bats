# What gcr does if something runs out, or has changed meanwhile. It works, or says in one line what is wrong, with status 125.
# Either way it ends and leaves nothing behind.

# shellcheck disable=SC2030,SC2031 # each test is a process of its own
load ../helpers

setup_file() {
	export rootfs=$BATS_FILE_TMPDIR/rootfs
	make_busybox_rootfs "$rootfs"
}

setup() {
	use_step "$last_step"
}

teardown() {
	chmod 700 "$BATS_RUN_TMPDIR"
	[ -z "${tracer:-}" ] || kill -KILL "$tracer" 2>/dev/null || true
	nothing_is_left
}

nothing_is_left() {
	retry 100 '! pgrep -f "run -q $BATS_RUN_TMPDIR" >/dev/null'
	refute grep "$BATS_RUN_TMPDIR" /proc/self/mounts
	nothing_is_kept
}

# Asserts that a command starts a container that prints "works", or says why it can't.
works_or_says() {
	run timeout 20 "${@:2}"
	nothing_is_left
	output=$(sed "/^gcr: warning: user .* has no subordinate ids/d" <<<"$output") # nor are they there
	mapfile -t lines <<<"$output"
	[ "$status $output" = "0 works" ] || says "$1"
}

# Asserts that the last run failed with one line, which names the reason.
says() {
	assert_equal "$status" 125
	assert_output --regexp "^gcr: .*$1"
	[ "${#lines[@]}" -eq 1 ] || fail "more than a line: $output"
}

works() {
	run timeout 20 "$@"
	assert_output works
	assert_success
}

# Runs shell code in a mount namespace of its own: with $0, which starts "works" in the directory $1.
apart() {
	printf '#!/bin/sh\nexec "%s" run -q "$1" echo works\n' "$gcr" >"$BATS_TEST_TMPDIR/start"
	chmod +x "$BATS_TEST_TMPDIR/start"
	mkdir -p "$BATS_TEST_TMPDIR/disk"
	run timeout 60 unshare --mount --propagation private bash -euc "$1" "$BATS_TEST_TMPDIR/start" "$BATS_TEST_TMPDIR/disk" "$rootfs"
}

# Calls works_or_says with "$gcr" under a limit of each of these sizes: limited OPTION REASON SIZE… OPTION is ulimit(1)'s letter.
limited() {
	local option=$1 reason=$2 size
	choose_no_network
	for size in "${@:3}"; do
		echo "ulimit $option $size"
		# shellcheck disable=SC2016 # for the limited shell
		works_or_says "$reason" bash -c 'ulimit "$1" "$2" && exec "$0" run -q "${@:3}" echo works' \
			"$build/steps/$step/gcr" "$option" "$size" "${none[@]}" "$rootfs"
	done
}

# Where the limit is for gcr alone, no shell may be between: what $gcr would add is in none.
choose_no_network() {
	none=()
	! lacks_bridge || none=(--net none)
}

# --- limits of the caller's --------------------------------------------------------------------------

@test "open files: too few, said before anything is made" {
	local number
	for step in v0.1-pid "$last_step"; do
		use_step "$step"
		limited -n "Too many open files: gcr opens some 20: ulimit -n 256" 0 1 2 3 4 {5..31..9} 31
		says "Too many"
		limited -n none 32
		for number in {8..36..2}; do # are open already
			# shellcheck disable=SC2016 # for the limited shell
			works_or_says "" bash -c 'for ((i = 0; i < $1; i++)); do exec {fd}</dev/null; done; ulimit -n 40; exec "$0" run -q "${@:2}" echo works' \
				"$build/steps/$step/gcr" "$number" "${none[@]}" "$rootfs"
		done
	done
}

@test "processes: too many of an ordinary user's" {
	local number me=54321
	chmod 755 "$BATS_RUN_TMPDIR"
	cp -r "$rootfs" "$BATS_TEST_TMPDIR/rootfs"
	mkdir "$BATS_TEST_TMPDIR/data"
	chown -R "$me:$me" "$BATS_TEST_TMPDIR"/{rootfs,data}
	for step in v0.3-user "$last_step"; do
		cp "$build/steps/$step/gcr" "$BATS_TEST_TMPDIR/gcr" # where that user may read it
		choose_no_network
		for number in {0..3}; do
			works_or_says "Resource temporarily unavailable: there are too many processes: see ulimit -u, " \
				setpriv --reuid "$me" --regid "$me" --clear-groups prlimit --nproc="$number" env GCR_DATA_DIR="$BATS_TEST_TMPDIR/data" \
				"$BATS_TEST_TMPDIR/gcr" run -q "${none[@]}" "$BATS_TEST_TMPDIR/rootfs" echo works
			[ "$number" -ne 1 ] || says unavailable
		done
		assert_output works
	done
}

@test "namespaces: too many of a kind" {
	local kind
	for step in v0.1-pid "$last_step"; do
		use_step "$step"
		for kind in pid mnt user uts ipc cgroup net; do
			# shellcheck disable=SC2016 # for the new namespace's shell
			works_or_says "No space left on device: (there are too many namespaces: sysctl|user namespaces are switched off: sudo sysctl) " \
				unshare --user --map-root-user sh -c 'echo 0 >"/proc/sys/user/max_$2_namespaces"; exec "$0" run -q "$1" echo works' \
				"$gcr" "$rootfs" "$kind"
			[ "$kind" != pid ] || says "clone_container"
		done
	done
	says "clone_container" # the last: that of networks
}

@test "memory: an address space or a stack that is too small" {
	local size
	choose_no_network
	for size in "-v "{1000..16000..1500} "-s "{8..64..8}; do
		# What does not fit at all, the kernel ends in execve(2), or the C library before main().
		# shellcheck disable=SC2016,SC2086 # for the limited shell; words
		run timeout 20 bash -c 'ulimit $1 && exec "$0" run -q "${@:2}" echo works' "$build/steps/$step/gcr" "$size" "${none[@]}" "$rootfs"
		nothing_is_left
		[[ $status -eq 139 || $output == "Fatal glibc error: "* || "$status $output" == "0 works" ]] || says "Cannot allocate memory"
	done
	limited -v none 65536
	limited -s none 128
	limited -l none 0
	assert_output works
}

@test "time and size of files" {
	# shellcheck disable=SC2016 # for the limited shell
	run -137 timeout 20 bash -c 'ulimit -t 1 && exec "$0" run -q "$1" sh -c "while :; do :; done"' "$gcr" "$rootfs"
	assert_output ""
	limited -f "File too large" 0
	says 'write\(.*: File too large'
	# shellcheck disable=SC2016 # SIGXFSZ
	run -153 timeout 20 bash -c 'ulimit -f 8 && exec "$0" run -q "$1" dd if=/dev/zero of=/file bs=1k count=20' "$gcr" "$rootfs"
}

@test "output that nobody takes" {
	local words
	run -0 "$gcr" run "$rootfs" true 2>/dev/full
	for words in --version --help "net --help"; do
		# shellcheck disable=SC2016 # for the shell
		run bash -c '"$0" $1 >/dev/full' "$gcr" "$words"
		says "standard output: No space left on device"
	done
	# shellcheck disable=SC2016
	run bash -c '"$0" run -q "$1" echo works >/dev/full' "$gcr" "$rootfs"
	assert_failure 1
	assert_output "echo: write error: No space left on device"
}

# --- the disk ----------------------------------------------------------------------------------------

@test "a full disk: what is there runs" {
	apart 'mount -t tmpfs -o size=8M,mode=755 none "$1"; cp -a "$2/." "$1"; cat /dev/zero >"$1/all" || true; "$0" "$1"'
	assert_line works
	apart 'cp -a "$2" /mnt/; cp "$0" "$1"; mount -t tmpfs -o size=4k none /tmp; cat /dev/zero >/tmp/all || true' # no shell is lost
	assert_success
}

# Starts "works" on a rootfs of /bin alone, where this many more files can be made.
with_inodes() {
	apart "more=$1"'; mount -t tmpfs -o size=8M,mode=755 none "$1"; cp -a "$2/bin" "$1"
		mount -o remount,nr_inodes=$(($(df --output=iused "$1" | tail -n 1) + more)) "$1"; '"${2:-}"' "$0" "$1"'
}

@test "no inode left: which directory is missing; from v1.0 on, the rootfs needs none" {
	local more
	use_step v0.9-seccomp
	for more in {0..8}; do
		with_inodes "$more"
		if [ "$more" -lt 5 ]; then
			says "the rootfs has no /(dev|etc|proc|sys|tmp), and it cannot be made: No space left on device"
		else
			assert_line works
		fi
	done
	use_step "$last_step"
	with_inodes 0
	assert_output works
	for more in {0..8..2}; do
		with_inodes "$more" 'export GCR_DATA_DIR=$1/data;'
		echo "$more: $output"
		says "(.*: No space left on device|overlayfs cannot write to the upper layer: its disk is full: free some of it, or set GCR_DATA_DIR)"
	done
}

@test "a read-only rootfs runs: up to v0.9, if it lacks nothing" {
	for step in v0.9-seccomp "$last_step"; do
		use_step "$step"
		"$gcr" run -q "$rootfs" true # which makes what it lacks
		apart 'mount --bind "$2" "$1"; mount -o remount,ro,bind "$1"; "$0" "$1"'
		assert_output works
		apart 'mount -t tmpfs -o mode=755 none "$1"; cp -a "$2/bin" "$1"; mount -o remount,ro "$1"; "$0" "$1"'
		if since v1.0; then assert_output works; else says "the rootfs has no /dev, and it cannot be made: Read-only file system"; fi
		apart 'mount -t tmpfs -o mode=755 none "$1"; cp -a "$2/." "$1"; rm -f "$1"/etc/*; mount -o remount,ro "$1"; "$0" "$1"'
		since v1.0 || assert_line --partial "the rootfs has no /etc/hostname, and it cannot be made: Read-only file system"
		assert_line works
	done
}

# --- a rootfs that has changed -----------------------------------------------------------------------

@test "something else where a directory or a file has to be" {
	local place kind
	cp -a "$rootfs" "$BATS_TEST_TMPDIR/rootfs"
	cd "$BATS_TEST_TMPDIR/rootfs"
	for place in dev etc proc sys tmp etc/hostname etc/hosts etc/resolv.conf; do
		for kind in touch mkfifo "ln -s /etc" "ln -s nowhere" "ln -s ${place##*/}" "busybox mknod -m 666" mkdir; do
			[ "$kind ${place%/*}" != "mkdir $place" ] || continue # as it should be
			echo "$kind $place"
			[ ! -e "$place" ] || mv "$place" ../kept
			if [[ $kind == *mknod* ]]; then $kind "$place" c 1 3; else $kind "$place"; fi
			works_or_says "(Not a directory|.*: the rootfs has a directory there instead of a file|.* is a symbolic link(; gcr does not mount through one| that leads nowhere))" "$gcr" run -q "$PWD" echo works
			[[ $place == etc/* || "$kind $place" == "ln -s /etc tmp" ]] || refute_output works
			rm -rf "$place"
			[ ! -e ../kept ] || mv ../kept "$place"
		done
	done
	works "$gcr" run -q "$PWD" echo works
}

# Starts a container on $found in the background, which prints /who, and stops gcr after its first call of this name.
stop_after() {
	found=$BATS_TEST_TMPDIR/found output_file=$BATS_TEST_TMPDIR/output
	rm -rf "$found" "$found.away" "$found.other" "$BATS_TEST_TMPDIR/trace"
	cp -a "$rootfs" "$found"
	cp -a "$rootfs" "$found.other"
	echo found >"$found/who"
	echo other >"$found.other/who"
	strace -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace="$1" --inject="$1":signal=STOP:when=1 \
		"$gcr" run -q "$found" cat /who >"$output_file" 2>&1 3>&- &
	tracer=$!
	retry 200 'grep -q "stopped by SIGSTOP" "$BATS_TEST_TMPDIR/trace"'
}

# Lets gcr go on, and waits for its end. Sets what run sets. A process that gcr forks is stopped, too, at its own first such call.
go_on() {
	local waker
	while sleep 0.1; do
		sed -n 's/ .*stopped by SIGSTOP.*//p' "$BATS_TEST_TMPDIR/trace" | xargs -r kill -CONT || true # some have ended
	done 2>/dev/null 3>&- &
	waker=$!
	status=0
	wait "$tracer" || status=$?
	kill "$waker" || true
	tracer=''
	output=$(cat "$output_file")
	mapfile -t lines <"$output_file"
	nothing_is_left
}

# Calls of gcr after which it is stopped: before it makes the container; after it has mapped the users, by the owner of the
# rootfs that it found; and before it fills what it has mounted.
moments=(pidfd_open setresuid openat2)

@test "the rootfs is removed while gcr starts" {
	local moment
	for moment in "${moments[@]}"; do
		stop_after "$moment"
		rm -rf "$found"
		go_on
		# What is mounted by then, with nothing in it, gets directories to mount on from v1.0 on, but no command.
		[ "$moment $status $output" = "openat2 127 gcr: cat: not found in PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" ] ||
			says "(No such file or directory|the rootfs was removed meanwhile)"
	done
}

@test "the rootfs is renamed while gcr starts" {
	stop_after openat2
	mv "$found" "$found.away"
	go_on
	assert_output found
	stop_after setresuid
	mv "$found" "$found.away"
	go_on
	says "No such file or directory"
}

@test "another directory, a link or a file takes the name of the rootfs: it is not run" {
	local moment other
	for moment in "${moments[@]}"; do
		for other in "mv $BATS_TEST_TMPDIR/found.other" "ln -s found.other" touch; do
			stop_after "$moment"
			mv "$found" "$found.away"
			$other "$found"
			go_on
			echo "$moment, $other: $output"
			[ "$moment $output" = "openat2 found" ] || says "(Not a directory|another directory has the name of the rootfs now)"
		done
	done
}

@test "root maps the owner of what was found, and of nothing that has its name later" {
	stop_after pidfd_open
	chown 54321:54321 "$found"
	mv "$found" "$found.away"
	mv "$found.other" "$found"
	go_on
	says "gcr_open_rootfs.*: another directory has the name of the rootfs now"
}

@test "the rootfs is removed while a container runs on it" {
	cp -a "$rootfs" "$BATS_TEST_TMPDIR/rootfs"
	start "$BATS_TEST_TMPDIR/rootfs" sh -c 'trap "exit 7" TERM; echo ready; while :; do read -r -t 1; done </dev/zero'
	rm -rf "$BATS_TEST_TMPDIR/rootfs"
	kill -TERM "$gcr_pid"
	ended_with 7
}

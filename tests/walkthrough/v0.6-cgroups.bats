# v0.6: the transcript of the original: a cgroup of at most five processes.
#
# hint: A cgroup is a directory in /sys/fs/cgroup, a limit is a file in it, and what is born of a process in it is in it, too.
# hint: Make it, write its limits, then fork right into it; the child makes the cgroup namespace, when it is in. gcr stays outside, and removes it at the end. A cgroup that hands controllers on has no processes itself: those that are there, gcr among them, move to a leaf beside the container's. Else memory gives EBUSY as it is handed on; pids, a threaded controller, gives EOPNOTSUPP only one cgroup below, where it is handed on once more or clone3(2) puts the child in.
# hint: limits_find_parent() before the first log line; limits_make_cgroup() makes the cgroup, moves the processes (move_processes_to_leaf()), enables the controllers above it and writes the limits; clone_container() takes CLONE_INTO_CGROUP and args.cgroup; cgroup_mount() in the child: unshare(CLONE_NEWCGROUP), then cgroup2, read-only; limits_report_kills() and limits_remove_cgroup() at the end.

load ../walkthrough

export GCR_USER=$test_user
use_step v0.6-cgroups

setup_file() {
	prepare_walkthrough v0.5-ipc v0.6-cgroups
	# Where the user may read them.
	chmod 755 "$BATS_RUN_TMPDIR"
	export script=$BATS_FILE_TMPDIR/cgroups.sh terminal=$BATS_FILE_TMPDIR/terminal
	cp "$top/scripts/cgroups.sh" "$top/tests/terminal" "$BATS_FILE_TMPDIR"
	mkdir -m 777 "$BATS_FILE_TMPDIR/trace"
}
teardown_file() {
	end_walkthrough
}

# gcr run -q with options, in a login session: limited --pids-max 9 ubuntu true
limited() {
	in_session GCR_ROOTFS_DIR="$GCR_ROOTFS_DIR" "$guarded" run -q "$@"
}

# The transcript in $output with placeholders: the shell's pid, those of what it spawned, and where its scope is.
transcript() {
	local shell
	shell=$(sed -nE 's/^\$ echo ([0-9]+) >demo\/cgroup.procs$/\1/p' <<<"$output")
	normalized <<<"$output" | sed -E -e "s/\b$shell\b/<shell>/" -e 's/(with PID )[0-9]+$/\1<pid>/; s/^[0-9]+$/<pid>/' \
		-e 's|(/[^ ]*)?/[^ /]*\.scope|<scope>|; s/^(Process [0-9]+: )[0-9]+: /\1/; s| bash /.*/| bash |'
}

# As that of all walkthroughs, but some causes have another lesson: gcr killed itself, its cgroup's path is empty, or the kernel
# refuses what gcr asks of a cgroup that has processes.
eval "any_$(declare -f came_up)"
came_up() {
	lesson "gcr was killed, perhaps by its own cgroup.kill: is it in the cgroup that it removes?"
	refute_regex "$status $output" '^(137|255) |status 137' # 255: systemd-run(1) says so of a signal
	lesson "there is no --pids-max yet: options[] says what gcr takes"
	refute_output --partial "no such option"
	lesson "gcr looks for a cgroup at an empty path: which function writes cgroups.parent, and does gcr call it?"
	refute_output --partial '"/cgroup.'
	lesson "the kernel says EOPNOTSUPP: a cgroup above the container's hands pids on, and has processes itself. pids is a threaded controller, so the kernel lets that be. But the cgroups below are domain invalid (cgroups(7)): they can't hand pids on, and no process may start in one. Move the processes above to a leaf first"
	refute_output --partial "Operation not supported"
	lesson "the kernel says EBUSY: a cgroup that has processes may not hand this controller on; move them to a leaf first"
	refute_output --regexp "gcr: .*(Device or resource busy|resource busy)"
	any_came_up
}

# Asserts that a container with this limit is not where gcr is: there it sees a process of another pid namespace, 0, and no limit.
starts_elsewhere() {
	run limited "$@" ubuntu sh -c 'cd /sys/fs/cgroup; grep -x 0 cgroup.procs; cat pids.max memory.max 2>/dev/null'
	came_up
	lesson "the container starts in gcr's cgroup: which flag of clone3(2) makes it start in another?"
	refute_output --regexp $'^0(\nmax)*$'
}

@test "its cgroup is / to it, and there to look at only" {
	run "$gcr" run -q ubuntu cat /proc/self/cgroup
	lesson "the kernel refuses to mount cgroup2 while the cgroup namespace is the host's: the child makes one of its own before"
	refute_output --partial 'mount("cgroup2"'
	came_up
	lesson "it sees where it is in the host's hierarchy: a cgroup namespace starts at the cgroup of the process that makes it; which one does, and when?"
	assert_line 0::/
	run "$gcr" run -q ubuntu bash -c 'grep " /sys/fs/cgroup " /proc/self/mountinfo | tail -n 1'
	lesson "/sys/fs/cgroup inside is not the container's own hierarchy: mount cgroup2 there, from its cgroup namespace"
	assert_output --partial " - cgroup2 "
	lesson "the container may write to its own limits: how is cgroup2 mounted?"
	assert_output --partial " / /sys/fs/cgroup ro,"
}

@test "an invalid limit is refused" {
	lesson "a limit that makes no sense gets one line and status 2, before anything is made"
	for try in "--pids-max 0" "--pids-max 5x" "--memory 0" "--memory 5X" "--cpus 0" "--cpus 1e3" "--cpuset x" "--io-weight 10001"; do
		# shellcheck disable=SC2086 # words
		run "$gcr" run -q $try ubuntu true
		assert_refused 2
		says "gcr: ${try% *} '${try#* }': write "
	done
}

# What follows takes a cgroup v2 hierarchy with systemd in charge.
# bats file_tags=vm

@test "transcript: scripts/cgroups.sh" {
	run -0 in_session "$script"
	run -0 transcript
	assert_output - <<-'END'
		>>> Asking systemd for a cgroup of our own
		$ exec systemd-run --user --scope -p Delegate=yes --quiet --collect --unit=myapp-<shell> bash cgroups.sh
		>>> Creating cgroup at <scope>/demo
		$ mkdir demo
		$ echo <shell> >demo/cgroup.procs
		$ echo +pids >cgroup.subtree_control
		$ echo 5 >demo/pids.max
		>>> Spawning background processes
		Spawned Process 1 with PID <pid>
		Spawned Process 2 with PID <pid>
		Spawned Process 3 with PID <pid>
		Process 4: Cannot fork
		Process 5: Cannot fork
		Process 6: Cannot fork
		Process 7: Cannot fork
		Process 8: Cannot fork
		Process 9: Cannot fork
		Process 10: Cannot fork
		The limit counts all that is in the cgroup: this shell, a dash that spawns, and 3 processes make 5.
		>>> Status
		pids.current = 4
		pids.events: max 7
		cgroup.procs:
		<shell>
		<pid>
		<pid>
		<pid>
		>>> Sleeping for 5 seconds before cleanup...
		>>> Restoring shell back to original cgroup: <scope>
		$ echo -pids >cgroup.subtree_control
		$ echo <shell> >cgroup.procs
		>>> Cleaning up <scope>/demo
		$ echo 1 >demo/cgroup.kill
		$ rmdir demo
	END
}

@test "transcript: ./gcr run --pids-max 5 ubuntu bash" {
	starts_elsewhere --pids-max 5
	# Bash tries to fork for 15 seconds.
	run in_session GCR_PATIENCE=90 GCR_ROOTFS_DIR="$GCR_ROOTFS_DIR" "$terminal" "exec $guarded run --pids-max 5 ubuntu bash" \
		'for i in {1..3}; do sleep 1000 & done' 'read n </sys/fs/cgroup/pids.current; echo $n' ls exit
	ended=$status
	run -0 normalized <<<"$output"
	came_up
	run -0 sed -E 's/^root@[0-9a-f]{12}:/root@<id>:/' <<<"$output"
	lesson "all of it counts, PID 1 and bash too, and nothing else: the fourth process that bash starts must fail"
	assert_output - <<-'END'
		<date> [run] as pid <pid>
		<date> [fork] as pid 1
		root@<id>:/# for i in {1..3}; do sleep 1000 & done
		[1] 3
		[2] 4
		[3] 5
		root@<id>:/# read n </sys/fs/cgroup/pids.current; echo $n
		5
		root@<id>:/# ls
		bash: fork: retry: Resource temporarily unavailable
		bash: fork: retry: Resource temporarily unavailable
		bash: fork: retry: Resource temporarily unavailable
		bash: fork: retry: Resource temporarily unavailable
		bash: fork: Resource temporarily unavailable
		root@<id>:/# exit
		exit
	END
	assert_equal "$ended" 254
}

@test "before: v0.5 starts all ten" {
	use_step v0.5-ipc
	run -0 "$gcr" run -q ubuntu bash -c 'for i in {1..10}; do sleep 1000 & done; ps -e | grep -c sleep'
	assert_output 10
}

@test "gcr itself is not in the cgroup" {
	starts_elsewhere --pids-max 9
	run limited --pids-max 9 ubuntu cat /sys/fs/cgroup/cgroup.procs
	came_up
	lesson "gcr is in the container's cgroup, and counts as a process of it (0: one that has no pid inside); at the end it would kill itself"
	refute_line 0
	lesson "the container's PID 1 is not in the cgroup"
	assert_line 1
	lesson "--pids-max 2 has to leave room for PID 1 and the command"
	run -0 limited --pids-max 2 ubuntu cat /sys/fs/cgroup/pids.current
	assert_output 2
}

@test "the limits are there before the container is" {
	# Without -f, for newuidmap gets no privilege while it is traced. As a session's first process, strace would wait for (sd-pam).
	run in_session GCR_ROOTFS_DIR="$GCR_ROOTFS_DIR" timeout 60 strace -s 300 -o "$BATS_FILE_TMPDIR/trace/calls" -e trace=clone3,openat \
		"${gcr%/*}/gcr" run -q --pids-max 9 ubuntu true
	came_up
	run grep -oE '/pids.max", O_WRONLY|clone3\(.*CLONE_NEWPID.*' "$BATS_FILE_TMPDIR/trace/calls"
	lesson "the limit was written after the fork: the container ran without it for a while"
	assert_line --index 0 --partial pids.max
	lesson "the container starts in gcr's cgroup: which flag of clone3(2) makes it start in another?"
	run tail -n 1 <<<"$output"
	assert_output --partial CLONE_INTO_CGROUP
}

@test "with a limit, too, its cgroup is / to it" {
	starts_elsewhere --pids-max 9
	run limited --pids-max 9 ubuntu cat /proc/self/cgroup
	came_up
	lesson "it sees where it is in the host's hierarchy: a cgroup namespace starts at the cgroup of the process that makes it; which one does, and when?"
	assert_output 0::/
	lesson "the container lifted its own limit: how is cgroup2 mounted?"
	run -0 limited --pids-max 9 ubuntu bash -c 'echo max 2>/dev/null >/sys/fs/cgroup/pids.max; cat /sys/fs/cgroup/pids.max'
	assert_output 9
}

@test "memory means memory: none on disk either" {
	starts_elsewhere --memory 64M
	run limited --memory 64M ubuntu cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory.swap.max
	came_up
	lesson "the limit of --memory has to be in memory.max, in bytes"
	assert_line --index 0 67108864
	lesson "what does not fit goes to the swap: that is another limit, in a file of its own"
	assert_line --index 1 0
}

@test "it leaves nothing behind, and ends as the command did" {
	# In a scope of gcr's, which outlives it.
	run in_session GCR_ROOTFS_DIR="$GCR_ROOTFS_DIR" systemd-run --user --scope --quiet --collect -p Delegate=yes --unit=gcr-shell sh -c '
		"$0" run -q --pids-max 9 ubuntu sh -c "exit 7"; echo "status $?"
		find "/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)/.." -mindepth 1 -name "gcr-*"' "$guarded"
	came_up
	lesson "the container's cgroup is still there: it has to be removed when the last process in it is gone"
	refute_output --partial /gcr-
	lesson "with a limit, too, gcr has to end as the command did"
	assert_output "status 7"
}

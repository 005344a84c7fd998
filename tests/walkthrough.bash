# What the walkthroughs share: they show what each step does, and grade what scripts/workshop has a learner make of it.
# shellcheck shell=bash disable=SC2154,SC2034 # what bats and the other helpers set
load ../helpers
load ../user
load ../lessons

# A run of a learner's gcr may never end. In a grade, it is ended after $GCR_PATIENCE seconds, or 60, with all that it has
# started, and $hung says who waited for whom. $guarded is as $gcr, but as the user who calls it.
hung=$BATS_RUN_TMPDIR/hung
guard=()
[ -z "${GCR_GRADE:-}" ] || guard=("$BATS_RUN_TMPDIR/guard" "\"\${GCR_PATIENCE:-${GCR_PATIENCE:-60}}\"" "$hung")
guarded=$BATS_RUN_TMPDIR/guarded

# Once in a file, for the step that it is about.
prepare_guard() {
	if [ -n "${GCR_GRADE:-}" ]; then
		cp "$top/tests/guard" "$BATS_RUN_TMPDIR/guard"
	else
		printf '#!/bin/sh\nshift 2\nexec "$@"\n' | install -m 755 /dev/stdin "$BATS_RUN_TMPDIR/guard"
	fi
	: >"$hung"
	chmod 666 "$hung"
	prepare_gcr
	printf '#!/bin/sh\nexec %s "%s" "$@"\n' "${guard[*]}" "$([ -x "${gcr%/*}/gcr" ] && echo "${gcr%/*}/gcr" || echo "$gcr")" >"$guarded"
	chmod 755 "$guarded"
}

setup() { begin_test; }
teardown() { end_test; }

# One run that does not end is enough: those that follow would each take as long. With $GCR_FIRST, one failure is.
begin_test() {
	if [ -s "$hung" ] || [ -e "$BATS_RUN_TMPDIR/failed" ]; then skip "not run"; fi
	cd "$top" || return
}

# Ends what a test has started in the background.
end_test() {
	[ -z "${GCR_FIRST:-}" ] || [ -n "${BATS_TEST_COMPLETED:-}" ] || touch "$BATS_RUN_TMPDIR/failed"
	[ -z "${gcr_pid:-}" ] || { kill -KILL "$gcr_pid" && wait "$gcr_job"; } 2>/dev/null || true
}

# For the walkthroughs of an ordinary user: gives it the steps and a copy of rootfs/ubuntu, which walkthroughs one after the other
# share at $GCR_USER_ROOTFS. The virtual machine's is the user's own.
prepare_walkthrough() {
	local copy=${GCR_USER_ROOTFS:-$BATS_FILE_TMPDIR/ubuntu}
	export GCR_USER=$test_user GCR_ROOTFS_DIR=$BATS_FILE_TMPDIR/rootfs
	for step in "$@"; do
		use_step "$step"
		prepare_guard
	done
	[ "${GCR_SANDBOX:-}" != machine ] || copy=$ubuntu
	[ -d "$copy" ] || make_user_rootfs "$copy"
	mkdir "$GCR_ROOTFS_DIR"
	ln -s "$copy" "$GCR_ROOTFS_DIR/ubuntu"
}

end_walkthrough() {
	# Much of it belongs to subordinate ids.
	[ "$EUID" -eq 0 ] || unshare --map-root-user --map-auto rm -rf "$BATS_FILE_TMPDIR/ubuntu"
}

# The host's pid of the command that start() started, PID 1's child.
command_pid() {
	pgrep --parent "$(container_pid)"
}

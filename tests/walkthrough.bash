# What the walkthroughs share: they show what each step does, and grade what scripts/workshop has a learner make of it.
# shellcheck shell=bash disable=SC2154 # what bats and the other helpers set
load ../helpers
load ../user

# For the walkthroughs of an ordinary user: gives it the steps and a copy of rootfs/ubuntu. The virtual machine's is its own, and
# copying takes long there.
prepare_walkthrough() {
	export GCR_USER=$test_user GCR_ROOTFS_DIR=$BATS_FILE_TMPDIR/rootfs
	for step in "$@"; do
		use_step "$step"
		prepare_gcr
	done
	if [ "${GCR_SANDBOX:-}" = machine ]; then
		mkdir "$GCR_ROOTFS_DIR"
		ln -s "$ubuntu" "$GCR_ROOTFS_DIR/ubuntu"
	else
		make_user_rootfs "$GCR_ROOTFS_DIR/ubuntu"
	fi
}

end_walkthrough() {
	# Much of it belongs to subordinate ids.
	[ "$EUID" -eq 0 ] || unshare --map-root-user --map-auto rm -rf "$BATS_FILE_TMPDIR/rootfs"
}

# Asserts that gcr got as far as the command: else what follows teaches the wrong thing.
came_up() {
	lesson "the container did not come up: the line that starts with gcr: says at which call"
	local said=$output output
	output=$(sed '/^gcr: warning: /d' <<<"$said")
	refute_output --regexp $'(^|\n)gcr: '
}

# The host's pid of the command that start() started, PID 1's child.
command_pid() {
	pgrep --parent "$(container_pid)"
}

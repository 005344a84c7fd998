# What the walkthroughs share: they show what each step does, and grade what scripts/workshop has a learner make of it.
# shellcheck shell=bash disable=SC2154 # what bats and the other helpers set
load ../helpers
load ../user

# For the walkthroughs of an ordinary user: makes the user, and gives it the steps and a copy of rootfs/ubuntu.
prepare_walkthrough() {
	export GCR_USER=$test_user GCR_ROOTFS_DIR=$BATS_FILE_TMPDIR/rootfs
	for step in "$@"; do
		use_step "$step"
		prepare_gcr
	done
	make_user_rootfs "$GCR_ROOTFS_DIR/ubuntu"
}

end_walkthrough() {
	# Much of it belongs to subordinate ids.
	[ "$EUID" -eq 0 ] || unshare --map-root-user --map-auto rm -rf "$BATS_FILE_TMPDIR/rootfs"
}

# Asserts that gcr got as far as the command: else what follows teaches the wrong thing.
came_up() {
	lesson "the container did not come up: the line that starts with gcr: says at which call"
	refute_output --regexp $'(^|\n)gcr: '
}

# v1.0: an image that stays clean, volumes, and what the image says of how to run it.
#
# hint: An overlay shows directories as one: the lower ones are only read, and all that changes goes to the upper one (overlayfs.rst). A volume is a mount in it. Which path may an untrusted rootfs choose, and who is whom when a file is opened, made or removed?
# hint: In the child: the overlay, then the volumes, then the working directory, then read-only. In the command's process: groups, group, user, because each call takes a capability that the last one gives up. In the parent, at the end: a child of gcr's enters the container's user namespace, and removes the files there.
# hint: mount("overlay", place, "overlay", MS_NOSUID | MS_NODEV, text) with lowerdir= from the topmost layer down, upperdir=, workdir=, and volatile unless kept. openat2(2) with RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS. move_mount(2) with MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH. setgroups(), setresgid(), setresuid(). fork(), setns(upper.user_namespace, CLONE_NEWUSER), waitpid().

load ../walkthrough

export GCR_USER=$test_user
use_step v1.0-image

# A wrong gcr may write to the rootfs. So there is one of its own here, of busybox, and an image of more layers on it.
setup_file() {
	export work=$BATS_FILE_TMPDIR/work
	export GCR_ROOTFS_DIR=$work/rootfs
	mkdir -m 755 "$work"
	mkdir "$work"/{rootfs,own,kept,above,data}
	for step in v0.9-seccomp v1.0-image; do
		use_step "$step"
		prepare_guard
	done
	make_busybox_rootfs "$GCR_ROOTFS_DIR/busybox"
	mkdir "$GCR_ROOTFS_DIR/busybox/srv"
	echo before | tee "$GCR_ROOTFS_DIR/busybox/etc/changed" >"$GCR_ROOTFS_DIR/busybox/etc/removed"
	printf '%s:x:%d:%d::/:/bin/sh\n' root 0 0 daemon 1 1 >"$GCR_ROOTFS_DIR/busybox/etc/passwd"
	make_image "$GCR_ROOTFS_DIR"
	echo "of the host" >"$work/data/file"
	chown -R "$GCR_USER:" "$work"
}
# What a wrong gcr leaves must not be in the way of the next test.
setup() {
	export GCR_DATA_DIR=$work/own/$BATS_TEST_NUMBER
	make_closed "$GCR_DATA_DIR"
	begin_test
}
teardown_file() {
	[ "$EUID" -eq 0 ] || unshare --map-root-user --map-auto rm -rf "$work"
}

# An image of three layers. It says what it runs, and has links that lead anywhere.
make_image() {
	local layers=$1/layers
	mkdir -p "$1/app" "$layers"/{one,two}/srv "$layers"/one/{srv/inside,run,var/cache}
	printf '%s\n' busybox layers/one layers/two >"$1/app.layers"
	echo one | tee "$layers/one/srv/gone" >"$layers/one/srv/both"
	echo two >"$layers/two/srv/both"
	mknod "$layers/two/srv/gone" c 0 0
	ln -s /run "$layers/one/var/run"
	ln -s /srv/inside "$layers/one/absolute"
	ln -s ../../../../../../../../../srv/inside "$layers/one/relative"
	cat >"$1/app.json" <<-'END'
		{ "architecture": "any", "os": "linux", "config": {
			"Entrypoint": ["echo", "entrypoint"], "Cmd": ["cmd"], "Volumes": { "/var/cache": {} } } }
	END
}

# gcr run -q. bats takes a status of 127 for a mistake of the test's own.
container() {
	"$gcr" run -q "$@" || return $(($? == 127 ? 1 : $?))
}

# What upper layers there are.
uppers() { ls "$GCR_DATA_DIR/containers"; }

# As that of all walkthroughs, but what comes of the layers, the volumes or the user has another lesson.
eval "any_$(declare -f came_up)"
came_up() {
	local said
	case $output in
		*"/etc/hostname, and it cannot be made"* | *"Stale file handle"* | *"/containers/"*"No such file"*)
			lesson "the upper layer is removed while the container still uses it: at which line of main() has the container ended?"
			return 1 ;;
	esac
	said=$(grep '^gcr: ' <<<"$output" | grep -v '^gcr: warning: ') || true
	case $said in
		*mount_setattr*"Invalid argument"*)
			lesson "the new root is no mount: nothing has been mounted on place. overlay_mount() makes it one"
			return 1 ;;
		*"mount(\"overlay\""*"Too many levels"* | *"mount(\"overlay\""*"No such file"* | *"mount(\"overlay\""*"Invalid argument"*)
			lesson "overlayfs refuses its options: there are lowerdir=, upperdir= and workdir=, each once, with commas between, and the lower layers with colons. gcr run --explain shows what it gets"
			return 1 ;;
		*setgroups* | *setresgid* | *setresuid*)
			lesson "a call that changes groups takes a capability that a process loses when it becomes another user (capabilities(7)): which of the three calls has to be the last?"
			return 1 ;;
		*"leads out of the container"* | *"link that leads nowhere"*)
			lesson "a path or a link of the rootfs was looked up on the host: if it is absolute, or has enough .., it begins at the process's own /. Which flag of openat2(2) has another directory stand for /?"
			return 1 ;;
		*"Too many levels of symbolic links"* | *"leads in a circle"*)
			lesson "a symbolic link of the rootfs is refused: an image may have links, as /var/run is one to /run. They may be followed, as long as they lead to no place outside (openat2(2))"
			return 1 ;;
		*"cross-device link"*)
			lesson "an absolute path is refused, or an absolute link of the rootfs: inside, /var/run may well lead to /run. One flag of openat2(2) refuses all that leads upwards, another has a directory stand for /"
			return 1 ;;
		*"working directory"*"No such file"*)
			lesson "the working directory is not there: what makes it, and when can it still be made?"
			return 1 ;;
		*"Read-only file system"*)
			lesson "a place or a directory cannot be made any more: the rootfs is read-only by then. Which of the three calls has to be the last?"
			return 1 ;;
		*move_mount*)
			lesson "move_mount(2) has two descriptors here and no path: each side needs its flag for an empty path, with F for from and T for to"
			return 1 ;;
	esac
	any_came_up
}

# --- the layers ------------------------------------------------------------------------------------

@test "what a container changes, the next one does not see" {
	run container busybox sh -c 'echo after >>/etc/changed; rm /etc/removed; echo new >/etc/new; cd /etc; grep . changed removed new'
	came_up
	lesson "the container has to see its own changes: a line more in a file, a file less, a file more"
	assert_output $'changed:before\nchanged:after\ngrep: removed: No such file or directory\nnew:new'
	run container busybox sh -c 'cd /etc; grep . changed removed new'
	lesson "a container wrote to the rootfs: only the upper layer may be written, so the rootfs has to be a lower one"
	assert_output $'changed:before\nremoved:before\ngrep: new: No such file or directory'
	assert [ ! -e "$GCR_ROOTFS_DIR/busybox/etc/new" ]
}

@test "a directory that is removed and made again is empty" {
	run container busybox sh -c 'rm -r /usr && mkdir /usr && ls -A /usr && echo empty'
	came_up
	lesson "overlayfs cannot note that a directory is opaque: in a user namespace it needs its option userxattr"
	assert_output empty
}

@test "the options: no path of the host, and no waiting for the disk" {
	run container busybox grep " / overlay " /proc/self/mounts
	came_up
	lesson "/ is no overlay: what is mounted there, and how is the root that overlay_mount() returns opened?"
	assert_output --partial " / overlay "
	lesson "the container sees in /proc/mounts where its layers are on the host: give overlayfs the descriptors of the layers, by add_layer()"
	refute_output --partial "$BATS_FILE_TMPDIR"
	lesson "at its end, overlayfs waits until all is on the disk, which is then removed: which option says that this is of no use?"
	assert_output --partial volatile
}

@test "an image of several layers: the topmost decides" {
	run container --entrypoint sh app -c 'cat /srv/both; ls /srv; ls -d /usr/bin'
	came_up
	lesson "a lower layer of the image is missing: each line of app.layers is a layer"
	assert_line /usr/bin
	lesson "the layers are stacked upside down: which comes first after lowerdir=, the topmost or the lowest?"
	assert_line --index 0 two
	lesson "a whiteout hides a file of the layers below: the layers are stacked in another order, or one is missing"
	refute_line gone
}

@test "--upper keeps what is written, and --lower puts it on the rootfs" {
	run container --upper "$work/kept" busybox sh -c 'echo first >/srv/file; stat -c %a /'
	came_up
	lesson "what is written lands in the directory work, which is overlayfs's own: which of the two is upperdir=?"
	assert [ ! -e "$work/kept/work/srv" ]
	run container --upper "$work/kept" busybox cat /srv/file
	lesson "overlayfs refuses an upper layer that was mounted with volatile before: nobody knows whether it is complete. What is kept must not be volatile"
	refute_output --partial "mount(\"overlay\""
	came_up
	lesson "the second run has to go on from what the first one left in --upper"
	assert_output first
	run container --upper "$work/above" --lower "$work/kept" busybox sh -c 'cat /srv/file; echo second >/srv/file'
	came_up
	lesson "a kept layer is put on the rootfs by --lower: is it above it?"
	assert_output first
	run container --lower "$work/kept" --lower "$work/above" busybox cat /srv/file
	lesson "of two --lower, the last one is on top: the topmost comes first after lowerdir="
	assert_output second
	lesson "a lower layer has changed: it may be the base of other containers"
	assert_equal "$(as_test_user cat "$work/kept/upper/srv/file")" first
}

# --- the end ---------------------------------------------------------------------------------------

@test "nothing is left of a container, whosever files it made" {
	run container busybox true
	came_up
	lesson "what the container has written is still there when gcr has ended: main() has to remove it, after the wait"
	assert_equal "$(uppers)" ""
	run container busybox sh -c 'mkdir -p /srv/a/b && touch /srv/a/b/c && chown -R daemon /srv/a && chmod 0 /srv/a/b'
	came_up
	lesson "a file of the container's daemon is left: it belongs to a subordinate id outside, and the caller may not remove it. Only in the container's user namespace may a process do so: setns(2)"
	refute_output --partial "cannot remove"
	assert_equal "$(uppers)" ""
	assert_equal "$status" 0
}

@test "what removes it has ended before gcr does" {
	# When gcr has ended, a child that gcr did not wait for becomes the guard's, even if it is a zombie.
	install -m 755 "$top/tests/guard" "$work/guard"
	install -m 666 /dev/null "$work/orphans"
	run as_test_user GCR_ROOTFS_DIR="$GCR_ROOTFS_DIR" GCR_DATA_DIR="$GCR_DATA_DIR" GCR_ORPHANS="$work/orphans" \
		"$work/guard" "${GCR_PATIENCE:-60}" "$hung" "${gcr%/*}/gcr" run -q busybox sh -c 'mkdir /srv/a && touch /srv/a/b && chown -R daemon /srv/a'
	came_up
	lesson "gcr has ended, and what removes the files is still at it: the parent has to wait for its child"
	assert_equal "$(cat "$work/orphans")" 0
}

# --- volumes ---------------------------------------------------------------------------------------

@test "a volume: a directory and a file, at places that were missing" {
	run container -v "$work/data:/data/below" -v "$work/data/file:/srv/one" busybox sh -c 'cat /data/below/file /srv/one; echo inside >/data/below/new'
	came_up
	lesson "the volumes are not there: main() opens them, and who mounts them?"
	refute_output --partial "No such file"
	assert_output $'of the host\nof the host'
	lesson "what the container writes to a volume has to be on the host, and belong to the caller"
	assert_equal "$(cat "$work/data/new")" inside
	assert_equal "$(stat -c %U "$work/data/new")" "$GCR_USER"
	lesson "a place to mount on was made in the rootfs: it is to be made in the upper layer"
	assert [ ! -e "$GCR_ROOTFS_DIR/busybox/data" ]
	run container -v "$work/data:/data:ro" busybox touch /data/file
	lesson ":ro was not heeded"
	assert_output --partial "Read-only file system"
}

@test "a volume at a symbolic link of the image's" {
	run container -v "$work/data:/var/run/data" --entrypoint cat app /run/data/file
	came_up
	lesson "/var/run is a link to /run, and a link of a rootfs is followed inside"
	assert_output "of the host"
}

@test "no symbolic link of the image's leads a volume out" {
	local link
	for link in absolute relative; do
		run container -v "$work/data/file:/$link/placed" --entrypoint sh app -c "cat /srv/inside/placed"
		lesson "a link of the rootfs led gcr to the host's files: which flag of openat2(2) has another directory stand for /?"
		assert [ ! -e /srv/inside ]
		came_up
		lesson "the volume is not where the link leads, in the container"
		assert_output "of the host"
	done
}

@test "--read-only: the rootfs, but not its volumes" {
	run container --read-only -v "$work/data:/missing" -w /not/there --entrypoint sh app -c \
		'pwd; touch /missing/new /var/cache/new /tmp/new && echo written; touch /etc/new'
	came_up
	lesson "the working directory is not there: what makes it, and when can it still be made?"
	assert_line --index 0 /not/there
	lesson "with --read-only, a volume can still be written, also one that only the image asks for, and /tmp"
	assert_line written
	lesson "with --read-only, the rest cannot be written"
	assert_line --partial "/etc/new: Read-only file system"
}

# --- what the image says ---------------------------------------------------------------------------

@test "Entrypoint and Cmd, and what is typed" {
	run container app
	came_up
	lesson "without a command, the image's Entrypoint runs, and its Cmd are the arguments"
	refute_output --partial "run needs a COMMAND"
	assert_output "entrypoint cmd"
	run container app ls words
	lesson "what is typed takes the place of Cmd, and the Entrypoint stays before it"
	assert_output "entrypoint ls words"
	run container --entrypoint printf app
	lesson "with --entrypoint, the image's Cmd are not its arguments: they were made for another program"
	refute_output --partial cmd
	run container --entrypoint '' app echo typed
	lesson "--entrypoint '' is an Entrypoint of no words"
	assert_output typed
	run container busybox echo typed
	lesson "an image that says nothing runs what is typed"
	assert_output typed
}

@test "-u: the user, the group, the groups, and no way back" {
	run container -u daemon busybox sh -c 'grep -E "^(Uid|Gid|Groups|CapEff):" /proc/self/status'
	came_up
	lesson "the command still is root: user_become() is called by the process that executes it"
	refute_line --regexp '^Uid:.0.0.0.0$'
	lesson "a process has four user ids, and could become root again by the saved one: setresuid(2) sets three, and the last one follows"
	assert_line --regexp '^Uid:.1.1.1.1$'
	lesson "the group is still root's, or can be again: setresgid(2), before the user"
	assert_line --regexp '^Gid:.1.1.1.1$'
	lesson "the additional groups are not the user's: setgroups(2) replaces them, if the process may still do that"
	assert_line --regexp '^Groups:.1 $'
	lesson "a user who is not root has no capability"
	assert_line --regexp '^CapEff:.0+$'
	run container -u 1234:5678 busybox id
	lesson "a number needs no entry in /etc/passwd"
	assert_output "uid=1234 gid=5678 groups=5678"
	run container -u nosuchuser busybox true
	lesson "a name that is not in the image's /etc/passwd is an error of one line"
	assert_refused 125
}

@test "before: v0.9 writes to the rootfs" {
	use_step v0.9-seccomp
	run -0 container busybox sh -c 'echo new >/srv/of-v0.9'
	assert_equal "$(cat "$GCR_ROOTFS_DIR/busybox/srv/of-v0.9")" new
}

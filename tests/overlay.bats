# The layers of a container's files: the rootfs stays as it is, what the container writes ends with it or is kept by --upper, and
# images may have several layers. scripts/test runs this file as root and as an ordinary user.

# shellcheck disable=SC2030,SC2031 # each test is a process of its own
load helpers

setup_file() {
	# These directories are the user's, and the host's root may enter them.
	export data=$BATS_FILE_TMPDIR/data GCR_DATA_DIR=$BATS_FILE_TMPDIR/data kept=$BATS_FILE_TMPDIR/kept
	make_closed "$data"
	make_closed "$kept"
	prepare_step
}

teardown_file() {
	chmod -R u+rwX "$BATS_FILE_TMPDIR" # an ordinary user's bats cannot remove overlayfs's own directories, of mode 0
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	chown "${GCR_USER:-root}:" .
}

# No container has left anything, but for what a test has kept.
teardown() {
	[ -z "${gcr_pid:-}" ] || kill -KILL "$gcr_pid" 2>/dev/null || true
	[ -e "$data" ] || return 0
	"$gcr" run -q "$rootfs" true
	retry 50 '[ -z "$(ls "$data/containers")" ]'
	refute grep "$BATS_RUN_TMPDIR.* overlay " /proc/self/mounts
}

# Runs a command as the user who runs gcr, or with more options as root of that user's containers.
as_user() {
	local as=()
	[ -z "${GCR_USER:-}" ] || [ "$EUID" -ne 0 ] || as=(setpriv --reuid "$GCR_USER" --regid "$(id -g "$GCR_USER")" --init-groups)
	"${as[@]}" "$@"
}

# Runs shell code in a container: kept_in DIR CODE; over_kept DIR… CODE
kept_in() { "$gcr" run -q --upper "$1" "$rootfs" sh -c "$2"; }
over_kept() {
	local options=()
	while [ $# -gt 1 ]; do options+=(--lower "$1"); shift; done
	"$gcr" run -q "${options[@]}" "$rootfs" sh -c "$1"
}

# Asserts that gcr fails with one line: says WORDS OPTION…
says() {
	run -125 "$gcr" run -q "${@:2}" "$rootfs" true
	assert_output --partial "$1"
	assert_equal "${#lines[@]}" 1
}

# All that can change in a tree.
all_of() {
	find "$1" -printf '%P %i %n %M %U:%G %s %T@ %C@ %l\n' | sort
}

# --- the rootfs stays as it is ---------------------------------------------------------------------

@test "overlay: a container changes what it likes, and nothing changes in the rootfs" {
	local before
	before=$(all_of "$rootfs")
	run -0 inside 'echo new >/root/new && rm /bin/vi && echo more >>/bin/probe && chmod 700 /usr && mkdir /usr/made &&
		mv /usr/bin /usr/moved && ln /bin/busybox /bin/linked && touch /etc/passwd && rm -r /tmp/* /root; ls /'
	refute_output --partial root
	assert_output --partial usr
	assert_equal "$(all_of "$rootfs")" "$before"
}

@test "overlay: what a rootfs lacks to mount on is made in the upper layer only" {
	local before
	mkdir -p bare/bin
	cp /bin/busybox bare/bin/
	ln -s busybox bare/bin/sh
	chown -R "${GCR_USER:-root}:" bare
	before=$(all_of bare)
	run -0 "$gcr" run -q "$PWD/bare" sh -c 'busybox ls / /etc && busybox cat /etc/hostname'
	assert_line hosts
	assert_line proc
	assert_equal "$(all_of bare)" "$before"
}

@test "overlay: a rootfs that gcr may not write works" {
	takes_root
	# shellcheck disable=SC2016 # for the shell inside
	run -0 unshare --mount --propagation private bash -euc 'mkdir bare; mount --bind "$1" bare; mount -o remount,ro,bind bare
		"$0" run -q "$PWD/bare" sh -c "touch /new && rm /bin/vi && echo works"' "$gcr" "$rootfs"
	assert_output works
}

@test "overlay: a user's container runs on root's rootfs" {
	takes_root
	[ -n "${GCR_USER:-}" ] || return 0
	cp -a "$rootfs" theirs
	touch theirs/etc/hostname theirs/etc/hosts
	chown -hR root: theirs
	run -0 "$gcr" run -q "$PWD/theirs" sh -c 'touch /new /bin/new 2>/dev/null; ls /new /bin/new 2>/dev/null; stat -c %u /bin'
	assert_output $'/new\n65534'
}

@test "overlay: two containers on one rootfs do not see each other's files" {
	start "$rootfs" sh -c 'echo first >/mine; echo ready; read -r line </dev/zero'
	run -0 inside 'ls /mine 2>/dev/null; echo second >/mine; cat /mine'
	assert_output second
	kill -KILL "$gcr_pid"
}

@test "overlay: / inside has the mode of the rootfs, and belongs to root" {
	local mode
	cp -a "$rootfs" moded
	for mode in 755 711 700 1750; do
		chmod "$mode" moded
		run -0 "$gcr" run -q "$PWD/moded" stat -c "%a %u:%g" /
		assert_output "$mode 0:0"
	done
}

@test "overlay: 200 containers on one rootfs at once" {
	local number before gcrs=()
	before=$(all_of "$rootfs")
	mkfifo go
	exec {held}<>go
	for number in {1..200}; do
		# shellcheck disable=SC2016 # for the shell inside
		"$gcr" run -q "$rootfs" sh -c 'echo "$1" >/own; echo ready; read -r line; cat /own' sh "$number" <go >"out.$number" 2>&1 3>&- &
		gcrs+=($!)
		# Two processors start no more at once than this.
		((number % 20)) || retry 300 '[ "$(cat out.* | grep -c ready)" -eq "$number" ]'
	done
	assert_equal "$(find "$data/containers" -mindepth 1 -maxdepth 1 | wc -l)" 200
	for number in {1..200}; do echo; done >&"$held"
	wait "${gcrs[@]}"
	exec {held}>&-
	assert_equal "$(cat out.* | grep -v ready | sort -n)" "$(seq 200)"
	assert_equal "$(ls "$data/containers")" ""
	assert_equal "$(all_of "$rootfs")" "$before"
}

# --- the upper layer ends with its container -------------------------------------------------------

# Shell code that writes what is hard to remove: files of other users, closed directories, and a path that is too long.
awkward='mkdir -p /a/b/c && touch /a/b/c/file && chown -R 33:44 /a/b && chmod 0 /a/b/c /a/b /a && rm -r /bin/vi /usr
	n=$(printf %0200d 1) i=0; mkdir /deep; while [ $i -lt 40 ]; do mkdir /$n && mv /deep /$n/$n && mv /$n /deep && i=$((i + 1)) || break; done
	ln -s /etc /link; touch "/-rf *"; mkfifo /fifo'

@test "overlay: nothing of it stays, whosever files they are" {
	run -0 inside "$awkward"
	assert_output ""
	assert_equal "$(ls "$data/containers")" ""
}

@test "overlay: few open files are enough to remove a tree of any depth" {
	run -0 bash -c 'ulimit -n 32; exec "$@"' bash "$gcr" run -q "$rootfs" sh -c "$awkward"
	assert_output ""
	assert_equal "$(ls "$data/containers")" ""
}

@test "overlay: what a killed gcr left, the next one removes, and nothing of those that live" {
	local victim
	start "$rootfs" sh -c "$awkward; echo ready; read -r line </dev/zero"
	victim=$gcr_pid
	start "$rootfs" sh -c 'trap "cat /file; exit 7" TERM; echo alive >/file; echo ready; while :; do read -r -t 1; done </dev/zero'
	kill -KILL "$victim"
	wait "$victim" || true
	assert_equal "$(find "$data/containers" -mindepth 1 -maxdepth 1 | wc -l)" 2
	run -0 inside true
	assert_output ""
	assert_equal "$(find "$data/containers" -mindepth 1 -maxdepth 1 | wc -l)" 1
	kill -TERM "$gcr_pid"
	ended_with 7
	assert_equal "$(tail -n 1 "$output_file")" alive
}

@test "overlay: several gcrs that start at once remove what others left, and not each other's" {
	local number name gcrs=()
	for number in {10..59}; do
		name=$data/containers/0123456789$number
		as_user mkdir -p "$name/upper/a/b/c" "$name/work/work"
		as_user touch "$name/upper/a/file"
	done
	for number in {1..24}; do
		"$gcr" run -q "$rootfs" sh -c 'echo >/file; echo works' >>out 2>&1 3>&- &
		gcrs+=($!)
	done
	wait "${gcrs[@]}"
	assert_equal "$(sort out | uniq -c)" "     24 works"
	assert_equal "$(ls "$data/containers")" ""
}

@test "overlay: what is not gcr's in its directory stays" {
	as_user mkdir "$data/containers/other" "$data/containers/0123456789ABCDEF"
	as_user touch "$data/containers/0123456789ab"
	run -0 inside true
	run -0 ls "$data/containers"
	assert_output $'0123456789ABCDEF\n0123456789ab\nother'
	rm -r "$data"/containers/*
}

@test "overlay: if gcr fails, before the fork or after it, nothing stays" {
	takes_root
	local call
	for call in fsetxattr clone3 pidfd_open signalfd4; do
		run -125 env ASAN_OPTIONS=detect_leaks=0 strace -qq -o trace -e trace="$call" -e inject="$call":error=EPERM:when=1 "$gcr" run -q "$rootfs" sleep 10
		assert_output --partial "Operation not permitted"
		assert_equal "${#lines[@]}" 1
		assert_equal "$(ls "$data/containers")" ""
	done
	run -127 "$gcr" run -q "$rootfs" nothing
	assert_equal "$(ls "$data/containers")" ""
}

@test "overlay: a user namespace is entered to remove other users' files only" {
	takes_root
	[ -n "${GCR_USER:-}" ] || return 0 # root removes all files
	local traced=(env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o trace -e trace=setns "$gcr" run -q "$rootfs" sh -c)
	run -0 "${traced[@]}" 'mkdir -p /a/b && touch /a/b/file && chmod 0 /a/b/file /a/b && chmod 500 /a; rm -r /usr'
	assert_output ""
	refute grep setns trace
	run -0 "${traced[@]}" 'mkdir /a && touch /a/file && chown 33 /a'
	assert_output ""
	assert grep setns trace
}

@test "overlay: no other user can enter it" {
	start "$rootfs" sh -c 'cp /bin/busybox /bin/evil; chmod 4755 /bin/evil; echo ready; read -r line </dev/zero'
	run -0 stat -c "%a %U" "$data"/containers/*
	assert_output "700 ${GCR_USER:-root}"
	chmod 755 "$BATS_FILE_TMPDIR" "$data" "$data/containers"
	run ! setpriv --reuid 54321 --regid 54321 --clear-groups ls "$data"/containers/*/upper
	kill -KILL "$gcr_pid"
}

@test "overlay: a rootfs that is open to others gives no warning, as no setuid program is left there" {
	takes_root
	cp -a "$rootfs" open
	chmod 755 . open "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/.."
	run -0 "$gcr" run -q "$PWD/open" true
	assert_output ""
	[ -n "${GCR_USER:-}" ] || chmod 700 "$BATS_RUN_TMPDIR"
}

@test "overlay: overlayfs does not wait for the disk, unless what it writes is kept" {
	run -0 inside 'grep " / overlay " /proc/mounts'
	assert_output --partial userxattr
	assert_output --partial volatile
	refute_output --partial "$BATS_RUN_TMPDIR"
	run -0 kept_in "$kept/synced" 'grep " / overlay " /proc/mounts'
	refute_output --partial volatile
}

# --- where it is -----------------------------------------------------------------------------------

@test "overlay: it is in GCR_DATA_DIR, or in XDG_DATA_HOME, or at home" {
	local place=$PWD/place
	as_user mkdir home
	run -0 env -u GCR_DATA_DIR XDG_DATA_HOME="$place" "$gcr" run -q "$rootfs" true
	[ -z "${GCR_USER:-}" ] || assert [ -d "$place/gcr/containers" ]
	umask 077
	run -0 env GCR_DATA_DIR="$place/a:b,c\\d e" "$gcr" run -q "$rootfs" sh -c 'echo works >/file; cat /file'
	assert_output works
	run -0 stat -c %a "$place" "$place/a:b,c\\d e" "$place/a:b,c\\d e/containers"
	assert_line 711
	refute_line 700
}

@test "overlay: without a place, an error says what to set" {
	[ -n "${GCR_USER:-}" ] || return 0 # root has /var/lib/gcr
	unset GCR_DATA_DIR
	says "no place for what the container writes: /nonexistent/.local/share/gcr/containers: Permission denied: set GCR_DATA_DIR to a"
	run -125 env -u XDG_DATA_HOME GCR_DATA_DIR=/proc/nowhere "$gcr" run -q "$rootfs" true
	assert_output --partial "/proc/nowhere/containers: No such file or directory: set GCR_DATA_DIR"
}

@test "overlay: a data directory of another user is refused" {
	takes_root
	mkdir -p theirs/containers
	chown -R 54321 theirs
	chmod 777 theirs theirs/containers
	export GCR_DATA_DIR=$PWD/theirs
	says "theirs/containers belongs to user 54321"
}

# Runs shell code as root in a mount namespace of its own, with a directory to mount on, for the user, as $1 and GCR_DATA_DIR.
on_mount() {
	mkdir -p place
	chown "${GCR_USER:-root}:" place
	# shellcheck disable=SC2016 # for the shell inside
	GCR_DATA_DIR=$PWD/place run unshare --mount --propagation private bash -c 'set -eu; owner=$(stat -c %u "$1"); '"$1" "$gcr" "$PWD/place" "$rootfs"
}

@test "overlay: where no upper layer can be, an error says why" {
	takes_root
	on_mount 'mount -t ramfs none "$1"; chown "$owner" "$1"; "$0" run -q "$2" true'
	assert_output --partial 'fsetxattr(directory, "user.gcr", "", 0, 0): Operation not supported: the file system of the upper layer has no user attributes'
	on_mount 'mkdir -p low up work; mount -t overlay -o lowerdir=low,upperdir=up,workdir=work none "$1"; chown "$owner" "$1"; "$0" run -q "$2" true'
	assert_output --partial 'is on an overlay already, as in a container, and an upper layer cannot be'
	on_mount 'mount -t tmpfs -o size=64k,nr_inodes=3 none "$1"; chown "$owner" "$1"; "$0" run -q "$2" true'
	assert_output --partial 'No space left on device: the disk is full: free some of it, or set GCR_DATA_DIR'
	on_mount 'mount -t tmpfs -o ro none "$1"; "$0" run -q "$2" true'
	assert_output --partial 'Read-only file system: set GCR_DATA_DIR to a directory of yours on a disk'
	assert_equal "${#lines[@]}" 1
}

@test "overlay: a disk that is full says so to the container's command" {
	takes_root
	on_mount 'mount -t tmpfs -o size=256k none "$1"; chown "$owner" "$1"; "$0" run -q "$2" sh -c "cat /dev/zero >/file; ls /file"; ls "$1/containers"'
	assert_output $'cat: write error: No space left on device\n/file'
}

@test "overlay: a disk that fills up at any moment of the start: no container gets a part of it" {
	takes_root
	local inodes began=0
	for inodes in {2..16}; do
		on_mount "mount -t tmpfs -o nr_inodes=$inodes"' none "$1"; chown "$owner" "$1"; "$0" run -q "$2" sh -c "echo >/file && rm /file; echo began"; find "$1" -name "????????????"'
		echo "$inodes: $output"
		[[ $output != *"Read-only"* && $output != */containers/* ]]
		[[ $output == began || $output == *"No space left on device"* || $output == *"its disk is full"* ]]
		[[ $output != *began ]] || began=$inodes
	done
	assert [ "$began" -eq 16 ]
}

@test "overlay: a mount within the rootfs is refused" {
	takes_root
	on_mount 'mount --bind "$2" "$1"; mount -t tmpfs none "$1/usr/bin"; GCR_DATA_DIR=$PWD/data; mkdir data; chown "$owner" data; "$0" run -q "$1" true; rm -r data'
	assert_output --partial "place/usr/bin is a mount within a lower layer, which overlayfs would uncover: umount it"
	assert_equal "${#lines[@]}" 1
}

# --- what is kept ----------------------------------------------------------------------------------

@test "overlay: --upper keeps what a container writes, and the next one goes on from there" {
	run -0 kept_in "$kept/one" 'echo new >/new; rm /bin/vi; rm -r /usr; mkdir /usr; touch /usr/only'
	assert_output ""
	run -0 kept_in "$kept/one" 'cat /new; ls /bin/vi /usr 2>/dev/null; echo more >>/new'
	assert_output $'new\n/usr:\nonly'
	run -0 cat "$kept/one/upper/new"
	assert_output $'new\nmore'
	run -0 stat -c "%a %U %F" "$kept/one" "$kept/one/upper/bin/vi"
	assert_line --index 0 "700 ${GCR_USER:-root} directory"
	assert_line --index 1 --partial "character special file"
	run -0 inside 'ls /new /usr/only 2>/dev/null; ls /bin/vi'
	assert_output /bin/vi
}

@test "overlay: --upper and a gcr that was killed: the next one goes on" {
	start --upper "$kept/killed" "$rootfs" sh -c 'echo kept >/file; echo ready; read -r line </dev/zero'
	kill -KILL "$gcr_pid"
	wait "$gcr_pid" || true
	run -0 kept_in "$kept/killed" 'cat /file'
	assert_output kept
	# It may have been killed before all was there.
	as_user mkdir -m 700 "$kept/begun" "$kept/begun/upper"
	run -0 kept_in "$kept/begun" 'stat -c %a /; echo kept >/file'
	assert_output "$(stat -c %a "$rootfs")"
}

@test "overlay: --lower puts what was kept on the rootfs, the last one on top" {
	kept_in "$kept/base" 'echo base >/file; echo base >/base; rm /bin/vi; rm -r /usr; mkdir /usr'
	run -0 "$gcr" run -q --lower "$kept/base" --upper "$kept/more" "$rootfs" sh -c 'ls /bin/vi /usr; echo more >/file; rm /base; echo back >/bin/vi'
	assert_output $'ls: /bin/vi: No such file or directory\n/usr:'
	run -0 over_kept "$kept/base" "$kept/more" 'cat /file /bin/vi; ls /base || true'
	assert_output $'more\nback\nls: /base: No such file or directory'
	run -0 over_kept "$kept/more" "$kept/base" 'cat /file /base; ls /bin/vi || true'
	assert_output $'base\nbase\nls: /bin/vi: No such file or directory'
	run -0 over_kept "$kept/base" 'echo changed >/file; rm /base'
	run -0 over_kept "$kept/base" 'cat /file /base'
	assert_output $'base\nbase'
}

@test "overlay: one container at a time writes to what is kept, and none while it is a layer of others" {
	start --upper "$kept/used" "$rootfs" sh -c 'echo ready; read -r line </dev/zero'
	says "--upper $kept/used: another container uses it" --upper "$kept/used"
	says "--lower $kept/used: another container uses it" --lower "$kept/used"
	kill -KILL "$gcr_pid"
	wait "$gcr_pid" || true
	start --lower "$kept/used" "$rootfs" sh -c 'echo ready; read -r line </dev/zero'
	says "--upper $kept/used: another container uses it" --upper "$kept/used"
	run -0 over_kept "$kept/used" 'echo works'
	assert_output works
	says "--upper $kept/used: another container uses it" --upper "$kept/used" --lower "$kept/used"
	kill -KILL "$gcr_pid"
}

@test "overlay: what cannot be kept or stacked is refused, and not changed" {
	as_user mkdir "$kept/full" "$kept/empty"
	as_user touch "$kept/full/mine" "$kept/file"
	as_user ln -s empty "$kept/link"
	says "--upper $kept/full: it has other files: name a new or an empty directory" --upper "$kept/full"
	says "--lower $kept/full: it has no upper layer: name a directory that --upper has kept" --lower "$kept/full"
	says "--upper $kept/file: it is a file or a symbolic link: name a directory" --upper "$kept/file"
	says "--upper $kept/link: it is a file or a symbolic link: name a directory" --upper "$kept/link"
	says "--upper $kept/no/no: No such file or directory" --upper "$kept/no/no"
	says "--lower $kept/no: No such file or directory" --lower "$kept/no"
	run -0 find "$kept/full" "$kept/empty"
	assert_output "$kept/full"$'\n'"$kept/full/mine"$'\n'"$kept/empty"
	run -0 kept_in "$kept/empty" true
	run -0 stat -c %a "$kept/empty"
	assert_output 700
	says "a layer is named twice, or lies in another" --lower "$kept/empty" --lower "$kept/empty"
	# shellcheck disable=SC2046 # words
	run -2 "$gcr" run -q $(printf -- "--lower $kept/empty %.0s" {1..61}) "$rootfs" true
	assert_output --partial "a container has at most 60 of them"
}

@test "overlay: what is kept has to belong to the container's root" {
	takes_root
	mkdir -m 777 "$kept/theirs"
	chown 54321 "$kept/theirs"
	says "--upper $kept/theirs: it belongs to user 54321, but the container's root is user" --upper "$kept/theirs"
	says "--lower $kept/theirs: it belongs to user 54321, but the container's root is user" --lower "$kept/theirs"
	[ -z "${GCR_USER:-}" ] || return 0
	# Root's gcr maps the owner of the rootfs.
	cp -a "$rootfs" "$BATS_RUN_TMPDIR/owned"
	chown -hR 54321:54321 "$BATS_RUN_TMPDIR/owned"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_FILE_TMPDIR/.." "$data" "$kept"
	run "$gcr" run -q --upper "$kept/owned" "$BATS_RUN_TMPDIR/owned" sh -c 'echo new >/file; stat -c %u /file'
	assert_line 0
	run -0 stat -c %u "$kept"/owned{,/upper,/upper/file,/work}
	assert_output $'54321\n54321\n54321\n54321'
	run "$gcr" run -q "$BATS_RUN_TMPDIR/owned" sh -c 'echo new >/file; stat -c %u /file'
	assert_line 0
	chmod 700 "$data" "$BATS_RUN_TMPDIR"
	run "$gcr" run -q "$BATS_RUN_TMPDIR/owned" true
	assert_output --partial "that user cannot reach"
}

# --- images of several layers ----------------------------------------------------------------------

# Makes a layer of images/image by hand: layer NAME CODE, in a directory of its own; the lowest first.
layer() {
	mkdir -p images/.layers/"$1" images/image
	(cd images/.layers/"$1" && eval "$2")
	chown -hR "${GCR_USER:-root}:" images
	echo ".layers/$1" >>images/image.layers
}

make_image() {
	layer sha256:base "cp -a '$rootfs'/. .; echo base >file; mkdir dir; echo base >dir/base"
	# shellcheck disable=SC2016 # for the layer
	layer sha256:more 'echo more >more; mkdir bin dir; mknod bin/vi c 0 0; echo more >dir/more; python3 -c "import os; os.setxattr(\"dir\", \"user.overlay.opaque\", b\"y\")"'
	layer sha256:last 'echo last >file; chmod 711 .'
	image=$PWD/images/image
}

# Asserts that gcr refuses the image in one line.
image_says() {
	run -125 "$gcr" run -q "$image" true
	assert_output --partial "$1"
	assert_equal "${#lines[@]}" 1
}

@test "layers: an image's layers are stacked, with what they remove" {
	takes_root # for a device
	local before
	make_image
	before=$(all_of images)
	run -0 "$gcr" run -q "$image" sh -c 'cat /file /more; ls /dir /bin/vi; stat -c %a /; echo new >/file; rm /more; touch /dir/new'
	assert_output $'last\nmore\nls: /bin/vi: No such file or directory\n/dir:\nmore\n711'
	assert_equal "$(all_of images)" "$before"
	kept_in "$kept/below" 'echo below >/file'
	run -0 "$gcr" run -q --lower "$kept/below" "$image" cat /file /more
	assert_output $'below\nmore'
}

@test "layers: up to 128 of them" {
	local number
	layer 0 "cp -a '$rootfs'/. ."
	for number in {1..127}; do
		mkdir "images/.layers/$number"
		echo "$number" | tee images/.layers/"$number"/{last,"$number"} >/dev/null
		echo ".layers/$number" >>images/image.layers
	done
	chown -R "${GCR_USER:-root}:" images
	image=$PWD/images/image
	run -0 "$gcr" run -q "$image" sh -c 'cat /last /1 /64'
	assert_output $'127\n1\n64'
	for number in {1..60}; do
		as_user mkdir -p "kept$number/upper"
		as_user touch "kept$number/upper/of$number"
	done
	# shellcheck disable=SC2046 # words
	run -0 "$gcr" run -q $(printf -- '--lower kept%s ' {1..60}) "$image" ls /of1 /of60 /64
	assert_output $'/64\n/of1\n/of60'
	run -125 bash -c 'ulimit -n 100; exec "$0" run -q "$1" true' "$gcr" "$image"
	assert_output --partial "gcr opens some 20 files, and two for each layer: ulimit -n 1024"
	echo .layers/1 >>images/image.layers
	image_says "image.layers: the image has more than 128 layers"
}

@test "layers: a list that is wrong is refused" {
	local list
	layer base "cp -a '$rootfs'/. ."
	image=$PWD/images/image list=$PWD/images/image.layers
	echo .layers/missing >>"$list"
	image_says "No such file or directory: the layer is missing: make the image again: scripts/img2rootfs -layers -force"
	echo .layers/base >>"$list"
	image_says "No such file or directory: the layer is missing: make the image again: scripts/img2rootfs -layers -force"
	echo .layers/base >"$list"
	echo .layers/base >>"$list"
	image_says "a layer is named twice"
	printf '.layers/base\n\n' >"$list"
	image_says "image.layers: line 2: it is no name of a directory"
	echo "$rootfs" >"$list"
	image_says "image.layers: line 1: it is no name of a directory"
	printf '.layers/base\0x\n' >"$list"
	image_says "image.layers: line 1: it is no name of a directory"
	: >"$list"
	image_says "image.layers: it names no layer: make the image again"
	rm "$list"
	as_user ln -s elsewhere "$list"
	image_says "image.layers: it is a symbolic link"
	rm "$list"
	as_user mkfifo "$list"
	image_says "image.layers is not a regular file"
}

@test "layers: while a container uses them, they are locked, so that img2rootfs -prune leaves them" {
	layer base "cp -a '$rootfs'/. ."
	image=$PWD/images/image
	start "$image" sh -c 'echo ready; read -r line </dev/zero'
	run -1 flock --nonblock images/.layers/base true
	kill -KILL "$gcr_pid"
	wait "$gcr_pid" || true
	run -0 flock --nonblock images/.layers/base true
	run -125 flock images/.layers/base "$gcr" run -q "$image" true
	assert_output --partial "images/.layers/base: img2rootfs -prune is removing it"
}

@test "layers: a list of another user's is refused" {
	takes_root
	layer base "cp -a '$rootfs'/. ."
	image=$PWD/images/image
	chown 54321 images/image.layers
	image_says "images/image.layers belongs to user 54321, neither to you nor to the owner of the rootfs"
}

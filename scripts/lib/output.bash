# How img2rootfs puts its output into place: all or nothing. The output NAME has up to three parts: the root filesystem NAME, the
# image's config NAME.json, and NAME.layers, a list, if the layers are apart.
# shellcheck shell=bash disable=SC2154 # variables of scripts/img2rootfs

work=''                     # our own directory beside the output; also $work.new and $work.old
parent=''                   # the directory of all these
parts=('' .json .layers)    # of an output
old=()                      # those that are there already
publishing=''               # whether parts may have been moved

prepare_output() {
	local name
	parent=$(dirname -- "$output") name=$(basename -- "$output")
	output=$parent/$name
	[[ $name != .layers ]] || misuse "-output $output is for the layers of images"
	find_old
	[[ -d $parent ]] || try mkdir -p -m 700 -- "$parent"    # no other user may run a setuid program from a rootfs
	work=$(mktemp -d -- "$parent/.img2rootfs.XXXXXX" 2>&1) || die "$work; choose another -output"
	hold "$work"
}

is_there() { [[ -e $1 || -L $1 ]]; }

find_old() {
	local part
	old=()
	for part in "${parts[@]}"; do
		is_there "$output$part" || continue
		[[ $force ]] || die "$output$part exists; -force replaces it"
		old+=("$part")
	done
	[[ ! -e $output || -L $output ]] || check_old
}

check_old() {
	[[ -O $output || -w $output ]] || die "$output belongs to another user; remove it, or use sudo"
	# A forgotten mount may be this machine's /home. Deleting the directory would delete that.
	! grep -qF " $(realpath -m -- "$output" | sed 's/ /\\040/g')/" /proc/self/mountinfo ||
		die "something is mounted in $output; unmount it first"
}

# Locks a directory until this script ends, by default so that -prune leaves it alone: hold DIRECTORY [--exclusive]
hold() {
	local lock
	[[ -r $1 ]] || die "$1 belongs to another user; choose another -output, or use sudo"
	exec {lock}<"$1"
	flock "${2:---shared}" "$lock"
}

unpack_image() {
	local rootfs=$work/alone/rootfs mode
	[[ ! $layers ]] || { unpack_layers; return; }
	say "2/3 unpacking the layers on top of each other, with their owners, modes and links (umoci)"
	try mkdir -- "$work/alone"    # a layer's file ".wh..." makes umoci 0.4 delete all that is beside the root filesystem
	run "${unpack[@]}" --image "$download:latest" "$rootfs" || explain umoci
	open_root "$rootfs"
	mode=$(stat -c %a -- "$rootfs")
	try chmod u+w -- "$rootfs"    # else only root may move it
	try mv -T -- "$rootfs" "$work.new"
	try chmod "$mode" -- "$work.new"
}

# In a container, the owner of the rootfs is root. The container's other users must be able to enter it, and may not write.
open_root() {
	((EUID != 0)) || try chown 0:0 -- "$1"
	try chmod a+rx,go-w -- "$1"
}

# Moves the old parts away, then the new ones into place. A root filesystem is the first to go and the last to come, so none is
# ever beside the config of another.
publish() {
	local part
	why=$(skopeo inspect --config --raw "oci:$download:latest" 2>&1 >"$work.new.json") || die "$why; choose another -output"
	hold "$parent" --exclusive    # another run may be making the same output
	find_old
	publishing=yes
	for part in "${old[@]}"; do try mv -T -- "$output$part" "$work.old$part"; done
	for part in .layers .json ''; do
		! is_there "$work.new$part" || try mv -T -- "$work.new$part" "$output$part"
	done
}

# Moves the old parts back, unless the new root filesystem has taken its place.
take_back() {
	local part
	[[ $publishing && -d $work.new ]] || return 0
	for part in "${parts[@]}"; do
		[[ " ${old[*]/#/NAME} " == *" NAME$part "* ]] || rm -f -- "$output$part"
		! is_there "$work.old$part" || mv -fT -- "$work.old$part" "$output$part"
	done
}

# However this script ends, it leaves one complete output, the new one or the old one, and nothing else.
cleanup() {
	set +e; trap '' HUP INT TERM    # not even a second Ctrl+C stops this
	if [[ $running ]]; then kill "${!-}"; wait "${!-}"; fi 2>/dev/null
	[[ ! -d $download ]] || rm -rf -- "$download"
	[[ -d $work ]] || return
	take_back 2>/dev/null
	delete "$work"*
	[[ ! -w $parent/.layers ]] || delete "$parent/.layers/${work##*/}".*
}

# Deletes files and directories, whatever their owners and modes: delete FILE…
delete() {
	((EUID == 0)) || chmod -R u+rwX -- "$@" 2>/dev/null    # others cannot empty a directory of mode 0
	rm -rf --one-file-system -- "$@" 2>/dev/null || say "could not remove all of $*"
}

# shellcheck shell=bash disable=SC2034,SC2154 # $as, $why: of lib.bash; $work, $rootfs: of tools/bench
# How each runtime makes the container of a step, for a user. $who is root, nobody or gcr-bench, which has subordinate ids.
# What a runtime makes besides, or can't, is told by the words in $why.

runtimes=(floor gcr unshare bwrap crun runc systemd-nspawn)

# The steps, and what each adds: as the OCI's runtime specification calls it, and as unshare and bubblewrap do.
steps=('' v0.1-pid v0.2-mnt v0.3-user v0.4-uts v0.5-ipc v0.6-cgroups v0.7-net v0.8-ports v0.9-seccomp v1.0-image)
oci_names=('' pid mount user uts ipc cgroup network '' '' '')
unshare_options=('' '--fork --pid' "--mount --mount-proc" --map-root-user --uts --ipc --cgroup --net '' '' '')
bwrap_options=('' --unshare-pid '' '--unshare-user --uid 0 --gid 0' --unshare-uts --unshare-ipc --unshare-cgroup --unshare-net '' '' '')

declare -A calls=([root]=root [nobody]=user [gcr-bench]="user with ids")

# Runs what follows as $who, which the results call $called.
become() {
	who=$1 called=${calls[$1]} as=() ids=()
	[ "$who" = root ] || as=(setpriv --reuid "$who" --regid "$(id -g "$who")" --clear-groups env "XDG_RUNTIME_DIR=$work/state-$who")
	install -d -m 700 -o "$who" "$work/state-$who"
	export GCR_DATA_DIR=$work/state-$who # for upper layers
	[ "$who" != gcr-bench ] || IFS=: read -r _ "ids[0]" "ids[1]" < <(grep ^gcr-bench: /etc/subuid)
}

# Puts the words into $line that run a command in the container of a step: container RUNTIME STEP COMMAND. Fails with
# $why if the runtime has no such container.
container() {
	line=()
	why=''
	"as_${1//-/_}" "$2" "$3"
	[ -z "$why" ]
}

# Whether the namespaces that a runtime makes for a step are the step's: has_namespaces RUNTIME STEP. One that does not run
# at all may say so itself, later.
has_namespaces() {
	local theirs wanted=(pid mnt user uts ipc cgroup net)
	container "$1" "$2" /bin/namespaces
	theirs=$("${as[@]}" "${line[@]}" 2>/dev/null </dev/null) || return 0
	theirs=$(grep -vxFf <("$rootfs/bin/namespaces") <<<"$theirs" | cut -d : -f 1 | paste -sd ' ')
	why="its namespaces are $theirs, and not ${wanted[*]:0:$2}"
	[ "$theirs" = "${wanted[*]:0:$2}" ]
}

as_floor() {
	line=("$work/floor" ${ids[0]:+-i "${ids[0]}:${ids[1]}"} "$1" "$rootfs" "$2")
	[ "$1" -lt 3 ] && [ "$who" != root ] && why="root alone may"
	[ "$1" -ne 1 ] || line[-1]=$rootfs$2
}

as_gcr() {
	line=("$work/${steps[$1]}" run -q)
	[ "$1" -lt 7 ] || line+=(--net none)
	line+=("$rootfs" "$2")
	[ "$1" -ne 1 ] || line[-1]=$rootfs$2
}

# The options of a step and of all before it.
up_to() {
	local -n options=$2
	read -r -a words <<<"${options[*]:1:$1}"
}

as_unshare() {
	up_to "$1" unshare_options
	line=(unshare "${words[@]}")
	[ "$1" -lt 3 ] || [ "$who" != gcr-bench ] || line+=(--map-auto)
	[ "$1" -ne 1 ] || { line+=("$rootfs$2"); return; }
	line+=(--root "$rootfs" "$2")
}

as_bwrap() {
	[ "$1" -gt 1 ] || why="always makes a mount namespace"
	[ "$who" != gcr-bench ] || why="maps one user and one group"
	up_to "$1" bwrap_options
	line=(bwrap "${words[@]}" --bind "$rootfs" / --proc /proc --dev /dev --tmpfs /tmp --ro-bind /sys /sys "$2")
}

as_systemd_nspawn() {
	[ "$1" -gt 5 ] || why="always makes UTS, IPC and cgroup namespaces"
	line=(systemd-nspawn --quiet --register=no --keep-unit --console=pipe --private-users=identity --directory "$rootfs")
	[ "$1" -lt 7 ] || line+=(--private-network)
	line+=("$2")
}

as_crun() { as_oci crun "$1" "$2" --cgroup-manager=disabled; }
as_runc() { as_oci runc "$1" "$2"; }

# A runtime of the Open Container Initiative takes all that from a file, in a directory.
as_oci() {
	local bundle=$work/bundle-$who-$2${3//\//-}
	[ "$2" -gt 1 ] || why="always makes a mount namespace"
	[ -e "$bundle" ] || make_bundle "$bundle" "$2" "$3"
	line=("$1" --root "$work/state-$who/$1" "${@:4}" run --bundle "$bundle" bench)
}

make_bundle() {
	up_to "$2" oci_names
	mkdir "$1"
	jq --arg rootfs "$rootfs" --arg command "$3" --argjson step "$2" --arg namespaces "${words[*]}" \
		--argjson uid "$(id -u "$who")" --argjson gid "$(id -g "$who")" --arg ids "${ids[*]}" \
		--slurpfile profile "$work/profile.json" -f tests/bench/oci.jq "$work/config.json" >"$1/config.json"
}

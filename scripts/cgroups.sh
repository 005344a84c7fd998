#!/usr/bin/env bash
# usage: scripts/cgroups.sh
#
# Makes a cgroup by hand: limits it to five processes, tries to start ten in it, shows the result, and cleans up. It runs
# each line after a $ as it is shown, without sudo. cgroups(7) describes the files.
set -euo pipefail
case ${1:-} in
	-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
	?*) echo "cgroups: no option '$1'; see scripts/cgroups.sh --help" >&2; exit 2 ;;
esac
root=/sys/fs/cgroup me=$(id -un)

die() { echo "cgroups: $*" >&2; exit 1; }

# Shows a command, and runs it.
step() {
	echo "\$ $1"
	eval "$1"
}

grep -qw pids "$root/cgroup.controllers" 2>/dev/null ||
	die "$root is not a cgroup v2 hierarchy with the pids controller: boot with systemd.unified_cgroup_hierarchy=1 on the kernel's command line, or use the virtual machine: vm/qemu shell"

# To move a process, a user needs write access to the target cgroup and to the common ancestor of the old and the new one. A
# login session is in a cgroup of root. So this script asks the service manager for a scope with Delegate= (systemd.scope(5)),
# and starts again in the scope. If the current cgroup is already the user's, with this process alone, it stays there.
original=$root$(sed -n 's/^0:://p' /proc/self/cgroup)
mapfile -t processes <"$original/cgroup.procs"
if [ ! -w "$original/cgroup.subtree_control" ] || [ ${#processes[@]} -gt 1 ]; then
	if [ $EUID -eq 0 ]; then manager=--system; else manager=--user; fi
	scope=(systemd-run "$manager" --scope -p Delegate=yes --quiet --collect)
	answer=$("${scope[@]}" true 2>&1) ||
		die "no service manager for $me here ($answer): log in as $me by ssh or by sudo machinectl shell $me@, not by su; or use sudo"
	echo ">>> Asking systemd for a cgroup of our own"
	step "exec ${scope[*]} --unit=myapp-$$ bash $(printf %q "$0")"
fi
grep -qw pids "$original/cgroup.controllers" ||
	die "the pids controller is not delegated to $me: sudo vm/provision.sh delegates it (/etc/systemd/system/user@.service.d/60-gcr.conf); then log in again"

# Undoes everything in reverse: at the end, after an error, after Ctrl+C. Nothing may stop it half-way.
cleanup() {
	set +e
	trap '' HUP INT PIPE TERM
	disown -a # otherwise bash prints how our sleep ended
	echo ">>> Restoring shell back to original cgroup: ${original#"$root"}"
	step "echo -pids >cgroup.subtree_control"
	step "echo $$ >cgroup.procs"
	echo ">>> Cleaning up $original/demo"
	step "echo 1 >demo/cgroup.kill" # SIGKILL to every process in it, which takes a moment
	while grep -q "populated 1" demo/cgroup.events; do sleep 0.1; done
	step "rmdir demo"
}

echo ">>> Creating cgroup at $original/demo"
cd "$original"
step "mkdir demo"
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
# A cgroup with processes cannot give controllers to its children. So we leave it first; then +pids makes demo/pids.max.
step "echo $$ >demo/cgroup.procs"
step "echo +pids >cgroup.subtree_control"
step "echo 5 >demo/pids.max"

# dash reports a failed fork at once. bash would try again for 15 seconds.
echo ">>> Spawning background processes"
for i in {1..10}; do
	# shellcheck disable=SC2016 # for dash
	dash -c 'sleep 60 & echo "Spawned $0 with PID $!"' "Process $i" || true
done
echo "The limit counts all that is in the cgroup: this shell, a dash that spawns, and 3 processes make 5."

# read is a builtin. A cat would be one more process.
echo ">>> Status"
read -r current <demo/pids.current
read -r refused <demo/pids.events
mapfile -t processes <demo/cgroup.procs
echo "pids.current = $current"
echo "pids.events: $refused"
printf '%s\n' "cgroup.procs:" "${processes[@]}"

echo ">>> Sleeping for 5 seconds before cleanup..."
sleep 5 & # in the background: bash runs a trap at once only during wait
wait $!

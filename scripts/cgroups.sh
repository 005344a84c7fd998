#!/usr/bin/env bash
# A cgroup by hand: makes one for at most five processes, tries to start ten in it, shows what came of that, and cleans
# up. What follows a $ is done just as it is shown. cgroups(7) tells what the files are.
set -euo pipefail
root=/sys/fs/cgroup me=$(id -un)

die() { echo "cgroups: $*" >&2; exit 1; }

# Shows a command, and runs it.
step() {
	echo "\$ $1"
	eval "$1"
}

case $* in
	'') ;;
	-h | --help) echo "usage: scripts/cgroups.sh    gives itself room for five processes and tries to start ten; without sudo"; exit 0 ;;
	*) echo "usage: scripts/cgroups.sh" >&2; exit 2 ;;
esac

grep -qw pids "$root/cgroup.controllers" 2>/dev/null ||
	die "$root is no cgroup v2 hierarchy with the pids controller: boot with systemd.unified_cgroup_hierarchy=1 on the kernel's command line, or use the virtual machine: vm/qemu shell"

# To move a process, one must be allowed to write to where it goes, and to what holds that and where it was. A login
# session is in a cgroup of root's. So we ask our service manager for one that it leaves to us, a scope with Delegate=
# (systemd.scope(5)), and start again in there. In a cgroup that is ours already, and nobody else's, there is no need.
original=$root$(sed -n 's/^0:://p' /proc/self/cgroup)
mapfile -t processes <"$original/cgroup.procs"
if [ ! -w "$original/cgroup.subtree_control" ] || [ ${#processes[@]} -gt 1 ]; then
	if [ $EUID -eq 0 ]; then manager=--system; else manager=--user; fi
	scope=(systemd-run "$manager" --scope -p Delegate=yes --quiet --collect)
	answer=$("${scope[@]}" true 2>&1) ||
		die "no service manager for $me here ($answer): log in as $me, which su does not do: by ssh, or sudo machinectl shell $me@; or run it with sudo"
	echo ">>> Asking systemd for a cgroup of our own"
	step "exec ${scope[*]} --unit=myapp-$$ bash $(printf %q "$0")"
fi
grep -qw pids "$original/cgroup.controllers" ||
	die "the pids controller is not delegated to $me: sudo vm/provision.sh has it delegated (/etc/systemd/system/user@.service.d/60-gcr.conf); then log in again"

# All of it in reverse: at the end, after an error, after Ctrl+C. Nothing may stop this half-way.
cleanup() {
	set +e
	trap '' HUP INT PIPE TERM
	disown -a # else bash tells how our sleep ended
	echo ">>> Restoring shell back to original cgroup: ${original#"$root"}"
	step "echo -pids >cgroup.subtree_control"
	step "echo $$ >cgroup.procs"
	echo ">>> Cleaning up $original/demo"
	step "echo 1 >demo/cgroup.kill" # SIGKILL to all that are in it, which takes a moment
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
# While a cgroup has processes, it cannot give controllers to its children. So we move first; +pids makes demo/pids.max.
step "echo $$ >demo/cgroup.procs"
step "echo +pids >cgroup.subtree_control"
step "echo 5 >demo/pids.max"

# dash, as it says so at once when a fork fails; bash would try again, and again, for 15 seconds.
echo ">>> Spawning background processes"
for i in {1..10}; do
	# shellcheck disable=SC2016 # for dash
	dash -c 'sleep 60 & echo "Spawned $0 with PID $!"' "Process $i" || true
done
echo "The limit counts all that is in the cgroup: this shell, a dash that spawns, and 3 processes make 5."

# read is the shell's own; a cat would be counted.
echo ">>> Status"
read -r current <demo/pids.current
read -r refused <demo/pids.events
mapfile -t processes <demo/cgroup.procs
echo "pids.current = $current"
echo "pids.events: $refused"
printf '%s\n' "cgroup.procs:" "${processes[@]}"

echo ">>> Sleeping for 5 seconds before cleanup..."
sleep 5 & # in the background, as a trap runs at once only during wait
wait $!

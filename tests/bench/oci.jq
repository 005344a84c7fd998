# From what `runc spec` writes, the container of a step: its namespaces, its mounts as gcr has them, no cgroup, and from v0.9 on a
# profile of system calls.

def mappings($own): [{containerID: 0, hostID: $own, size: 1}] +
	if $ids != "" then ($ids | split(" ") | map(tonumber) | [{containerID: 1, hostID: .[0], size: .[1]}])
	elif $own == 0 then [{containerID: 1, hostID: 1, size: 65535}]
	else [] end;

# To mount a sysfs takes a network namespace of one's own, if it is not for root.
def sys: if .destination == "/sys" and $step >= 3 and $step < 7
	then . + {type: "none", source: "/sys", options: ["rbind", "nosuid", "noexec", "nodev", "ro"]} else . end;

.root = {path: $rootfs, readonly: false}
| .process.terminal = false
| .process.args = [$command]
| del(.process.rlimits, .linux.resources)
| if $step < 4 then del(.hostname) else . end
| .mounts |= map(select((.type != "cgroup" or $step >= 6) and (.type != "mqueue" or $step >= 5))
	| .options |= (. // [] | map(select(startswith("gid=") | not))) | sys)
| .mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=1777"]}]
| .linux.namespaces = ($namespaces | split(" ") | map({type: .}))
| if $step >= 3 then .linux += {uidMappings: mappings($uid), gidMappings: mappings($gid)} else . end
| if $step >= 9 then .linux.seccomp = $profile[0] else . end

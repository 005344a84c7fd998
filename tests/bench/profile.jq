# podman's profile of system calls, as an OCI configuration has it for a container with gcr's capabilities:
# jq --arg machine "$(uname -m)" -f tests/bench/profile.jq /usr/share/containers/seccomp.json

({x86_64: "amd64", aarch64: "arm64"}[$machine]) as $architecture
| ["CAP_SYS_CHROOT"] as $capabilities # of those that a profile asks for
| {defaultAction, defaultErrnoRet,
	architectures: [.archMap[] | select(.architecture == "SCMP_ARCH_\($machine | ascii_upcase)") | .architecture, .subArchitectures[]],
	syscalls: [.syscalls[]
		| select(.includes.arches // [$architecture] | index($architecture))
		| select((.includes.caps // []) - $capabilities == [] and (.excludes.caps // []) - $capabilities == (.excludes.caps // []))
		| {names, action, errnoRet, args} | del(.[] | select(. == null or . == []))]}

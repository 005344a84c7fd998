# shellcheck shell=bash disable=SC2154 # of the files beside it
# From the start of a runtime to the end of /bin/true: each step, for root, and for users without and with subordinate ids.

start() {
	local step who of_users=(3 4 5 6 7 8 9 10)
	[ -z "$quick" ] || of_users=(5 9 10)
	for step in {1..10}; do start_of "$step" root; done
	for who in nobody gcr-bench; do
		for step in "${of_users[@]}"; do start_of "$step" "$who"; done
	done
	start_limited
}

start_of() {
	local name
	become "$2"
	for name in "${runtimes[@]}"; do
		if container "$name" "$1" /bin/true && has_namespaces "$name" "$1"; then
			container "$name" "$1" /bin/true
			add "$name" "${line[@]}"
		else
			left_out start "${steps[$1]}, $called" "$name" "$why"
		fi
	done
	race start "${steps[$1]}, $called" --warmup 1
}

# With a limit of 64 processes, which takes a cgroup.
start_limited() {
	become root
	add floor "$work/floor" -l 6 "$rootfs" /bin/true
	add gcr "$work/v0.6-cgroups" run -q --pids-max 64 "$rootfs" /bin/true
	race start "v0.6-cgroups --pids-max 64, root" --warmup 1
}

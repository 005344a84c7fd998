# shellcheck shell=bash disable=SC2154 # of the files beside it
# Root's containers on the bridge: how long the next takes to start, with 1, 50 and 200 that are there. The floor makes
# cable, address and route as gcr and gcr-net do, in one process.

bridge() {
	local level levels=(1 50 200)
	[ -z "$quick" ] || levels=(1 20)
	become root
	make_bridge
	for level in "${levels[@]}"; do
		stay "$level" "${on_bridge[@]}" /bin/stay
		add floor "$work/floor" -n 7 "$rootfs" /bin/true
		add gcr "${on_bridge[@]}" /bin/true
		race bridge "$level" --warmup 1
		end_staying
	done
	gcr_net teardown
}

gcr_net() { "build/test/steps/v0.8-ports/gcr" net "$@" >/dev/null; }

# Room for 1021; of the address of a container that ended the kernel lets go a little later.
make_bridge() {
	on_bridge=("$work/v0.8-ports" run -q "$rootfs")
	gcr_net setup --subnet 10.0.0.0/22
}

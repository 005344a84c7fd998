# shellcheck shell=bash disable=SC2154 # of the files beside it
# What the filter of system calls costs: a start of v0.9 beside one of v0.8, and crun and runc with podman's profile and
# without one. They compile the profile at each start; a crun with a cache of compiled filters begins without it.

seccomp() {
	local who
	for who in root nobody; do seccomp_of "$who"; done
}

seccomp_of() {
	local runtime
	become "$1"
	container gcr 8 /bin/true && add v0.8 "${line[@]}"
	container gcr 9 /bin/true && add v0.9 "${line[@]}"
	for runtime in crun runc; do
		container "$runtime" 8 /bin/true && add "$runtime" "${line[@]}"
		container "$runtime" 9 /bin/true && add "$runtime, profile" "${line[@]}"
	done
	add_compiled
	race seccomp "$called" --warmup 1 --prepare "rm -rf $work/state-$who/crun/.cache"
}

# crun with gcr's filter, as if it were in its cache: it compiles nothing.
add_compiled() {
	local bundle=$work/compiled-$who
	container crun 8 /bin/true
	mkdir "$bundle"
	jq --arg filter "$("$work/filters" --export | base64 --wrap 0)" '.annotations["run.oci.seccomp_bpf_data"] = $filter' \
		"$work/bundle-$who-8-bin-true/config.json" >"$bundle/config.json"
	add "crun, compiled" "${line[@]/"$work/bundle-$who-8-bin-true"/"$bundle"}"
}

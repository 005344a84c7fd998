# How img2rootfs keeps the layers of images apart. The layers of all images in a directory are in its directory .layers. Each is
# named by its ChainID, the digest of the layer and all below it (config.md in the OCI image specification): what a layer changes
# can only be said on top of these. The image NAME is an empty directory NAME, and a file NAME.layers with a line for each layer,
# the lowest first.
# shellcheck shell=bash disable=SC2154 # variables of scripts/img2rootfs

most_layers=128    # that gcr stacks
owner=''           # what is added to the name of a layer without the image's owners

unpack_layers() {
	local digests diff_ids chain_ids=() added=() store blobs i
	mapfile -t digests < <(inspect '{{range .Layers}}{{println .}}{{end}}' | grep .)
	mapfile -t diff_ids < <(inspect '{{range .RootFS.DiffIDs}}{{println .}}{{end}}' --config | grep .)
	check_layers
	name_layers
	try mkdir -p -m 700 -- "$parent/.layers"
	hold "$parent/.layers"
	store=$(realpath -- "$parent/.layers") blobs=$(realpath -- "$download/blobs/sha256")
	for i in "${!chain_ids[@]}"; do
		[[ -d $store/${chain_ids[i]} ]] || added+=("$i")
	done
	say "2/3 unpacking the layers that are new, ${#added[@]} of ${#digests[@]} (umoci)"
	try mkdir -p -- "$work/stack"/{0,merged,work}
	for i in "${!chain_ids[@]}"; do stack_layer "$i"; done
	publish_layers
	try mkdir -- "$work.new"
	printf '.layers/%s\n' "${chain_ids[@]}" >"$work.new.layers"
}

# The digests are names of files, so they are looked at before they are used.
check_layers() {
	local digest
	((${#digests[@]} == ${#diff_ids[@]})) || die "$image has ${#digests[@]} layers, but its config speaks of ${#diff_ids[@]}"
	((${#digests[@]} > 0)) || die "$image has no layers"
	((${#digests[@]} <= most_layers)) || die "$image has ${#digests[@]} layers, and gcr stacks $most_layers; leave out -layers"
	for digest in "${digests[@]}" "${diff_ids[@]}"; do
		[[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || die "$image has a layer '$digest', which is no digest by SHA-256"
	done
}

name_layers() {
	local diff_id chain_id='' digest
	for diff_id in "${diff_ids[@]}"; do
		if [[ $chain_id ]]; then
			read -r digest _ < <(printf '%s %s' "$chain_id" "$diff_id" | sha256sum)
			chain_id=sha256:$digest
		else
			chain_id=$diff_id
		fi
		chain_ids+=("$chain_id$owner")
	done
}

# Adds a layer to $work/stack, where the directories 0, 1, 2 … are the layers from the lowest on; 0 is empty.
stack_layer() {
	local stack=$work/stack number=$(($1 + 1)) layer=$store/${chain_ids[$1]} namespace=(unshare --mount)
	if [[ -d $layer ]]; then
		ln -s -- "$layer" "$stack/$number"
		return
	fi
	layer=$(new_layer "$1")
	try mkdir -m "$(stat -L -c %a -- "$stack/$1")" -- "$layer"
	ln -s -- "$layer" "$stack/$number"
	((EUID == 0)) || namespace=(unshare --map-root-user --mount)
	run "${namespace[@]}" "$lib/unpack-layer" "$stack" "$number" "$blobs/${digests[$1]#sha256:}" "${diff_ids[$1]}" "${unpack[@]}" ||
		explain umoci
	open_root "$layer"
}

# Where a layer is until it is complete.
new_layer() { echo "$store/${work##*/}.$1"; }

# Gives the new layers their names, unless another run has made the same layer meanwhile.
publish_layers() {
	local i layer
	((${#added[@]} == 0)) || try sync --file-system -- "$work"    # or a power failure could leave half of one
	for i in "${added[@]}"; do
		layer=$store/${chain_ids[i]}
		mv -T -- "$(new_layer "$i")" "$layer" 2>/dev/null || [[ -d $layer ]] || die "cannot write to $parent/.layers"
	done
}

# Deletes what no image of a directory uses: layers, downloads, and what a killed img2rootfs has left.
prune() {
	local leftover
	[[ -d $prune ]] || die "-prune $prune: no such directory"
	hold "$prune" --exclusive    # no output is half in place
	[[ ! -d $prune/.layers ]] || prune_layers
	for leftover in "$prune"/.img2rootfs.??????; do
		if [[ ! -d $leftover ]] || ! flock --nonblock "$leftover" true; then continue; fi
		! is_there "$leftover.old" || say "$leftover.old was to be replaced when img2rootfs was killed: move it back or delete it"
		delete "$leftover" "$leftover".new*
	done
	prune_downloads
}

# A layer loses its name before it is deleted, so none is ever incomplete.
prune_layers() {
	local lock list layer unused=()
	exec {lock}<"$prune/.layers"
	flock --nonblock "$lock" || die "another img2rootfs adds layers to $prune; try again when it has ended"
	for list in "$prune"/*.layers; do
		is_there "${list%.layers}" || rm -f -- "$list" "${list%.layers}.json"
	done
	for layer in "$prune"/.layers/sha256:*; do
		if [[ -d $layer ]] && ! grep -qsxF ".layers/${layer##*/}" "$prune"/*.layers && flock --nonblock "$layer" true; then
			try mv -T -- "$layer" "$prune/.layers/.img2rootfs.${layer##*:}"
		fi
	done
	for layer in "$prune"/.layers/.img2rootfs.*; do
		[[ ! -d $layer ]] || unused+=("$layer")
	done
	((${#unused[@]} > 0)) || return 0
	say "deleting ${#unused[@]} layers, $(du -shc -- "${unused[@]}" | tail -n 1 | cut -f 1)"
	delete "${unused[@]}"
}

# How img2rootfs fetches an image. skopeo downloads several layers at a time, checks each against its digest, and leaves out what
# is there already.
# shellcheck shell=bash disable=SC2154 # variables of scripts/img2rootfs

download=''    # the image as fetched, in the OCI layout (image-layout.md in the OCI image specification)

# Chooses where downloads are kept, before the caller becomes root of a user namespace.
choose_cache() {
	local default=/var/cache/gcr
	((EUID == 0)) || default=${XDG_CACHE_HOME:-${HOME-}/.cache}/gcr
	export GCR_CACHE_DIR=${GCR_CACHE_DIR:-$default}
}

# What comes from a registry goes to the cache: another run, or another image, fetches only what is new. An image of this machine
# is copied beside the output, as is all if there can be no cache.
prepare_download() {
	local directory=$work
	if [[ $image == docker://* && $GCR_CACHE_DIR != *:* ]] && make_cache; then directory=$GCR_CACHE_DIR; fi
	hold "$directory"
	[[ $directory != *:* ]] || die "-output $output: skopeo takes no ':' in the name of a parent directory"
	download=$(mktemp -d -- "$directory/download.XXXXXX" 2>&1) || die "$download; choose another -output, or GCR_CACHE_DIR"
	[[ $directory != "$work" ]] || return 0
	make_cache    # again: -prune may have been faster than the lock
	ln -s ../blobs "$download/blobs"
}

# An image may be private, so the cache is its owner's alone.
make_cache() { (umask 077 && mkdir -p -- "$GCR_CACHE_DIR/blobs") 2>/dev/null && [[ -w $GCR_CACHE_DIR && -w $GCR_CACHE_DIR/blobs ]]; }

fetch() {
	# If root's directory is closed to the user, skopeo would not look for the user's own logins.
	[[ ${XDG_RUNTIME_DIR-} || ! -e /run/containers || -x /run/containers ]] || export XDG_RUNTIME_DIR=$work
	# Signatures are not checked here, and their store may be root's. umoci 0.4 does not know zstd.
	local options=(--remove-signatures --retry-times 2 --dest-compress-format gzip) found
	[[ -t 2 ]] || options+=(--quiet)
	# As with docker, a registry on this machine needs no TLS.
	[[ ! $image =~ ^docker://(localhost|127(\.[0-9]+){3}|\[::1\])[:/] ]] || options+=(--src-tls-verify=false)
	prepare_download
	run skopeo --insecure-policy --tmpdir "$work" --override-arch "$arch" \
		copy "${options[@]}" "$image" "oci:$download:latest" || explain skopeo
	# If an image has only one architecture, skopeo takes it, whatever was asked for.
	found=$(inspect '{{.Architecture}}' --config)
	[[ ! $found || $found == "$arch" ]] || die "$image is for $found, not for $arch: take another image, or -arch $found"
}

# Prints something of the fetched image: inspect TEMPLATE [--config]
inspect() {
	skopeo inspect "${@:2}" --format "$1" "oci:$download:latest"
}

# Deletes the layers that were damaged after they were fetched. Fails if there are none.
drop_damaged_layers() {
	local digest layer dropped=''
	while read -r digest; do
		layer=$download/blobs/sha256/${digest#sha256:}
		[[ $(sha256sum <"$layer") == "${digest#sha256:}  -" ]] || { rm -f -- "$layer"; dropped=yes; }
	done < <(inspect '{{range .Layers}}{{println .}}{{end}}' | grep .)
	[[ $dropped ]]
}

prune_downloads() {
	[[ -d $GCR_CACHE_DIR/blobs ]] || return 0
	say "deleting the downloads in $GCR_CACHE_DIR, $(du -sh -- "$GCR_CACHE_DIR" | cut -f 1)"
	flock --nonblock "$GCR_CACHE_DIR" rm -rf -- "$GCR_CACHE_DIR"/{blobs,download.*} ||
		say "kept the downloads in $GCR_CACHE_DIR: another img2rootfs is fetching"
}

# Which images img2rootfs takes, and what to do if one fails.
# shellcheck shell=bash

# Prints an image as skopeo names it. If skopeo takes no such source, prints what to do and fails: source_of IMAGE
source_of() {
	case $1 in
		docker:/* | docker-archive:* | docker-daemon:* | oci:* | oci-archive:* | dir:* | sif:*) echo "$1" ;;
		containers-storage:*)
			echo "-image $1: first 'podman save --format oci-archive -o FILE ${1#*:}', then -image oci-archive:FILE"
			return 1 ;;
		atomic:* | ostree:* | tarball:*) echo "-image $1: no such source, ${1%%:*}:"; return 1 ;;
		/* | ./* | ../* | *.tar | *.tar.?z | *.tgz)
			echo "-image $1: for a file, write docker-archive:FILE or oci-archive:FILE; for a directory, oci:DIRECTORY"
			return 1 ;;
		*) echo "docker://$1" ;;
	esac
}

# Prints what to do after the last words of a tool that failed: advice TOOL IMAGE ARCH WORDS
advice() {
	case $4 in
		*"no space left"* | *"quota exceeded"*) echo "the disk is full: make room, or choose another -output or GCR_CACHE_DIR" ;;
		*too*many*requests*) echo "the registry's rate limit is reached: wait, or use 'skopeo login'" ;;
		unshare:*) echo "-layers takes a user namespace: see scripts/doctor userns, or leave out -layers" ;;
		*"overlayfs cannot"* | *merged*"input/output error"*)
			echo "this file system takes no layers: choose another -output (on ext4, xfs or btrfs), or leave out -layers" ;;
		*"mknod: operation not permitted"*)
			echo "$2 has a device that no layer can hold (0:0 means a deleted file): leave out -layers" ;;
		*chown*"invalid argument"*) echo "you have too few subordinate ids for an owner in $2: get more (scripts/doctor subids), or use sudo" ;;
		*"no image found in"*) echo "there is no $2 for $3: choose another -arch" ;;
		*"manifest unknown"* | *"not known to registry"* | *"is denied"* | *unauthorized* | *"authentication required"*)
			echo "there is no $2, or it needs 'skopeo login': check name and tag" ;;
		*"container registry"* | *"dial tcp"* | *timeout* | *"connection reset"*)
			echo "the registry of $2 does not answer: check its name and the network" ;;
		*) echo "$1 failed with $2" ;;
	esac
}

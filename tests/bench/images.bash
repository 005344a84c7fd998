# shellcheck shell=bash disable=SC2154 # of the files beside it
# An image, made into a root filesystem: by scripts/img2rootfs, and by what that calls, skopeo and umoci, without its checks.
# The image is in a directory: 3 layers of 500 files with 8 KiB of numbers.

images() {
	local layer
	become root
	umoci init --layout "$work/layout"
	umoci new --image "$work/layout:numbers"
	for layer in 1 2 3; do
		mkdir "$work/layer"
		seq "${layer}000000" "$((${layer}000000 + 511999))" | split --bytes=8192 --suffix-length=4 - "$work/layer/$layer-"
		tar -c -C "$work/layer" . >"$work/layer.tar"
		rm -r "$work/layer"
		umoci raw add-layer --image "$work/layout:numbers" "$work/layer.tar"
	done
	cat >"$work/plain" <<-END
		#!/bin/sh -e
		mkdir $work/out
		skopeo --insecure-policy copy --quiet --dest-compress-format gzip oci:$work/layout:numbers oci:$work/out/image:latest
		umoci raw unpack --image $work/out/image:latest $work/out/rootfs
	END
	chmod +x "$work/plain"
	add plain "$work/plain"
	add img2rootfs scripts/img2rootfs -image "oci:$work/layout:numbers" -output "$work/out/rootfs" -force
	race images "12 MB in 3 layers" --prepare "rm -rf $work/out"
}

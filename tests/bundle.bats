# tools/bundle: its archive for this architecture, and its installer on a minimal system without a network.

load helpers

setup_file() {
	arch=$(dpkg --print-architecture)
	export arch clone=$BATS_FILE_TMPDIR/clone unpacked=$BATS_FILE_TMPDIR/unpacked minimal=$BATS_FILE_TMPDIR/minimal
	mkdir -p "$clone" "$unpacked" "$minimal" "$top/build/bundle"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" # for another user
	# What would be committed, with a history of its own; what was fetched before is here already.
	(cd "$top" && git ls-files -z --cached --others --exclude-standard | tar -c --null -T -) | tar -x -C "$clone"
	mkdir "$clone/build"
	ln -s "$top/build/bundle" "$clone/build/bundle"
	cd "$clone" || return
	git init -q -b main
	git config user.name test
	git config user.email test@localhost
	git add .
	git commit -q -m "all of it"
	git tag v9.9
	tools/bundle --arch "$arch" --output "$BATS_FILE_TMPDIR/gcr.tar" >&2
	tar -x -C "$unpacked" -f "$BATS_FILE_TMPDIR/gcr.tar"
	export bundle=$unpacked/gcr-v9.9
	tar -x -z -C "$minimal" -f "$bundle/$arch/ubuntu.tar.gz" --exclude='./dev/*'
	echo force-unsafe-io >"$minimal/etc/dpkg/dpkg.cfg.d/test" # three times as fast
	chroot "$minimal" useradd --create-home learner
	chroot "$minimal" useradd --create-home lacking
	sed -i /lacking/d "$minimal"/etc/sub{u,g}id
}

# Runs shell code as a user in the minimal system, with the bundle at /bundle, and no network but a loopback.
in_minimal() {
	# shellcheck disable=SC2016 # for the shell inside
	timeout 500 unshare --net --mount --pid --fork --kill-child bash -euc 'mount --bind "$0" "$0"
		mkdir -p "$0/bundle"
		mount --bind "$1" "$0/bundle"
		mount --rbind /dev "$0/dev"
		mount -t proc proc "$0/proc"
		cd "$0"
		pivot_root . .
		umount -l .
		cd /
		exec setpriv --reuid "$2" --regid "$2" --init-groups \
			env -i HOME="$(getent passwd "$2" | cut -d: -f6)" PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -euc "$3"' \
		"$minimal" "$bundle" "$1" "$2" 3>&-
}

@test "bundle: what makes no sense is refused" {
	run -0 "$top/tools/bundle" --help
	assert_line --partial "usage: tools/bundle [--arch"
	run -2 "$top/tools/bundle" --colour red
	assert_output "bundle: no option '--colour'; see tools/bundle --help"
	run -2 "$top/tools/bundle" --arch
	assert_output "bundle: --arch needs a value; see tools/bundle --help"
	run -2 "$top/tools/bundle" --arch s390x
	assert_output "bundle: no architecture 's390x'; there are amd64 and arm64"
}

@test "bundle: a sum for each file, an index for each package, nothing of anybody's, nothing left" {
	cd "$bundle"
	run -0 sha256sum --check --strict --quiet SHA256SUMS
	assert_equal "$(cut -c 67- SHA256SUMS)" "$(find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort)"
	assert_equal "$(grep -c ^Filename: "$arch/Packages")" "$(find "$arch" -name '*.deb' | wc -l)"
	run -0 tar -t -v --numeric-owner -f "$BATS_FILE_TMPDIR/gcr.tar"
	refute_line --regexp '^.{10} [^0]'
	run -0 find "$top/build/bundle" -name '.making*' -o -name '*.new'
	assert_output ""
}

@test "bundle: the same again is the same" {
	cd "$clone"
	tools/bundle --arch "$arch" --output "$BATS_TEST_TMPDIR/again.tar"
	cmp "$BATS_FILE_TMPDIR/gcr.tar" "$BATS_TEST_TMPDIR/again.tar"
}

@test "install: refuses an archive that is damaged, incomplete, or for another system" {
	cp -rl "$bundle" "$BATS_TEST_TMPDIR/copy"
	cd "$BATS_TEST_TMPDIR/copy"
	deb=$(find "$arch" -name 'cmake_*.deb')
	rm "$deb" release
	cp "$bundle/$deb" "$arch/"
	printf '\1' | dd of="$deb" bs=1 seek=1000 conv=notrunc status=none
	echo sid >release
	run -1 ./install "$BATS_TEST_TMPDIR/gcr"
	assert_output --partial "install: this bundle is for sid, and this machine is "
	cp "$bundle/release" .
	run -1 ./install "$BATS_TEST_TMPDIR/gcr"
	assert_line --index 1 "install: damaged: $deb; copy the archive again"
	rm "$deb"
	run -1 ./install "$BATS_TEST_TMPDIR/gcr"
	assert_line --index 1 "install: damaged: $deb; copy the archive again"
	rm "$arch/ubuntu.tar.gz"
	run -1 ./install "$BATS_TEST_TMPDIR/gcr"
	assert_output "install: this bundle has nothing for $arch"
	assert [ ! -e "$BATS_TEST_TMPDIR/gcr" ]
}

@test "install: without a network, a minimal system gets all; gcr builds and runs, with its history" {
	run -0 in_minimal root '/bundle/install && cd ~/gcr && git log --format=%s && git status --porcelain &&
		scripts/lib/packages build run test machine workshop && scripts/get-rootfs &&
		scripts/checkout v0.4 && ./gcr --version && ./gcr run -q ubuntu sh -c "echo container \$PPID \$\$"'
	assert_line "install: 2/4 installing what is missing of the distribution's packages"
	assert_line --regexp "^Installing gcc "
	assert_line "gcr is in /root/gcr. Next:"
	assert_line "all of it"
	assert_line "gcr v0.4-uts"
	assert_line "container 1 2"
	run -0 in_minimal root 'ls -A /tmp; ls -A ~/gcr/rootfs; ip -o link | cut -d: -f 2'
	assert_output $'ubuntu\nubuntu.json\n lo'
}

@test "install: without a network, what a learner builds is graded" {
	run -0 in_minimal root 'cd ~/gcr && scripts/workshop start v0.4 && cp steps/v0.4-uts/gcr.c workshop/v0.4-uts/ &&
		scripts/workshop check --json | jq .score && scripts/workshop reset'
	assert_line 100
}

@test "install: an ordinary user gets a clone and a rootfs of its own; again, it leaves both as they are" {
	run -0 in_minimal learner '/bundle/install && cd ~/gcr && scripts/checkout v0.4 && ./gcr run -q ubuntu id -u
		stat -c "%U %u" gcr rootfs/ubuntu rootfs/ubuntu/etc; echo mine >rootfs/ubuntu/mine; echo mine >README.md'
	refute_line --partial "Installing"
	assert_line --regexp "^0$"
	assert_equal "$(grep -c '^learner 1000$' <<<"$output")" 3
	run -0 in_minimal learner '/bundle/install && cat ~/gcr/README.md ~/gcr/rootfs/ubuntu/mine'
	assert_line "install: /home/learner/gcr exists, and stays as it is"
	assert_equal "$(grep -c '^mine$' <<<"$output")" 2
}

@test "install: without subordinate ids there is no rootfs that works, so it says what to do" {
	run -1 in_minimal lacking '/bundle/install'
	assert_line --partial "install: no user namespaces, or no subordinate ids: sudo /home/lacking/gcr/vm/provision.sh, then call this again; if that does not help, "
	run -0 in_minimal lacking 'ls -A ~/gcr/rootfs'
	assert_output ""
}

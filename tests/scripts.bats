# What every script answers to --help, and scripts/quickstart and scripts/checkout, in a clone of their own.

load helpers
load user

setup_file() {
	export clone=$BATS_FILE_TMPDIR/clone
	mkdir "$clone"
	# What would be committed, with the rootfs that is here already.
	(cd "$top" && git ls-files -z --cached --others --exclude-standard | tar -c --null -T -) | tar -x -C "$clone"
	mkdir "$clone/rootfs"
	ln -s "$ubuntu" "$clone/rootfs/ubuntu"
}

@test "quickstart without a terminal ends with a command's output from the inside" {
	cd "$clone"
	run -0 --separate-stderr scripts/quickstart </dev/null
	assert_line --index 0 "I am process 2 of these:"
	assert_line --regexp '^ +2 .* bash$'
	assert_line usr
}

@test "quickstart at a terminal says what to try, and ends in a shell" {
	cd "$clone"
	run -0 "$top/tests/terminal" scripts/quickstart 'echo pid=$$' exit
	assert_output --partial "pid=2"
	assert_output --partial "Three things to try in the container:"
	assert_output --partial "It has no network yet: sudo ./gcr net setup"
}

@test "every script: --help has one shape, and an option that it does not know is one line" {
	cd "$clone"
	for script in scripts/* scripts/lib/packages tools/* vm/*; do
		[ -x "$script" ] && [ -f "$script" ] || continue
		name=$script
		[ "$script" != tools/bundle-install ] || name=./install # as it is called in the bundle
		# From anywhere, and with the right to nothing.
		run -0 env --chdir=/ "$clone/$script" --help
		assert_line --index 0 --regexp "^usage: $name( |$)"
		assert_line --regexp '^([A-Z]| +start STEP)' # says what it does
		run -2 "$script" --nosuch
		assert_output --regexp "^[a-z0-9-]+: no option '--nosuch'; (see )?$name --help$"
	done
}

@test "quickstart and cgroups.sh take no words" {
	run -2 "$clone/scripts/quickstart" v0.4
	assert_output "quickstart: no option 'v0.4'; see scripts/quickstart --help"
}

# The clone of an ordinary user, at $1.
clone_as_user() {
	chmod 755 "$BATS_RUN_TMPDIR"
	cp -r "$clone" "$1"
	rm -rf "$1/build" "$1/rootfs/ubuntu"
	chown -R learner "$1"
	GCR_USER=learner make_user_rootfs "$1/rootfs/ubuntu" # ours may be out of its reach
	cd "$1" || return
}

@test "quickstart as an ordinary user takes no sudo" {
	clone_as_user "$BATS_TEST_TMPDIR/clone"
	run -0 --separate-stderr as_test_user scripts/quickstart </dev/null
	assert_line --index 0 "I am process 2 of these:"
}

@test "quickstart where only root may make user namespaces goes on with sudo" {
	clone_as_user "$BATS_TEST_TMPDIR/clone"
	mkdir bin
	printf '#!/bin/sh\nexit 1\n' >bin/unshare
	printf '#!/bin/sh\necho "asked for: $*"\n' >bin/sudo
	chmod +x bin/*
	run -0 as_test_user PATH="$PWD/bin:$PATH" scripts/quickstart </dev/null
	assert_line "quickstart: this machine lets only root make user namespaces; going on with sudo"
	assert_line --partial "asked for: ./gcr run ubuntu bash -c"
}

@test "quickstart where root has made rootfs/ goes on with sudo" {
	clone_as_user "$BATS_TEST_TMPDIR/clone"
	chown root: rootfs
	chmod 700 rootfs
	mkdir bin
	printf '#!/bin/sh\necho "asked for: $*"\n' >bin/sudo
	chmod +x bin/sudo
	run -0 as_test_user PATH="$PWD/bin:$PATH" scripts/quickstart </dev/null
	assert_line "get-rootfs: rootfs/ belongs to root, and only root can use it"
	assert_line --partial "asked for: ./gcr run ubuntu bash -c"
	run -125 as_test_user ./gcr run -q ubuntu true
	assert_output --regexp "^gcr: no rootfs 'ubuntu' in ./rootfs, [^ ]*, one of which you may not enter: try sudo; make one: "
}

@test "quickstart twice: the second time builds and installs nothing" {
	cd "$clone"
	scripts/quickstart </dev/null
	built=$(stat -c %y -L gcr)
	run -0 scripts/quickstart </dev/null
	refute_output --partial Installing
	assert_equal "$(stat -c %y -L gcr)" "$built"
}

@test "checkout builds a step and points ./gcr to it" {
	cd "$clone"
	for step in steps/v*; do
		step=${step##*/}
		scripts/checkout "${step%-*}"
		run -0 ./gcr --version
		assert_output "gcr $step"
		assert [ -x "build/steps/$step/gcr" ]
	done
	scripts/checkout v0.2
	run -0 scripts/checkout
	assert_line "  v0.1-pid"
	assert_line "* v0.2-mnt"
}

@test "checkout of an unknown step lists those that there are" {
	cd "$clone"
	run -2 scripts/checkout v9
	assert_line --index 0 "checkout: no step 'v9'; there are:"
	assert_line --partial "v0.1-pid"
}

@test "each step configures and builds on its own" {
	cd "$clone"
	for step in steps/v*; do
		cmake -S "$step" -B "build/alone-${step##*/}" -G Ninja -DCMAKE_BUILD_TYPE=Debug >/dev/null
		cmake --build "build/alone-${step##*/}" >/dev/null
		run -0 "build/alone-${step##*/}/gcr" --version
		assert_output "gcr ${step##*/}"
	done
}

@test "get-rootfs leaves a rootfs that is there alone, and nothing half-made when it fails" {
	cd "$clone"
	run -0 scripts/get-rootfs
	assert_output ""
	rm rootfs/ubuntu
	# Neither a registry nor a mirror answers.
	mkdir "$BATS_TEST_TMPDIR/bin"
	for tool in skopeo mmdebstrap; do
		printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/$tool"
		chmod +x "$BATS_TEST_TMPDIR/bin/$tool"
	done
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run ! scripts/get-rootfs
	assert_equal "$(ls -A rootfs)" ""
	assert_equal "$(stat -c %a rootfs)" 700
	ln -s "$ubuntu" rootfs/ubuntu
}

@test "get-rootfs takes Ubuntu from the registry where that answers" {
	cd "$clone"
	rm rootfs/ubuntu
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "$@"\n' | tee "$BATS_TEST_TMPDIR/bin/skopeo" >"$BATS_TEST_TMPDIR/img2rootfs"
	chmod +x "$BATS_TEST_TMPDIR"/bin/skopeo "$BATS_TEST_TMPDIR/img2rootfs"
	mv scripts/img2rootfs "$BATS_TEST_TMPDIR/real"
	cp "$BATS_TEST_TMPDIR/img2rootfs" scripts/
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -0 scripts/get-rootfs
	mv "$BATS_TEST_TMPDIR/real" scripts/img2rootfs
	ln -s "$ubuntu" rootfs/ubuntu
	assert_output "-image ubuntu:latest -output rootfs/ubuntu -force"
}

@test "packages names the sets that there are" {
	run -2 "$top/scripts/lib/packages" nosuchset
	assert_output --partial "packages: no set 'nosuchset'; there are:"
}

@test "two at once may run programs of another architecture" {
	local other=arm64 first second
	[ "$(dpkg --print-architecture)" != arm64 ] || other=amd64
	cd "$BATS_TEST_TMPDIR"
	# Both are process 1 of a namespace, and the first ends while the second is at it.
	foreign() { timeout 60 unshare --pid --fork "$top/scripts/lib/foreign" "$other" sh -c "$1" >"$2" 2>&1 3>&-; }
	foreign 'touch first; until [ -e second ]; do sleep 0.1; done' log &
	first=$!
	retry 100 '[ -e first ]'
	foreign "touch second; until [ -e ended ]; do sleep 0.1; done; arch-test $other" output &
	second=$!
	wait "$first"
	touch ended
	wait "$second"
	run -0 cat output
	assert_output "$other: ok"
}

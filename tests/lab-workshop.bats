# The compiler of the lab (web/guest/cmake): what it takes as it was built, and what it has tcc make. The lab's is for i386; these tests
# run the same for this machine. tests/lab has tests of the lab itself.

load helpers
load user
load workshop

setup_file() {
	local program step targets=(probe)
	[ "$(dpkg --print-architecture)" = amd64 ] || skip "the lab is made on an amd64 machine"
	for program in node tcc; do command -v "$program" >/dev/null || skip "no $program here: scripts/lib/packages lab installs it"; done
	make_tree
	for step in "$top"/steps/v*; do targets+=("gcr-${step##*/}"); done
	export GCR_LAB=$BATS_FILE_TMPDIR/lab PATH=$BATS_FILE_TMPDIR/bin:$PATH
	(cd "$top" && node web/build/recipes.mjs "$build" "$GCR_LAB" "${targets[@]}")
	mkdir -p "$BATS_FILE_TMPDIR/bin" "$GCR_LAB/bin"
	ln -s "$top/web/guest/cmake" "$BATS_FILE_TMPDIR/bin/cmake"
	cp "$top"/web/guest/{cc,ar,tcc.h} "$GCR_LAB/bin"
	ln -s /bin/true "$GCR_LAB/bin/ranlib"
}

setup() {
	rm -rf "$tree"/workshop "$tree"/build
	cd "$tree" || return
	copy=build/workshop/v0.4-uts/steps/v0.4-uts objects=CMakeFiles/gcr-v0.4-uts.dir
	prebuilt=$GCR_LAB/build/steps/v0.4-uts
}

# Builds a copy of v0.4, which has to go without a message.
build_copy() {
	run -0 scripts/lib/build-copy v0.4-uts
	assert_output ""
}

@test "what nobody has changed is taken as it was built: a step, and a copy that is like its step" {
	run -0 scripts/checkout v0.4
	cmp gcr "$prebuilt/gcr"
	lay v0.4-uts
	build_copy
	cmp "$copy/gcr" "$prebuilt/gcr"
	assert [ ! -e "$copy/$objects" ]
}

@test "only what is made of a changed file is compiled" {
	lay v0.4-uts
	echo "//" >>workshop/v0.4-uts/gcr.c
	build_copy
	run -1 cmp -s "$copy/gcr" "$prebuilt/gcr"
	run -0 ls "$copy/$objects"
	assert_output gcr.c.o
	run -0 "$copy/gcr" --version
	assert_output "gcr v0.4-uts"
}

@test "a header that has changed is compiled with all that includes it" {
	lay v0.4-uts
	echo "//" >>workshop/v0.4-uts/etc.h
	build_copy
	run -0 ls "$copy/$objects"
	assert_output $'etc.c.o\ngcr.c.o'
}

@test "a change that is taken back leaves the step as it was built" {
	lay v0.4-uts
	echo "//" >>workshop/v0.4-uts/gcr.c
	build_copy
	lay v0.4-uts
	build_copy
	cmp "$copy/gcr" "$prebuilt/gcr"
}

@test "tcc compiles every file that a learner writes, without a warning, and the filter of system calls, too" {
	for step in steps/v*; do
		step=${step#steps/}
		lay "$step"
		sed -n "s|^\([^# ]*\) . .*|workshop/$step/\1|p" "tests/walkthrough/$step.todo" | sort -u | xargs sed -i '$s|$|\n//|'
		run -0 scripts/lib/build-copy "$step"
		assert_output ""
		run -0 "build/workshop/$step/steps/$step/gcr" --version
		assert_output "gcr $step"
	done
	assert [ -x build/workshop/v0.9-seccomp/steps/v0.9-seccomp/gcr-filter ] # it made the filter
}

@test "a plumbing file that has changed is compiled into a new archive" {
	cp common/log.c log.c
	sed -i 's/\[%s\] as pid/(%s) as pid/; $s|$|\n//|' common/log.c
	run -0 scripts/checkout v0.1
	mv log.c common/log.c
	run -0 ./gcr --version
	assert_output "gcr v0.1-pid"
	run -1 cmp -s build/common/libgcr.a "$GCR_LAB/build/common/libgcr.a"
}

@test "a file that does not compile is named with its line, also for the editor; ./gcr stays what it was" {
	scripts/checkout v0.3
	lay v0.4-uts
	sed -i '20s/^/int = 1;\n/' workshop/v0.4-uts/gcr.c
	run -1 workshop check v0.4
	assert_line --regexp '^workshop/v0\.4-uts/gcr\.c:20: error: '
	assert_line --regexp '^v0\.4-uts: 0 of [0-9]+ pass: it does not compile$'
	assert_line "./gcr is still what it was"
	run -0 grep -c '^workshop/v0\.4-uts/gcr\.c:20: error: ' build/workshop/v0.4-uts/messages
}

@test "a function that does not exist is a mistake, too" {
	lay v0.4-uts
	sed -i 's/sethostname(/sethostnome(/' workshop/v0.4-uts/gcr.c
	run -1 scripts/lib/build-copy v0.4-uts
	assert_output --partial "undefined symbol 'sethostnome'"
}

@test "a right solution passes, and mistakes get their lessons" {
	assert_graded v0.4-uts "$top/tests/mutants/v0.4-uts/other-words.patch"
	assert_graded v0.4-uts "$top/tests/mutants/v0.4-uts/set-in-parent.patch"
	assert_graded v0.4-uts "$top/tests/mutants/v0.4-uts/etc-written.patch"
}

@test "what the lab can't build is said in a line" {
	cmake -S . -B build
	run -1 cmake --build build --target unit
	assert_output "cmake: the lab can't build unit"
	run -1 cmake --build build/other --target probe
	assert_output "cmake: $tree/build/other is not configured: cmake -S . -B $tree/build/other"
}

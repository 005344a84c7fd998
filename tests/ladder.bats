# The steps are one ladder: the diff between two shows one feature, and a fix goes through all that follow.

load helpers

# Lines of the step before that a step's feature has to change, besides blank ones: a new line here is drift, or
# wants a reason.
removed_by() {
	case $1 in
		v0.2-mnt) cat <<-'END' ;; # the original prints these in v0.1 only, where the prompt is the host's
				char words[256];
				gcr_print("running command: [%s %s]", run->name,
				gcr_join(run->command, " ", words, sizeof(words)));
				gcr_print("Container running... press Ctrl+C to stop.");
			END
		v0.3-user) cat <<-'END' ;; # no sudo; a sysfs belongs to a network namespace's owner; the child waits
				//     sudo ./gcr run ubuntu bash
				{ "gcr_clone", EPERM, "only root may make these namespaces; try sudo" },
				.example = "sudo ./gcr run ubuntu bash",
				TRY(mount("sysfs", in(root, "sys"), "sysfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
				NULL),
				"the kernel's devices, to look at only");
				static noreturn void container(const struct gcr_run *run)
				int pidfd;
				container(&run);
				// 3. Wait for its end, passing signals on, and end as it did.
			END
		v0.4-uts) cat <<-'END' ;; # /etc is mounted on as well
				static const char *const mount_points[] = { "dev", "proc", "sys", "tmp" };
			END
		v0.6-cgroups) cat <<-'END' ;; # the cgroup comes first, is what the fork goes into, and goes last
				// 2. Fork into new namespaces; the child becomes the container.
				pid_t child = TRY(gcr_clone(namespaces, &pidfd), "one child, in all of these namespaces");
				// 3. Say who its users are outside, and let it go on.
				// 4. Wait for its end, passing signals on, and end as it did.
				return TRY(gcr_wait(child, pidfd), "the command's exit status becomes ours");
			END
		v0.7-net) cat <<-'END' ;; # --net host leaves a namespace out; its own address; ports are taken first and served last
				static const struct gcr_namespace namespaces[] = {
				snprintf(
				text, sizeof(text), "127.0.0.1 localhost\n::1 localhost\n127.0.1.1 %s\n", hostname);
				// 2. Make its cgroup, if it has limits.
				// 5. Wait for its end, passing signals on, and end as it did.
				int status = TRY(gcr_wait(child, pidfd), "the command's exit status becomes ours");
			END
	esac
}

# How many lines of gcr.c a step may take. Who needs more has to say what for, here.
# v0.2, v0.3 and v0.7 need some to tell a call that failed from one that answers no (tests/faults).
budget() {
	case $1 in
		v0.1-pid) echo 65 ;;
		v0.2-mnt) echo 208 ;;
		v0.3-user) echo 222 ;;
		v0.4-uts) echo 75 ;;
		v0.5-ipc) echo 6 ;;
		v0.6-cgroups) echo 260 ;;
		v0.7-net) echo 84 ;;
	esac
}

# Runs a command with each pair of neighbours.
for_each_pair() {
	local step previous=''
	for step in "$top"/steps/v*; do
		[ -z "$previous" ] || "$@" "$previous" "$step"
		previous=$step
	done
}

removes_only_its_own() {
	local removed allowed
	removed=$(diff -u "$1/gcr.c" "$2/gcr.c" | sed -nE '1,2d; s/^-\s*//p' | sed '/^$/d')
	allowed=$(removed_by "${2##*/}" | sed -E 's/^\s+//')
	assert_equal "$removed" "$allowed"
}

adds_no_more_than_its_budget() {
	local added
	[ ! -d "$1" ] || set -- "$1/gcr.c" "$2"
	added=$(git diff --no-index --numstat -- "$1" "$2/gcr.c" | cut -f 1)
	((added <= $(budget "${2##*/}"))) || fail "${2##*/} adds $added lines to gcr.c; its budget is $(budget "${2##*/}")"
}

patches_into_the_next() {
	local work=$BATS_TEST_TMPDIR/${2##*/}
	cp -r "$1" "$work"
	"$top/scripts/step-diff" "${1##*/}" "${2##*/}" --no-color | patch --quiet -p3 -d "$work"
	diff -r "$work" "$2"
}

@test "a step's diff removes no line that its feature does not have to change" {
	for_each_pair removes_only_its_own
}

@test "a step adds no more lines than its budget" {
	adds_no_more_than_its_budget /dev/null "$top/steps/v0.1-pid"
	for_each_pair adds_no_more_than_its_budget
}

@test "the chapters' diffs and excerpts are those of the steps" {
	"$top/scripts/refresh" --check
}

@test "what looks like a transcript is one, and so is run" {
	run awk '/^```/ { kind = kind == "" ? $0 : "" } /^ *\$ / && kind != "```console" { print FILENAME ":" FNR ": " $0 }' \
		"$top/README.md" "$top"/docs/*.md
	assert_output ""
}

@test "a step's diff turns the step before into it" {
	for_each_pair patches_into_the_next
}

@test "step-diff: two steps, or one and the one before; options of git diff; mistakes" {
	run -0 "$top/scripts/step-diff" v0.1 v0.2
	assert_line --partial "+	pivot_into(root);"
	assert_equal "$output" "$("$top/scripts/step-diff" v0.2)"
	run -0 "$top/scripts/step-diff" --stat v0.2
	assert_line --regexp "1 file changed, [0-9]+ insertions"
	run -0 "$top/scripts/step-diff" v0.2 v0.2
	assert_output ""
	for words in "" v9 v0.1 "v0.1 v0.2 v0.1"; do
		# shellcheck disable=SC2086 # words
		run -2 "$top/scripts/step-diff" $words
		assert_output --partial "scripts/step-diff v0.1 v0.2"
	done
}

# --- carry -----------------------------------------------------------------------------------------

# Three steps in a repository of their own, each a paragraph longer than the one before.
make_steps() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p scripts steps/v0.1-a steps/v0.2-b steps/v0.3-c
	cp "$top/scripts/carry" scripts/
	printf '%s\n' one '' two '' '' end >steps/v0.1-a/gcr.c
	printf '%s\n' one '' two '' '' b '' '' end >steps/v0.2-b/gcr.c
	printf '%s\n' one '' two '' '' b '' '' c '' '' end >steps/v0.3-c/gcr.c
	git init -q
	git add .
	git -c user.name=test -c user.email=test@localhost commit -qm steps
}

@test "carry: a fix goes through all later steps" {
	make_steps
	sed -i 's/one/ONE/' steps/v0.1-a/gcr.c
	run -0 scripts/carry v0.1
	assert_output "Carried. Changed since HEAD, and to be tested: v0.1-a v0.2-b v0.3-c"
	for step in steps/*; do
		run -0 grep -c ONE "$step/gcr.c"
	done
	assert_equal "$(tail -n +2 steps/v0.3-c/gcr.c)" "$(git show HEAD:steps/v0.3-c/gcr.c | tail -n +2)"
}

@test "carry: a fix of a later step leaves the earlier ones alone" {
	make_steps
	sed -i 's/^b/B/' steps/v0.2-b/gcr.c
	run -0 scripts/carry v0.2
	assert_output "Carried. Changed since HEAD, and to be tested: v0.2-b v0.3-c"
	run -0 git diff --stat -- steps/v0.1-a
	assert_output ""
}

@test "carry: a fix that is committed already" {
	make_steps
	sed -i 's/one/ONE/' steps/v0.1-a/gcr.c
	git -c user.name=test -c user.email=test@localhost commit -qam fix
	run -0 scripts/carry v0.1 HEAD~1
	assert_output --partial "to be tested: v0.1-a v0.2-b v0.3-c"
	run -0 grep -c ONE steps/v0.3-c/gcr.c
}

@test "carry: a conflict stops it, with instructions, and it goes on from there" {
	make_steps
	sed -i 's/two/TWO/' steps/v0.1-a/gcr.c
	sed -i 's/two/zwei/' steps/v0.2-b/gcr.c
	run -1 scripts/carry v0.1
	assert_line --partial "carry: steps/v0.2-b/gcr.c has a conflict"
	assert_line --regexp "go on with: scripts/carry v0.2-b\$"
	run -0 grep -c '^<<<<<<<\|^>>>>>>>' steps/v0.2-b/gcr.c
	assert_output 2
	run -1 grep TWO steps/v0.3-c/gcr.c
	sed -i '/^<<<<<<<\|^=======\|^>>>>>>>/d; /zwei/d' steps/v0.2-b/gcr.c
	run -0 scripts/carry v0.2-b
	run -0 grep -c TWO steps/v0.3-c/gcr.c
}

@test "carry: nothing to do, and mistakes" {
	make_steps
	run -0 scripts/carry v0.1
	assert_output --partial "carry: nothing changed in steps/v0.1-a since HEAD"
	run -0 git status --porcelain
	assert_output ""
	run -2 scripts/carry
	run -2 scripts/carry v9
	assert_output "carry: no step 'v9'"
}

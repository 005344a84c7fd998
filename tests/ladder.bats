# The steps are one ladder: the diff between two shows one feature, and a fix goes through all that follow.

load helpers

# Lines of the step before that a step's feature has to change, besides blank ones. A new line here is drift, or needs a
# reason.
removed_by() {
	case $1 in
		v0.2-mnt) cat <<-'END' ;; # the original prints these in v0.1 only, where the prompt is the host's
				char words[256];
				gcr_print("running command: [%s %s]", run->name,
				gcr_join(run->command, " ", words, sizeof(words)));
				gcr_print("Container running... press Ctrl+C to stop.");
			END
		v0.3-user) cat <<-'END' ;; # no sudo; the child waits
				//     sudo ./gcr run ubuntu bash
				{ "clone_container", EPERM, "only root may make these namespaces; try sudo" },
				.example = "sudo ./gcr run ubuntu bash",
				// 3. Wait until it ends, passing signals on, and end as the command did.
			END
		v0.4-uts) cat <<-'END' ;; # /etc is mounted on as well
				static const char *const mount_points[] = { "dev", "proc", "sys", "tmp" };
			END
		v0.6-cgroups) cat <<-'END' ;; # the cgroup comes first, is what the fork goes into, and goes last
				static pid_t clone_container(struct gcr_child *child)
				// 2. Fork into new namespaces; the child becomes the container.
				if (TRY(clone_container(&child), "one child, in all of these namespaces") == 0)
				// 3. Map its users and groups, and let it go on.
				// 4. Wait until it ends, passing signals on, and end as the command did.
			END
		v0.7-net) cat <<-'END' ;; # --net host leaves a namespace out; a name goes with an address of its own
				static const struct gcr_namespace namespaces[] = {
				gcr_explain(row->name, row->reason);
				static void name_container(int root)
				snprintf(text, sizeof(text), "127.0.0.1 localhost\n::1 localhost\n127.0.1.1 %s%s%.*s\n",
				name_container(root);
				// 2. Make its cgroup, if it has limits.
				// 5. Wait until it ends, passing signals on, and end as the command did.
			END
		v0.8-ports) cat <<-'END' ;; # ports are taken first, and served while it runs
				// 2. Decide on its network, and make its cgroup, if it has limits.
				// 6. Wait until it ends, passing signals on, and end as the command did.
				int status = TRY(gcr_wait(&child), "meanwhile, gcr relays signals and streams");
			END
		v1.0-image) cat <<-'END' ;; # the layers take the place of the rootfs, bound onto itself; the upper one is made first
				{ "mount(rootfs", EACCES,
				"the container's root is the rootfs's owner, and that user cannot reach it" },
				const struct gcr_rootfs *rootfs = &run->rootfs;
				TRY(mount(rootfs->path, rootfs->path, NULL, MS_BIND | MS_REC, NULL),
				"a new root has to be a mount: the rootfs, bound onto itself", rootfs->path);
				int root = TRY(gcr_open_rootfs(rootfs), "the mount itself, wherever its path leads later");
				make_directory(root, mount_points[i], run);
				// 2. Decide on its network, take the ports that it publishes, and make its cgroup, if it has limits.
			END
	esac
}

# How many lines a step may add to gcr.c. If a step needs more, say here what for.
# v0.1 has the fork and the init. v0.2, v0.3 and v0.7 need some lines to tell a failed call from a call that answers no
# (tests/faults). v0.2 also binds the host's /sys, for a user who may not mount a new one, as in v0.3.
budget() {
	case $1 in
		v0.1-pid) echo 147 ;;
		v0.2-mnt) echo 163 ;;
		v0.3-user) echo 183 ;;
		v0.4-uts) echo 46 ;;
		v0.5-ipc) echo 7 ;;
		v0.6-cgroups) echo 22 ;;
		v0.7-net) echo 48 ;;
		v0.8-ports) echo 17 ;;
		v0.9-seccomp) echo 5 ;;
		v1.0-image) echo 26 ;;
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
	cp -rL "$1" "$work"
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
	"$top/tools/refresh" --check
}

@test "what looks like a transcript is one, and so is run" {
	run awk '/^```/ { kind = kind == "" ? $0 : "" } /^ *\$ / && kind != "```console" { print FILENAME ":" FNR ": " $0 }' \
		"$top/README.md" "$top"/docs/*.md
	assert_output ""
}

# A file of a step other than gcr.c is a link, to the step that wrote it, if it is that of the step before, and only then.
links_what_is_equal() {
	local file name target
	for file in "$2"/*; do
		name=${file##*/}
		if cmp -s "$1/$name" "$file"; then
			[ -L "$file" ] || fail "${file#"$top"/} is the same as in ${1##*/}: link it to the step that wrote it"
			target=$2/$(readlink "$file")
			[[ $(readlink "$file") == ../v*/"$name" && -f $target && ! -L $target ]] ||
				fail "${file#"$top"/} has to link to a file of the step that wrote it, not to $(readlink "$file")"
		else
			[ ! -L "$file" ] || fail "${file#"$top"/} is a link, but not the same as in ${1##*/}"
		fi
	done
}

@test "what a step does not change, it links; what it changes is its own" {
	run -0 find "$top/steps/v0.1-pid" -type l
	assert_output ""
	run -0 find "$top"/steps -name gcr.c -type l
	assert_output ""
	for_each_pair links_what_is_equal
}

# Prints what is in a file of C, if it is longer than 40 lines between its braces: FILE:LINE: NAME has N lines
long_functions() {
	awk '/^[a-zA-Z_].*\(/ { name = $0 }
		/^{$/ { start = FNR }
		/^}$/ && start { if (FNR - start - 1 > 40) print FILENAME ":" start ": " name " has " FNR - start - 1 " lines"; start = 0 }' "$@"
}

@test "gcr.c has at most 650 lines in each step, and a function at most 40" {
	for file in "$top"/steps/*/gcr.c; do
		[ "$(wc -l <"$file")" -le 650 ] || fail "$file has $(wc -l <"$file") lines: what is a feature's own goes to a file of its own"
	done
	run -0 long_functions "$top"/common/*.c "$top"/steps/*/*.c
	assert_output ""
	{ echo 'static int long_one(void)' && echo '{' && yes '	;' | head -n 41 && echo '}'; } >"$BATS_TEST_TMPDIR/long.c"
	run -0 long_functions "$BATS_TEST_TMPDIR/long.c"
	assert_output --partial "long_one(void) has 41 lines"
}

@test "a step links with the libraries that it uses, and with no other" {
	for step in "$top"/steps/v*; do
		case ${step##*/} in
			v0.[12]-*) allowed='' ;;
			v0.[3-6]-*) allowed=cap ;;
			*) continue ;;
		esac
		run bash -c 'grep -ohE "^[ 	]*#include <(sys/capability|netlink/|json|seccomp)[^>]*>" "$1"/*.[ch] | sort -u' - "$step"
		assert_equal "$output" "${allowed:+#include <sys/capability.h>}"
		run grep -ohE '^gcr_step\(.*\)' "$step/CMakeLists.txt"
		assert_output "gcr_step($allowed)"
	done
}

# Files that are included or called form no circle: what is below does not know what is above.
@test "loop.c knows neither tcp.c, udp.c nor ports.c; these two do not know ports.c" {
	local step=$top/steps/v0.8-ports
	run grep -nE '#include "(tcp|udp|port|ports)\.h"|\b(tcp|udp|ports)_' "$step"/loop.[ch]
	assert_output ""
	run grep -nE '#include "ports\.h"|\bports_' "$step"/{tcp,udp}.[ch] "$step/port.h"
	assert_output ""
	run grep -nE '#include "try\.h"|gcr_die_of' "$top"/common/{log,fd}.[ch]
	assert_output ""
	run grep -nE '#include "fd\.h"' "$top"/common/log.[ch]
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
	assert_line --regexp "5 files changed, [0-9]+ insertions"
	# A file that is linked is no change, whatever the link leads to.
	run -0 "$top/scripts/step-diff" --name-status v0.8
	assert_equal "$(grep -v ^A <<<"$output")" $'M\tsteps/v0.7-net/gcr.c'
	run -0 "$top/scripts/step-diff" v0.2 v0.2
	assert_output ""
	for words in "" v9 v0.1 "v0.1 v0.2 v0.1"; do
		# shellcheck disable=SC2086 # words
		run -2 "$top/scripts/step-diff" $words
		assert_output --regexp "^step-diff: .*; see scripts/step-diff --help$"
	done
}

# --- carry -----------------------------------------------------------------------------------------

# Three steps in a repository of their own, each a paragraph longer than the one before.
make_steps() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p tools steps/v0.1-a steps/v0.2-b steps/v0.3-c
	cp "$top/tools/carry" tools/
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
	run -0 tools/carry v0.1
	assert_output "Carried. Changed since HEAD, and to be tested: v0.1-a v0.2-b v0.3-c"
	for step in steps/*; do
		run -0 grep -c ONE "$step/gcr.c"
	done
	assert_equal "$(tail -n +2 steps/v0.3-c/gcr.c)" "$(git show HEAD:steps/v0.3-c/gcr.c | tail -n +2)"
}

# Commits all that there is.
commit() {
	git add .
	git -c user.name=test -c user.email=test@localhost commit -qm "$1"
}

@test "carry: what a later step links has the fix already, and what it has as its own gets it" {
	make_steps
	printf '%s\n' one '' two '' end >steps/v0.1-a/own.c
	ln -s ../v0.1-a/own.c steps/v0.2-b/own.c
	printf '%s\n' one '' two '' end '' c >steps/v0.3-c/own.c
	commit own
	sed -i s/one/ONE/ steps/v0.1-a/own.c
	run -0 tools/carry v0.1
	assert_output "Carried. Changed since HEAD, and to be tested: v0.1-a v0.2-b v0.3-c"
	assert [ -L steps/v0.2-b/own.c ]
	assert_equal "$(cat steps/v0.3-c/own.c)" "$(printf '%s\n' ONE '' two '' end '' c)"
	# A link to what is not changed is no change.
	commit ONE
	sed -i s/two/TWO/ steps/v0.1-a/gcr.c
	run -0 tools/carry v0.1
	assert_equal "$(git diff --name-only)" "$(printf 'steps/%s/gcr.c\n' v0.1-a v0.2-b v0.3-c)"
}

@test "carry: a fix of a later step leaves the earlier ones alone" {
	make_steps
	sed -i 's/^b/B/' steps/v0.2-b/gcr.c
	run -0 tools/carry v0.2
	assert_output "Carried. Changed since HEAD, and to be tested: v0.2-b v0.3-c"
	run -0 git diff --stat -- steps/v0.1-a
	assert_output ""
}

@test "carry: a fix that is committed already" {
	make_steps
	sed -i 's/one/ONE/' steps/v0.1-a/gcr.c
	git -c user.name=test -c user.email=test@localhost commit -qam fix
	run -0 tools/carry v0.1 HEAD~1
	assert_output --partial "to be tested: v0.1-a v0.2-b v0.3-c"
	run -0 grep -c ONE steps/v0.3-c/gcr.c
}

@test "carry: a conflict stops it, with instructions, and it goes on from there" {
	make_steps
	sed -i 's/two/TWO/' steps/v0.1-a/gcr.c
	sed -i 's/two/zwei/' steps/v0.2-b/gcr.c
	run -1 tools/carry v0.1
	assert_line --partial "carry: steps/v0.2-b/gcr.c has a conflict"
	assert_line --regexp "go on with: tools/carry v0.2-b\$"
	run -0 grep -c '^<<<<<<<\|^>>>>>>>' steps/v0.2-b/gcr.c
	assert_output 2
	run -1 grep TWO steps/v0.3-c/gcr.c
	sed -i '/^<<<<<<<\|^=======\|^>>>>>>>/d; /zwei/d' steps/v0.2-b/gcr.c
	run -0 tools/carry v0.2-b
	run -0 grep -c TWO steps/v0.3-c/gcr.c
}

@test "carry: nothing to do, and mistakes" {
	make_steps
	run -0 tools/carry v0.1
	assert_output --partial "carry: nothing changed in steps/v0.1-a since HEAD"
	run -0 git status --porcelain
	assert_output ""
	run -2 tools/carry
	run -2 tools/carry v9
	assert_output "carry: no step 'v9'"
}

# How the code is written: its format, and what shellcheck says.

load helpers

setup() {
	cd "$top" || return
}

# The files that would be committed and have such a name.
sources() {
	git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do [ ! -f "$file" ] || echo "$file"; done
}

@test "the C code has the project's format" {
	# The versions from 13 to 19 agree.
	sources '*.c' '*.h' | xargs clang-format --dry-run -Werror
}

@test "the shell code passes shellcheck" {
	mapfile -t files < <(sources | xargs grep -slE '^#!.*bash|^# shellcheck shell=bash' | grep -v '\.md$')
	shellcheck "${files[@]}"
}

@test "the bats files pass shellcheck" {
	# It does not see what load brings, nor what code in quotes uses.
	sources '*.bats' | xargs shellcheck -e SC2154,SC2034
}

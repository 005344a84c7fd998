# shellcheck shell=bash disable=SC2034,SC2154 # for the bats files of the lab
# What the tests of the lab share.

# Builds the lab, unless it is there. $GCR_LAB is then its directory. It takes npm's registry, which not every machine reaches.
build_lab() {
	local modules=$top/web/node_modules/.lock
	[ "$(dpkg --print-architecture)" = amd64 ] || skip "the lab is made on an amd64 machine"
	command -v npm >/dev/null || skip "no npm here: scripts/lib/packages npm"
	cmp -s "$top/web/package-lock.json" "$modules" || timeout 30 npm ping --prefix "$top/web" &>/dev/null ||
		skip "npm's registry does not answer, and the lab takes modules from there"
	export GCR_LAB=$top/build/lab
	"$top/scripts/lab" build >&2
}

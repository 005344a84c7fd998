# The lab's machine under Node, its files, and scripts/lab. tests/lab/machine.mjs has a function for each test of the machine. What
# runs in it is tested in the page (tests/lab-page.bats).

load helpers
load lab

setup_file() {
	build_lab
	export GCR_LAB_DISK=$BATS_FILE_TMPDIR/disk
	find "$GCR_LAB/disk" -name 'disk-*.zst' -print0 | sort -zV | xargs -0 zstd -dcq |
		dd bs=256K iflag=fullblock conv=sparse status=none of="$GCR_LAB_DISK"
}

machine() {
	run timeout 500 node --liftoff-only "$top/tests/lab/machine.mjs" "$1"
	assert_success
}

@test "the wire: clock, randomness, sizes, and what it refuses" { machine wire; }
@test "the wire: files, only below the learner's home" { machine files; }
@test "the wire: what the learner changed comes back in a new machine" { machine saved; }
@test "each package in the machine stands on the page with its licence" { machine licences; }

@test "what a visit loads is small enough, and all of the disk is there" {
	cd "$GCR_LAB"
	run -0 jq '[.files[] | select(.url | test("^(index.html|lab\\.(js|css)|v86.wasm|state.bin.zst)$")) | .bytes] | add / 1e6 | floor' lab.json
	assert [ "$output" -lt 25 ]
	jq -r '.files[] | "\(.bytes) \(.url)"' lab.json | sort >"$BATS_TEST_TMPDIR/listed"
	find . -type f ! -name lab.json ! -path './licences/*' -printf '%s %P\n' | sort | diff - "$BATS_TEST_TMPDIR/listed"
	parts=$(jq '.disk.size / .disk.part' lab.json)
	run -0 find disk -name 'disk-*.img.zst'
	assert_equal "${#lines[@]}" "$parts"
}

@test "a second build finds all made" {
	before=$(stat -c %Y.%i "$GCR_LAB/lab.json")
	run -0 timeout 30 "$top/scripts/lab" build
	assert_equal "$(stat -c %Y.%i "$GCR_LAB/lab.json")" "$before"
}

# Prints the status of an address, and the type of what is there.
get() { node -e 'fetch(process.argv[1]).then(r => console.log(r.status, r.headers.get("content-type")))' "$1"; }

@test "scripts/lab serve answers with the right types, and with nothing from outside" {
	exec {output}< <(exec "$top/scripts/lab" serve 0)
	server=$!
	read -r -t 60 -u "$output" line
	url=$(grep -o 'http://127.0.0.1:[0-9]*/' <<<"$line")
	run -0 get "$url"
	assert_output "200 text/html; charset=utf-8"
	run -0 get "${url}v86.wasm"
	assert_output "200 application/wasm"
	run -0 get "$url..%2f..%2fweb%2fpackage.json"
	assert_output "404 text/plain"
	kill "$server"
}

@test "what scripts/lab does not know, and what it lacks" {
	run -2 "$top/scripts/lab" fly
	assert_output "lab: no command 'fly'; see scripts/lab --help"
	mkdir -p "$BATS_TEST_TMPDIR/scripts"
	cp "$top/scripts/lab" "$BATS_TEST_TMPDIR/scripts/"
	run -1 "$BATS_TEST_TMPDIR/scripts/lab" serve
	assert_output "lab: build/lab is not there yet; make it: scripts/lab build"
}

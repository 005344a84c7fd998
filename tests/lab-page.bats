# The lab's page in Chromium: tests/lab/ has a function for each test. They need what scripts/lab build makes.

load helpers
load lab

setup_file() {
	command -v chromium >/dev/null || skip "no chromium here: scripts/lib/packages browser"
	build_lab
	exec {output}< <(exec node "$top/tests/lab/browser.mjs" 3>&-)
	export browser=$!
	read -r -t 300 -u "$output" GCR_LAB_BROWSER
	export GCR_LAB_BROWSER
}
teardown_file() {
	[ -z "${browser:-}" ] || kill "$browser"
}

look() {
	run timeout 900 node "$top/tests/lab/run.mjs" "$1"
	assert_success # and what it printed if not
}

@test "a prompt comes within 500 million instructions, all of it from the own server, and nothing is wrong" { look prompt; }
@test "if a file is missing, the page says which one" { look missing_file; }
@test "if the browser has no WebAssembly, the page says so" { look old_browser; }
@test "the machine's clock is right, and no two visits have the same random numbers" { look clock_and_randomness; }
@test "each step has a container within a billion instructions" { look each_step; }
@test "a chapter's button types its command, but not at a wrong prompt or after half a command" { look button; }
@test "v0.6 limits processes" { look limits; }
@test "v0.7 connects a container in one terminal with one in the other" { look network; }
@test "the second terminal is outside of the container in the first" { look second_terminal; }
@test "a file outlives the tab, also if no part of the disk comes" { look reload; }
@test "restart heals the machine and keeps the learner's files" { look restart; }
@test "forget removes the learner's files for good" { look forget; }
@test "what is downloaded can be uploaded" { look download_upload; }
@test "each view has a key, Tab is the shell's in a terminal, and reaches each button outside" { look keyboard; }
@test "Ctrl+Shift+C and Ctrl+Shift+V copy and paste" { look copy_and_paste; }
@test "the machine's terminal is as large as the one in the page" { look resize; }
@test "on a phone the terminal is below the chapter, and nothing is wider than the screen" { look phone; }
@test "each colour of the terminal is legible, by day and at night" { look colours; }
@test "what was used once works without a network" { look offline; }
@test "all of it works without a network, if the reader wants it" { look all_offline; }
@test "what is kept of an older version goes" { look older_version; }
@test "v0.4 is written in the editor and checked: an error has its line, the right program passes" { look workshop; }
@test "what the terminal changes shows in the editor" { look changed_outside; }

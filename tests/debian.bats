# The README's commands on a new machine with Debian 13. scripts/test --on trixie runs all tests there.

load helpers

@test "Debian 13: quickstart ends with a command's output from the inside; then a step and the unit tests pass" {
	# Now and then, bats 1.11 leaves the sleep that a test's timeout is, and waits for it.
	run "$top/tests/debian" trixie bash -c 'scripts/quickstart </dev/null && scripts/test unit v0.4'
	echo "$output"
	assert_success
	assert_line "I am process 2 of these:"
	assert_line --regexp "^[0-9]{3} passed, 0 failed, 0 skipped$"
}

# v0.4: the transcripts of the original: the host's name before, the container's id now.
#
# hint: A hostname belongs to a UTS namespace, and sethostname(2) sets that of the process that calls it. So: a namespace, and then a call inside.
# hint: Like the others it is made at the fork, with the user namespace, so that the container's root may name it. gcr_new_id() makes a name before, for both to know.
# hint: CLONE_NEWUTS; in container(), before the capabilities go, sethostname(hostname, strlen(hostname)), and bind the same name over /etc/hostname and /etc/hosts.

load ../walkthrough

setup_file() {
	prepare_walkthrough v0.3-user v0.4-uts
}
teardown_file() {
	end_walkthrough
}
export GCR_USER=$test_user
use_step v0.4-uts

# Where the hostname is not what it should be, or sethostname(2) was refused: which process called it, and where?
find_the_cause() {
	local calls
	calls=$(calls_of_gcr clone3,sethostname)
	if grep -q '^sethostname' <<<"$calls"; then
		lesson "gcr called sethostname(2) itself, which acts on the UTS namespace of the process that calls it; that has to be the child, not its parent"
	elif ! grep -q CLONE_NEWUTS <<<"$calls"; then
		lesson "the container is in the UTS namespace of its host, where only the host's root may change the name: which clone flag makes another?"
	elif [[ $1 == *"Operation not permitted"* ]]; then
		lesson "the container has a UTS namespace of its own, and may no longer name it: sethostname(2) takes CAP_SYS_ADMIN, which drop_capabilities() takes away"
	else
		lesson "the container has a UTS namespace of its own, which begins with the host's name: nobody has called sethostname(2) in it"
	fi
}

# As that of all walkthroughs, but a name that was refused, or that is still the host's, has another lesson.
eval "any_$(declare -f came_up)"
came_up() {
	if [[ $output == *sethostname*"Operation not permitted"* || ${lines[0]:-} == "$(uname -n)" ]]; then
		find_the_cause "$output"
		return 1
	fi
	any_came_up
}

# Whether a name, as the container has it, is more than the beginning of what it should be.
is_whole() {
	lesson "the name is cut off: what length did sethostname(2) get?"
	[[ -z $1 || $2 != "$1"?* ]]
}

# The lines of /etc/hosts in a container with this name, with one blank between words.
hosts_of() {
	run "$gcr" run -q --hostname "$1" ubuntu sed -E 's/[ \t]+/ /g; s/^ //; s/ $//; /^(#|$)/d' /etc/hosts
	came_up
}

@test "before: v0.3 has the host's name" {
	use_step v0.3-user
	run -0 "$top/tests/terminal" "$gcr run ubuntu bash" "hostname" "exit"
	run -0 normalized <<<"$output"
	assert_line --index 0 "<date> [run] as pid <pid>"
	assert_line --index 1 "<date> [fork] as pid 1"
	assert_line --index 2 "root@<host>:/# hostname"
	assert_line --index 3 "$(uname -n)"
	assert_line --index 4 "root@<host>:/# exit"
}

@test "transcript: the hostname is the container's id" {
	run "$top/tests/terminal" "$gcr run ubuntu bash" "hostname" "exit"
	ended=$status
	run -0 normalized <<<"$output"
	came_up
	lesson "bash has to come up, take two lines, and end with status 0"
	assert_line --index 0 "<date> [run] as pid <pid>"
	assert_line --index 1 "<date> [fork] as pid 1"
	if [ "${lines[3]:-}" = "$(uname -n)" ]; then
		find_the_cause "$output"
		return 1
	fi
	lesson "the hostname has a newline in it: a line of a file ends with one, what sethostname(2) takes does not"
	refute_output --regexp $'root@[^\n]*\n:'
	id=${lines[3]:-}
	[[ ! $id =~ ^[0-9a-f]{8,11}$ ]] || is_whole "$id" "${id}0" # a pointer has 8 bytes, a pid up to 7 digits
	lesson "the hostname is not the container's id: that has twelve hex digits, as gcr_new_id() makes them"
	assert_line --index 3 --regexp '^[0-9a-f]{12}$'
	lesson "bash's prompt and hostname have to agree"
	assert_line --index 2 "root@$id:/# hostname"
	assert_line --index 4 "root@$id:/# exit"
	assert_equal "$ended" 0
}

@test "the host keeps its name" {
	# A root who may rename a host, but one that ends with this test.
	run as_test_user GCR_ROOTFS_DIR="$GCR_ROOTFS_DIR" unshare --map-root-user --uts \
		sh -c 'hostname before; "$0" run -q ubuntu true; hostname' "$guarded"
	lesson "gcr renamed the host that it runs on: sethostname(2) acts on the UTS namespace of the process that calls it; that has to be the child, not its parent"
	assert_line before
	came_up
	assert_equal "$(uname -n)" "$(cat /proc/sys/kernel/hostname)"
}

@test "each container has another name" {
	run "$gcr" run -q ubuntu uname -n
	came_up
	first=$output
	run "$gcr" run -q ubuntu uname -n
	lesson "two containers have the same name: an id has to be random"
	refute_output "$first"
	run "$gcr" run -q --hostname web.example ubuntu uname -n
	is_whole "$output" web.example
	lesson "--hostname has to set another"
	assert_output web.example
}

@test "an invalid name is refused" {
	longest=$(printf 'a%.0s' {1..64})
	run "$gcr" run -q --hostname "$longest" ubuntu uname -n
	came_up
	is_whole "$output" "$longest"
	lesson "a name of 64 bytes is the longest that the kernel takes"
	assert_output "$longest"
	lesson "--hostname takes an invalid name, which would then be in /etc/hosts: hostname(7) says which characters there are, HOST_NAME_MAX how many"
	for name in "" a_b "a b" $'a\nb' "${longest}a"; do
		run "$gcr" run -q --hostname "$name" ubuntu true
		assert_equal "$status" 2
		assert_output --regexp '^gcr: '
		says "gcr: --hostname '$name': write 1 to 64 letters, digits, '-' and '.'"
	done
}

# The rootfs may lack the files; gcr makes them then, and leaves them empty.
names_in_the_rootfs() {
	cat "$GCR_ROOTFS_DIR/ubuntu/etc/hostname" "$GCR_ROOTFS_DIR/ubuntu/etc/hosts" 2>/dev/null || true
}

# When a file was last made or removed in the rootfs's /dev.
dev_changed() { stat -c %y "$GCR_ROOTFS_DIR/ubuntu/dev"; }

@test "/etc/hostname and /etc/hosts say the same, and the rootfs is not written to" {
	before=$(names_in_the_rootfs) dev_before=$(dev_changed)
	run "$gcr" run -q --hostname web ubuntu bash -c 'uname -n; cat /etc/hostname'
	came_up
	lesson "/etc/hostname is not as it should be: programs read the name there as well"
	assert_line --index 1 web
	hosts_of web
	lesson "/etc/hosts is not as it should be: programs look there for the name's address, and for localhost's"
	assert_output $'127.0.0.1 localhost\n::1 localhost\n127.0.1.1 web'
	hosts_of web.example
	lesson "web.example is also called web: the last line of /etc/hosts has both names (hosts(5))"
	assert_output $'127.0.0.1 localhost\n::1 localhost\n127.0.1.1 web.example web'
	lesson "the name was written to the rootfs's own /etc, which other containers share: bind a file over it, for this container alone"
	assert_equal "$(names_in_the_rootfs)" "$before"
	lesson "the two files were made in the rootfs's /dev: is the container's own mounted yet?"
	assert_equal "$(dev_changed)" "$dev_before"
}

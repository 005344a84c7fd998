# What an image says of how to run it, and how the command line changes that: its config, and the user, the variables and the
# working directory of the command.

load helpers

setup_file() {
	export GCR_DATA_DIR=$BATS_FILE_TMPDIR/data
	make_closed "$GCR_DATA_DIR"
	prepare_step
	mkdir -p "$rootfs"/{home/web,shut,usr/lib}
	chmod 700 "$rootfs/shut"
	cat >"$rootfs/etc/passwd" <<-END
		root:x:0:0:root:/root:/bin/sh
		web:x:101:102:web:/home/web:/bin/sh
		minus:x:4294967295:0::/:/bin/sh
	END
	cat >"$rootfs/etc/group" <<-END
		root:x:0:root
		adm:x:4:root,web
		web:x:102:
		logs:x:55:other,web
		unmapped:x:90000:web
	END
	chown -R "${GCR_USER:-root}:" "$rootfs"
}

setup() {
	config=$rootfs.json
	copy=''
}

teardown() {
	rm -rf "$config" "$copy"
}

# Writes a config whose member config is this.
config() {
	printf '{"architecture":"amd64","os":"linux","config":%s,"rootfs":{"type":"layers","diff_ids":[]}}\n' "$1" >"$config"
}

gcr() {
	"$gcr" run -q "$@"
}

# As the user who runs gcr.
as_user() {
	if [ -z "${GCR_USER:-}" ] || [ "$EUID" -ne 0 ]; then "$@"
	else setpriv --reuid "$GCR_USER" --regid "$(id -g "$GCR_USER")" --init-groups "$@"; fi
}

# Makes a copy of the rootfs, which the test may change: copy_rootfs [OWNER]. It is $rootfs from here on.
copy_rootfs() {
	local owner=${1:-${GCR_USER:-root}}
	copy=$(mktemp -d) # its owner reaches it
	export GCR_DATA_DIR=$copy/data
	mkdir "$GCR_DATA_DIR"
	cp -a "$rootfs" "$copy/rootfs"
	chown -R "$owner:" "$copy"
	rootfs=$copy/rootfs config=$copy/rootfs.json
}

# Asserts that gcr fails with this status and this one line: fails_with STATUS LINE WORD…
fails_with() {
	run "-$1" gcr "${@:3}"
	assert_output --partial "$2"
	assert_equal "${#lines[@]}" 1
}

# --- what it runs ----------------------------------------------------------------------------------

@test "image: --help has its options" {
	run -0 "$gcr" run --help
	assert_line --regexp "^Usage: gcr run \[OPTIONS\] ROOTFS \[COMMAND \[ARG\.\.\.\]\]$"
	local option
	for option in "    --entrypoint PROGRAM" "    --env-file FILE" "-u, --user USER[:GROUP]" "-w, --workdir DIR"; do
		assert_line --partial "$option"
	done
}

@test "image: COMMAND replaces Cmd and not Entrypoint; --entrypoint replaces both" {
	config '{"Entrypoint":["echo","entry"],"Cmd":["cmd","a b"]}'
	assert_equal "$(gcr "$rootfs")" "entry cmd a b"
	assert_equal "$(gcr "$rootfs" x "y  z")" "entry x y  z"
	assert_equal "$(gcr --entrypoint echo "$rootfs")" ""
	assert_equal "$(gcr --entrypoint echo "$rootfs" x)" "x"
	assert_equal "$(gcr --entrypoint '' "$rootfs" echo x)" "x"
	fails_with 2 "names none: write: gcr run $rootfs sh, or see gcr --help" --entrypoint '' "$rootfs"
	config '{"Cmd":["sh","-c","echo $0 $1","a","b c"]}'
	assert_equal "$(gcr "$rootfs")" "a b c"
	assert_equal "$(gcr "$rootfs" echo x)" "x"
	config '{"Entrypoint":["echo","entry"],"Cmd":null}'
	assert_equal "$(gcr "$rootfs")" "entry"
}

@test "image: without a command, gcr says what to type" {
	fails_with 2 "as there is no $rootfs.json that names one: write: gcr run $rootfs sh" "$rootfs"
	for text in '{}' '{"Cmd":[],"Entrypoint":[]}' null; do
		config "$text"
		fails_with 2 "as the image $rootfs names none: write: gcr run $rootfs sh" "$rootfs"
	done
	assert_equal "$(gcr "$rootfs" echo ok)" ok
}

@test "image: the config is found by a name, and through a link to the rootfs" {
	config '{"Cmd":["echo","found"]}'
	cd "$BATS_FILE_TMPDIR"
	assert_equal "$(GCR_ROOTFS_DIR=. "$gcr" run -q rootfs)" found
	assert_equal "$(gcr "$rootfs/")" found
	ln -sfn rootfs "$BATS_FILE_TMPDIR/latest"
	assert_equal "$(GCR_ROOTFS_DIR=. "$gcr" run -q latest)" found
}

@test "image: what is typed for docker runs" {
	config '{"Cmd":["cat"]}'
	assert_equal "$(echo typed | gcr --rm -it --init "$rootfs")" typed
}

@test "image: a relative Entrypoint starts in the working directory" {
	config '{"Entrypoint":["./busybox","echo"],"WorkingDir":"/bin","Cmd":["ok"]}'
	assert_equal "$(gcr "$rootfs")" ok
}

@test "image: the steps before ignore the config" {
	takes_root
	echo nonsense >"$config"
	run -0 "$build/steps/v0.9-seccomp/gcr" run -q --net none "$rootfs" echo ok
	assert_output ok
}

# --- its variables ---------------------------------------------------------------------------------

@test "image: its Env, then --env-file, then -e" {
	config '{"Env":["A=image","B=image","C=image","EMPTY=","LINES=a\nb","PATH=/bin:/x"]}'
	printf 'B=file\nC=file\n' >"$BATS_TEST_TMPDIR/env"
	run -0 gcr --env-file "$BATS_TEST_TMPDIR/env" -e C=option "$rootfs" sh -c 'echo "$A $B $C ${EMPTY-unset} $PATH"; echo "$LINES"'
	assert_output $'image file option  /bin:/x\na\nb'
	# --env-file is below -e also where it comes later.
	assert_equal "$(gcr -e B=option --env-file "$BATS_TEST_TMPDIR/env" "$rootfs" sh -c 'echo $B')" option
	assert_equal "$(gcr -e PATH=/bin "$rootfs" sh -c 'echo $PATH')" /bin
}

@test "image: it learns nothing from gcr's environment" {
	export SECRET=of-the-host
	config '{"Env":["SECRET"]}'
	fails_with 125 "config.Env[0] is not as NAME=VALUE" "$rootfs" env
	config '{"Env":["A=$SECRET"]}'
	run -0 gcr "$rootfs" env
	refute_output --partial of-the-host
}

@test "image: --env-file has docker's format" {
	export FROM_HOST="of the host"
	printf '%s\n' '# a comment' '' '  # another' 'A=1' '  B=  two  ' 'C="quoted"' "D='quoted' # no comment" FROM_HOST NOT_SET E=a=b $'F=dos\r' '	' >"$BATS_TEST_TMPDIR/env"
	printf 'LAST=no newline' >>"$BATS_TEST_TMPDIR/env"
	run -0 gcr --env-file "$BATS_TEST_TMPDIR/env" "$rootfs" \
		sh -c 'for name in A B C D E F FROM_HOST NOT_SET LAST; do eval "echo \"$name=\${$name-unset}|\""; done'
	assert_output "A=1|
B=  two  |
C=\"quoted\"|
D='quoted' # no comment|
E=a=b|
F=dos|
FROM_HOST=of the host|
NOT_SET=unset|
LAST=no newline|"
	# Two files, one of them a pipe.
	# shellcheck disable=SC2016 # for the shells
	run -0 as_user sh -c 'echo A=2 | "$1" run -q --net none --env-file "$2" --env-file /dev/stdin "$3" sh -c "echo \$A \$E"' \
		sh "${gcr%/*}/gcr" "$BATS_TEST_TMPDIR/env" "$rootfs"
	assert_output "2 a=b"
}

@test "image: a mistake in --env-file is told with its line" {
	local file=$BATS_TEST_TMPDIR/env
	printf 'A=1\n=x\n' >"$file"
	fails_with 125 "--env-file $file: line 2: Invalid argument: write NAME=VALUE or NAME" --env-file "$file" "$rootfs" true
	printf 'A=1\n\nA B=x\n' >"$file"
	fails_with 125 "--env-file $file: line 3: Invalid argument" --env-file "$file" "$rootfs" true
	printf 'A=1\0B=2\n' >"$file"
	fails_with 125 "--env-file $file: line 1 has a NUL in it" --env-file "$file" "$rootfs" true
	fails_with 125 "--env-file /nowhere: No such file or directory" --env-file /nowhere "$rootfs" true
	fails_with 125 "--env-file /etc: Is a directory" --env-file /etc "$rootfs" true
}

# --- its user --------------------------------------------------------------------------------------

# Asserts whom -u means: is_user USER "UID GID GROUPS" HOME
is_user() {
	local ids status
	echo "-u $1"
	read -r -a ids <<<"$2"
	status=$(gcr -u "$1" "$rootfs" probe status) # a shell of busybox would take the real ids
	assert_equal "$(grep -E '^([UG]id|Groups):' <<<"$status" | tr -s '[:space:]' ' ')" \
		"Uid: ${ids[0]} ${ids[0]} ${ids[0]} ${ids[0]} Gid: ${ids[1]} ${ids[1]} ${ids[1]} ${ids[1]} Groups: ${ids[*]:2} "
	# shellcheck disable=SC2016 # for the shell inside
	assert_equal "$(gcr -u "$1" "$rootfs" sh -c 'echo "$HOME"')" "$3"
}

# tests/unit/accounts.c has more of them.
@test "image: -u takes names and numbers, and finds groups and HOME as docker does" {
	is_user web "101 102 4 55 102" /home/web
	is_user web:logs "101 55 55" /home/web
	is_user 7 "7 0 0" /
	config '{"User":"101"}'
	is_user '' "101 102 4 55 102" /home/web
	is_user root "0 0 0 4" /root
}

@test "image: without a user, it is root with root's groups; without /etc/passwd, too" {
	run -0 gcr "$rootfs" sh -c 'id -u; id -G; echo $HOME'
	assert_output $'0\n0 4\n/root'
	copy_rootfs
	rm "$rootfs"/etc/{passwd,group}
	run -0 gcr "$rootfs" sh -c 'id -u; id -G; echo $HOME'
	assert_output $'0\n0\n/root'
	is_user 7 "7 0 0" /
	fails_with 125 "user 'root': there is no such name in the container's /etc/passwd" -u root "$rootfs" true
}

@test "image: HOME of the image or of -e stays" {
	assert_equal "$(gcr -u web -e HOME=/x "$rootfs" sh -c 'echo $HOME')" /x
	config '{"User":"web","Env":["HOME=/y"]}'
	assert_equal "$(gcr "$rootfs" sh -c 'echo $HOME')" /y
}

@test "image: a user that is not there is told, and an id of -1 does not leave the command root" {
	fails_with 125 "gcr: user 'nobody': there is no such name in the container's /etc/passwd" -u nobody "$rootfs" true
	fails_with 125 "gcr: group 'none': there is no such name in the container's /etc/group" -u web:none "$rootfs" true
	fails_with 125 "gcr: user 'minus': an id is a number from 0 to 2147483647" -u minus "$rootfs" true
}

@test "image: a user who is not mapped is told with the cure" {
	fails_with 125 "gcr: user '99999': the container has no user with the id 99999, as its root has too few subordinate ids: scripts/doctor subids" \
		-u 99999 "$rootfs" true
	fails_with 125 "the container has no group with the id 99999" -u 1:99999 "$rootfs" true
}

@test "image: where there are no subordinate ids, root runs, and nobody else" {
	takes_root
	[ -z "${GCR_USER:-}" ] || return 0
	copy_rootfs nobody
	config '{"User":"web"}'
	run -0 gcr -u 0 "$rootfs" id -u
	assert_line 0
	run -125 gcr "$rootfs" id -u
	assert_line --partial "user 'web': the container has no user with the id 101, as its root has too few subordinate ids"
	# An ordinary user's container may not even call setgroups(2).
	cp "$build/steps/$step/gcr" "$copy/gcr"
	run -0 setpriv --reuid nobody --regid nogroup --clear-groups env GCR_DATA_DIR="$copy" "$copy/gcr" run -q --net none -u 0 "$rootfs" id -u
	assert_line 0
}

@test "image: a user who is not root has no capability, and gets none" {
	assert_equal "$(gcr -u web "$rootfs" probe status | grep -E 'Cap(Inh|Prm|Eff|Amb)|NoNewPrivs')" "CapInh:	0000000000000000
CapPrm:	0000000000000000
CapEff:	0000000000000000
CapAmb:	0000000000000000
NoNewPrivs:	1"
	run -0 gcr -u web "$rootfs" sh -c 'chown 0 /home/web 2>&1; kill -0 1 2>&1; stat -c %u /proc/1'
	assert_output --partial "Operation not permitted"
	assert_line "sh: can't kill pid 1: Operation not permitted"
	assert_line 0
}

@test "image: its user opens /dev/stdout and /dev/stderr, and the terminal is the user's" {
	# The writers are gcr's user, as a pipe of somebody else's stays closed.
	local code="echo to the pipe >/dev/stdout; echo errors >/dev/stderr; read -r line </dev/stdin; echo \$line"
	# shellcheck disable=SC2016 # for the shell
	run -0 as_user sh -c 'echo typed | "$1" run -q --net none -u web "$2" sh -c "$3" 2>&1 | cat' sh "${gcr%/*}/gcr" "$rootfs" "$code"
	assert_output $'to the pipe\nerrors\ntyped'
	run -0 "$top/tests/terminal" "$gcr run -q -u web '$rootfs' sh -c 'echo opened >/dev/stdout; stat -c %u \$(readlink /proc/self/fd/0); : >/dev/console && echo console'"
	assert_output $'opened\r\n101\r\nconsole\r'
}

@test "image: the caller's pipe stays the caller's" {
	# shellcheck disable=SC2016 # for the shell
	run -0 as_user sh -c '{ "$1" run -q --net none -u web "$2" true; stat -L -c %u /proc/self/fd/1; echo opened >/dev/stdout; } | cat' sh "${gcr%/*}/gcr" "$rootfs"
	assert_output "$(id -u "${GCR_USER:-root}")"$'\nopened'
	# A FIFO has a name, by which others would open it.
	mkfifo -m 600 "$BATS_TEST_TMPDIR/fifo"
	chown "${GCR_USER:-root}:" "$BATS_TEST_TMPDIR/fifo"
	cat "$BATS_TEST_TMPDIR/fifo" 3>&- &
	gcr -u web "$rootfs" true >"$BATS_TEST_TMPDIR/fifo"
	wait "$!"
	assert_equal "$(stat -c '%U %a' "$BATS_TEST_TMPDIR/fifo")" "${GCR_USER:-root} 600"
}

@test "image: hostile files of accounts" {
	copy_rootfs
	mv "$rootfs/etc/passwd" "$rootfs/usr/lib/passwd"
	ln -s /usr/lib/passwd "$rootfs/etc/passwd"
	is_user web "101 102 4 55 102" /home/web
	rm "$rootfs/etc/passwd"
	mkfifo "$rootfs/etc/passwd"
	fails_with 125 "gcr: /etc/passwd is not a regular file" -u web "$rootfs" true
	ln -sf /dev/zero "$rootfs/etc/passwd"
	fails_with 125 "gcr: /etc/passwd is not a regular file" -u web "$rootfs" true
	ln -sf /proc/self/fd/0 "$rootfs/etc/passwd"
	fails_with 125 "gcr: the container's /etc/passwd: Too many levels of symbolic links" -u web "$rootfs" true
	rm "$rootfs/etc/passwd"
	truncate -s 1G "$rootfs/etc/passwd"
	fails_with 125 "gcr: /etc/passwd has more than 1 MiB" -u web "$rootfs" true
	printf 'web:x:\0:5::/:\n\0\0\n:::::::\nweb:x:5' >"$rootfs/etc/passwd"
	fails_with 125 "gcr: user 'web': there is no such name" -u web "$rootfs" true
}

# --- its working directory -------------------------------------------------------------------------

# Asserts that a command starts in this directory: starts_in DIRECTORY OPTION…
starts_in() {
	run -0 gcr "${@:2}" "$rootfs" sh -c 'pwd -P'
	assert_output "$1"
}

@test "image: the working directory is the image's, or -w, or /" {
	starts_in /
	config '{"WorkingDir":"/home/web"}'
	starts_in /home/web
	starts_in /home/web -w ''
	starts_in /usr -w /usr
	starts_in / -w /
	config '{"WorkingDir":""}'
	starts_in /
}

@test "image: a missing working directory is made, and not in the rootfs" {
	starts_in /made/of/parts -w /made/of//parts/
	run -0 gcr -w /made/of/parts "$rootfs" stat -c '%u %a' /made /made/of/parts
	assert_output $'0 755\n0 755'
	[ ! -e "$rootfs/made" ]
	starts_in /tmp/made -w /tmp/made
	starts_in /dev/shm/made -w /dev/shm/made
	starts_in /home/made -w /home/web/../made
	starts_in / -w /../..
	# It is root's, as docker's is.
	run -1 gcr -u web -w /made "$rootfs" touch file
}

@test "image: a working directory in a volume is made there, and one in a rootfs that is read-only, too" {
	cd "$BATS_TEST_TMPDIR"
	mkdir volume
	chown "${GCR_USER:-root}:" volume .
	starts_in /data/made -v ./volume:/data -w /data/made
	assert [ -d volume/made ]
	starts_in /made --read-only -w /made
	fails_with 125 "gcr: the working directory /data/new cannot be made: Read-only file system" -v ./volume:/data:ro -w /data/new "$rootfs" true
}

@test "image: links lead to no directory of the host's" {
	copy_rootfs
	ln -s /usr "$rootfs/absolute"
	ln -s ../../../../usr "$rootfs/home/relative"
	ln -s /new/directory "$rootfs/nowhere"
	starts_in /usr/made -w /absolute/made
	starts_in /usr/made -w /home/relative/made
	fails_with 125 "gcr: the working directory /nowhere cannot be made: File exists" -w /nowhere "$rootfs" true
}

@test "image: no descriptor of gcr's is a way out (CVE-2024-21626)" {
	local fd
	for fd in {3..20}; do
		run -125 gcr -w "/proc/self/fd/$fd" "$rootfs" pwd 7</
		assert_output --partial "gcr: the working directory /proc/self/fd/$fd cannot be "
	done
	fails_with 125 "gcr: the working directory /proc/self/cwd/x cannot be reached: Too many levels of symbolic links" -w /proc/self/cwd/x "$rootfs" pwd
}

@test "image: a working directory that the command cannot have is told" {
	fails_with 2 "gcr: -w here: write an absolute path, as in -w /srv" -w here "$rootfs" true
	fails_with 125 "gcr: the working directory /etc/passwd/x cannot be reached: Not a directory" -w /etc/passwd/x "$rootfs" true
	fails_with 125 "gcr: the working directory /proc/x cannot be made: " -w /proc/x "$rootfs" true
	fails_with 125 "gcr: the working directory /shut is closed to the command's user: Permission denied" -u web -w /shut "$rootfs" true
	starts_in /shut -w /shut
}

@test "image: one that has only its program runs it, in its working directory and from a volume" {
	copy_rootfs
	rm -rf "$rootfs"
	as_user mkdir -p "$rootfs/app"
	as_user cp /bin/busybox "$rootfs/app"
	config '{"Entrypoint":["./busybox","echo"],"WorkingDir":"/app","Cmd":["ok"]}'
	assert_equal "$(gcr "$rootfs")" ok
	assert_equal "$(gcr --entrypoint /tools/echo -v /bin/busybox:/tools/echo "$rootfs" volume)" volume
	assert_equal "$(ls -A "$rootfs")" app
}

# --- its config ------------------------------------------------------------------------------------

# tests/unit/config.c has more of them.
@test "image: a config that is not as the specification says is refused, and the place is told" {
	echo '{"config":' >"$config"
	fails_with 125 "gcr: $config: not JSON: " "$rootfs" true
	config '{"Env":["A=1",2]}'
	fails_with 125 "gcr: $config: config.Env[1] is of type int instead of string" "$rootfs" true
}

@test "image: of a config, gcr ignores what it does not use, takes null as nothing, and the last of two members" {
	echo '{"config":{"User":"web","User":"root","Env":null,"Entrypoint":null,"Cmd":["id","-u"],"Volumes":null,"WorkingDir":null,
		"Healthcheck":{"Test":["NONE"]},"ExposedPorts":{"80/tcp":{}},"StopSignal":"SIGQUIT","Labels":{"a":"b"}},"history":[{"created_by":"x"}]}' >"$config"
	assert_equal "$(gcr "$rootfs")" 0
	echo '{"os":"linux"}' >"$config"
	assert_equal "$(gcr "$rootfs" echo ok)" ok
}

@test "image: a config that is no plain file is refused, and what a link leads to is not shown" {
	echo "secret of root's" >"$BATS_TEST_TMPDIR/secret"
	ln -s "$BATS_TEST_TMPDIR/secret" "$config"
	fails_with 125 "gcr: $config: it is a symbolic link: put the file itself there" "$rootfs" true
	rm "$config"
	mkfifo "$config"
	fails_with 125 "gcr: $config is not a regular file" "$rootfs" true
	rm "$config"
	mkdir "$config"
	fails_with 125 "gcr: $config is not a regular file" "$rootfs" true
	rmdir "$config"
	truncate -s 1G "$config"
	fails_with 125 "gcr: $config has more than 1 MiB" "$rootfs" true
	rm "$config"
	cp "$BATS_TEST_TMPDIR/secret" "$config"
	run -125 gcr "$rootfs" true
	refute_output --partial secret
	chmod 0 "$config"
	[ -z "${GCR_USER:-}" ] || fails_with 125 "gcr: $config: Permission denied" "$rootfs" true
}

@test "image: nobody else chooses what the container runs" {
	takes_root
	[ -z "${GCR_USER:-}" ] || return 0
	config '{"Cmd":["echo","ok"]}'
	chmod 666 "$config"
	fails_with 125 "gcr: $config: others may write to it: chmod o-w" "$rootfs"
	chmod 644 "$config"
	chown nobody "$config"
	fails_with 125 "gcr: $config belongs to user $(id -u nobody), neither to you nor to the owner of the rootfs" "$rootfs"
	chown root "$config"
	assert_equal "$(gcr "$rootfs")" ok
	# Under sudo, the owner of the rootfs may write its config.
	copy_rootfs learner
	config '{"Cmd":["echo","ok"]}'
	chown learner: "$config"
	assert_equal "$(gcr "$rootfs")" ok
}

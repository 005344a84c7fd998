# Images as people use them, by tests as a user of podman would write them. $GCR_ENGINE runs them: gcr, or podman beside it.
# tests/images makes the images. With $GCR_LAYERS, gcr keeps their layers apart. For v1.0 and later.

load helpers
load user
load network

setup_file() {
	export engine=${GCR_ENGINE:-gcr} directory=$BATS_FILE_TMPDIR/caller
	export as_caller=$BATS_FILE_TMPDIR/as-caller container=$BATS_FILE_TMPDIR/container
	local registry
	registry=$("$top/tests/images")
	make_host
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
	install -d -o "${GCR_USER:-root}" "$directory"
	install -d -o "${GCR_USER:-root}" -m 700 "$directory/run"
	serve_images "$registry"
	make_script "$as_caller" nsenter --target "$GCR_HOST" --net --mount '--wdns="$PWD"' \
		setpriv --reuid "${GCR_USER:-root}" --regid "$(id -g "${GCR_USER:-root}")" --init-groups \
		env HOME="$directory" USER="${GCR_USER:-root}" XDG_RUNTIME_DIR="$directory/run"
	begin=$(date +%s%3N)
	"prepare_${engine}_engine"
	took "to pull the four"
	export pulled=$EPOCHREALTIME
}

teardown_file() {
	remove_host
}

setup() {
	chmod 755 "$BATS_TEST_TMPDIR"
	install -d -o "${GCR_USER:-root}" "$BATS_TEST_TMPDIR/own"
	cd "$BATS_TEST_TMPDIR/own" || return
}

teardown() {
	[ -z "${pid:-}" ] || kill -KILL "$pid" 2>/dev/null || true
}

# make_script FILE COMMAND…: makes a script that executes the command with more words.
make_script() {
	printf '#!/bin/bash\nexec %s "$@"\n' "${*:2}" >"$1"
	chmod 755 "$1"
}

# Serves them at 127.0.0.1:5000 of the test's own host.
serve_images() {
	printf '%s\n' "version: 0.1" "storage: {filesystem: {rootdirectory: $1}}" "http: {addr: '127.0.0.1:5000'}" \
		>"$BATS_FILE_TMPDIR/registry.yml"
	on_host docker-registry serve "$BATS_FILE_TMPDIR/registry.yml" &>"$BATS_FILE_TMPDIR/registry.log" 3>&- &
	retry 100 'grep -q "listening on" "$BATS_FILE_TMPDIR/registry.log"'
}

# Runs a command for each image: for_images COMMAND…, where IMAGE is its name.
for_images() {
	local image
	for image in nginx postgres redis node; do "$as_caller" "${@//IMAGE/$image}" 3>&-; done
}

prepare_gcr_engine() {
	local options=() scripts=$BATS_FILE_TMPDIR/scripts
	export GCR_ROOTFS_DIR=$directory/rootfs GCR_DATA_DIR=$directory/data GCR_CACHE_DIR=$directory/cache
	gcr_net setup >/dev/null
	mkdir "$scripts"
	cp -r "$top"/scripts/{img2rootfs,lib} "$scripts" # the user reaches it wherever the repository is
	[ -z "${GCR_LAYERS:-}" ] || options=(-layers)
	for_images "$scripts/img2rootfs" "${options[@]}" -image 127.0.0.1:5000/IMAGE -output "$GCR_ROOTFS_DIR/IMAGE"
	make_script "$container" env --default-signal "$as_caller" "${gcr%/*}/gcr" run -q
}

# podman's files are all in the caller's directory. Here it makes no cgroups, and limits that any machine allows.
prepare_podman_engine() {
	export CONTAINERS_CONF=$directory/containers.conf CONTAINERS_STORAGE_CONF=$directory/storage.conf
	cat >"$CONTAINERS_CONF" <<-END
		[containers]
		cgroups = "disabled"
		default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
		[network]
		default_rootless_network_cmd = "slirp4netns"
		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "none"
		tmp_dir = "$directory/run/libpod/tmp"
	END
	cat >"$CONTAINERS_STORAGE_CONF" <<-END
		[storage]
		driver = "overlay"
		graphroot = "$directory/storage"
		runroot = "$directory/run/storage"
	END
	on_host mount -t cgroup2 none /sys/fs/cgroup
	on_host mount -t tmpfs -o mode=1777 none /dev/shm # for podman's locks, which would stay
	on_host sh -c "mount -t tmpfs none /dev/net && mknod -m 666 /dev/net/tun c 10 200" # for slirp4netns
	# crun makes the standard streams the user's, and so the machine's /dev/null.
	on_host sh -c "mknod -m 666 /dev/net/null c 1 3 && mount --bind /dev/net/null /dev/null"
	for_images podman pull --quiet --tls-verify=false 127.0.0.1:5000/IMAGE
	for_images podman tag 127.0.0.1:5000/IMAGE IMAGE
	make_script "$container" env --default-signal "$as_caller" podman run --rm
}

# Adds how long something took since $begin to the table of the run: took WORDS.
took() {
	local table=${GCR_IMAGES:-} # hidden in a sandbox, if nobody asks for it
	[ ! -d "${table%/*}" ] || printf '%6d ms %s: %s, %s\n' $(($(date +%s%3N) - begin)) "$1" "$engine${GCR_LAYERS:+ with -layers}" \
		"${GCR_USER:-root}" >>"$table"
}

# begin [OPTION…] IMAGE [COMMAND…]: runs a container in the background. What it prints is in the file output.
begin() {
	begin=$(date +%s%3N) begun=$((${begun:-0} + 1))
	: >output # at once: of the container before, logged would find the words
	"$container" "$@" >output 2>&1 3>&- &
	pid=$!
}

# end_by SIGNAL: ends the container that begin() began, as its image wishes. The server then ends well.
end_by() {
	local status=0
	kill "-$1" "$pid"
	wait "$pid" || status=$?
	[ "$status" -eq 0 ] || fail "status $status: $(cat output)"
}

# Waits until the container has printed these words so often: logged TIMES WORDS.
logged() {
	until [ "$(grep -c "$2" output)" -ge "$1" ]; do
		kill -0 "$pid" || fail "it ended: $(cat output)"
		sleep 0.02
	done
}

# Asserts that a server gives this answer within a minute, and adds how long it took to the table: assert_answer ANSWER COMMAND…
# A published port may be open before its server is.
assert_answer() {
	local answer
	for _ in {1..3000}; do
		answer=$(on_host "${@:2}" 2>/dev/null) && [ -n "$answer" ] && break
		kill -0 "$pid" || break
		sleep 0.02
	done
	[ "$answer" = "$1" ] || fail "it says '$answer': $(cat output)"
	took "until ${BATS_TEST_DESCRIPTION%%:*} $begun answers"
}

@test "nginx: by its entrypoint, as its user, on a published port, with its config in a volume" {
	mkdir templates
	cat >templates/default.conf.template <<-'END'
		server { listen ${PORT}; location / { return 200 "from a volume\n"; } }
	END
	begin -p 8000:8001 -e PORT=8001 -v ./templates:/etc/nginx/templates:ro nginx
	assert_answer "from a volume" busybox wget -q -O - http://127.0.0.1:8000/
	end_by QUIT
	run -0 cat output
	assert_line "/docker-entrypoint.sh: Configuration complete; ready for start up"
	assert_line --partial '"GET / HTTP/1.1" 200' # its log is a link to /dev/stdout
	run -0 "$container" nginx id
	assert_output "uid=101(nginx) gid=101(nginx) groups=101(nginx)"
}

@test "postgres: its entrypoint makes a database in a volume, and the next postgres finds it there" {
	local volume=(-v ./data:/var/lib/postgresql/data)
	local psql=("$container" --net host -e PGPASSWORD=secret postgres psql -h 127.0.0.1 -U postgres -qAt)
	"$as_caller" mkdir data
	echo "create table pets as select 'cat' as name" >pets.sql
	begin -p 5432:5432 -e POSTGRES_PASSWORD=secret "${volume[@]}" -v ./pets.sql:/docker-entrypoint-initdb.d/pets.sql:ro postgres
	logged 2 "ready to accept connections" # the entrypoint has a server of its own
	assert_answer cat "${psql[@]}" -c "select name from pets"
	run -0 "${psql[@]}" -c "insert into pets values ('dog')"
	end_by INT

	begin -p 5432:5432 "${volume[@]}" postgres -c max_connections=20
	logged 1 "ready to accept connections"
	assert_answer $'cat\ndog\n20' "${psql[@]}" -c "select name from pets" -c "show max_connections"
	end_by INT
	run -1 "$container" postgres
	assert_output --partial "superuser password is not specified"
}

@test "redis: read-only, but for its data" {
	begin -p 6379:6379 --read-only --tmpfs /data redis
	assert_answer $'+OK\r\n$5\r\nvalue\r\n+OK\r' sh -c 'printf "SET key value\r\nGET key\r\nSAVE\r\n" | busybox nc 127.0.0.1 6379'
	end_by TERM
	run -1 "$container" --read-only redis touch /usr/local/bin/new
	assert_output --partial "Read-only file system"
	run -0 "$container" --read-only redis touch /data/new # the image says that it is a volume
}

@test "node: a program as its user, in its directory, that ends well on SIGTERM" {
	printf '# for the program\nGREETING=hello there\n' >environment
	begin -p 3000:3000 --env-file environment node
	assert_answer "node in /app: production, hello there" busybox wget -q -O - http://127.0.0.1:3000/
	end_by TERM
	assert_equal "$(cat output)" $'listening on port 3000\nSIGTERM: finishing the requests\nclosed'
	run -0 "$container" node -p "6 * 7" # for the entrypoint
	assert_output 42
	run -0 "$container" -u root -w /srv --entrypoint sh node -c 'id -un; pwd'
	assert_output $'root\n/srv'
}

@test "a container that is killed leaves its database whole, and nothing else stays" {
	[ "$engine" = gcr ] || skip "podman's containers outlive a podman that is killed"
	"$as_caller" mkdir data
	begin -e POSTGRES_PASSWORD=secret -v ./data:/var/lib/postgresql/data postgres
	logged 2 "ready to accept connections"
	kill -KILL "$pid"
	wait "$pid" || true
	begin -v ./data:/var/lib/postgresql/data postgres
	logged 1 "ready to accept connections"
	grep "automatic recovery in progress" output
	end_by INT
	run -0 find "$GCR_DATA_DIR/containers" -mindepth 1
	assert_output ""
	run -0 find "$GCR_ROOTFS_DIR" -newerct "@$pulled"
	assert_output "" # no image has changed
}

@test "the images share their lowest layer" {
	[ -n "${GCR_LAYERS:-}" ] || skip "only with -layers"
	run -0 sh -c 'head -q -n 1 "$GCR_ROOTFS_DIR"/*.layers | sort -u | wc -l'
	assert_output 1
}

# Programs that people run in containers, of Debian's packages, under the filter: as root, and as an ordinary user.
# tests/programs makes their system.

load helpers
load user

setup_file() {
	local archive as=()
	archive=$("$top/tests/programs")
	prepare_gcr
	export rootfs=$BATS_FILE_TMPDIR/rootfs
	make_closed "$rootfs"
	[ -z "${GCR_USER:-}" ] || as=(as_test_user unshare --map-root-user --map-auto)
	"${as[@]}" tar -x -p -C "$rootfs" --numeric-owner --exclude='./dev/*' <"$archive"
}

# Runs a script in a container, and asserts that it succeeds.
run_inside() {
	run "$gcr" run -q "$rootfs" bash -euo pipefail -c "$1"
	assert_success
}

@test "apt-get updates its lists over HTTP, in a filter of its own, and installs a package" {
	run_inside 'cd /srv
		{ dpkg-deb --field hello_*.deb; stat --format "Size: %s" hello_*.deb; echo "Filename: $(ls hello_*.deb)"
			echo "SHA256: $(sha256sum hello_*.deb | cut -d " " -f 1)"; } >Packages
		busybox httpd -p 127.0.0.1:80
		echo "deb [trusted=yes] http://127.0.0.1 ./" >/etc/apt/sources.list
		strace -f -o /tmp/trace -e trace=seccomp apt-get update -o APT::Sandbox::Seccomp=yes 2>&1
		grep -m 1 "SECCOMP_SET_MODE_FILTER, 0, " /tmp/trace
		apt-get install -y hello 2>&1
		hello'
	assert_line --regexp "^Get:.* http://127.0.0.1 .* Packages"
	assert_line --regexp "SECCOMP_SET_MODE_FILTER, 0, .* = 0$" # a filter of its own
	assert_line --partial "Setting up hello"
	assert_line "Hello, world!"
	refute_line --regexp "^[WE]: "
}

@test "busybox serves a file, and fetches it" {
	run_inside 'echo from busybox >/tmp/file
		busybox httpd -p 127.0.0.1:8000 -h /tmp
		busybox wget -q -O - http://127.0.0.1:8000/file'
	assert_output "from busybox"
}

@test "nginx, with its workers, serves a file" {
	run_inside 'echo from nginx >/var/www/html/file
		nginx
		python3 -c "import urllib.request as r; a = r.urlopen(\"http://127.0.0.1/file\"); print(a.headers[\"Server\"], a.read().decode())"
		ps -C nginx -o user=,args='
	assert_line --regexp "^nginx.* from nginx$"
	assert_line --regexp "^www-data nginx: worker process"
}

@test "PostgreSQL: initdb, a start, a table and a query with parallel workers" {
	run_inside 'cd /tmp
		PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
		as_postgres() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
		as_postgres initdb -D /tmp/data 2>&1 | grep "^Success"
		as_postgres pg_ctl -D /tmp/data -l /tmp/log -w -o "-k /tmp -c max_parallel_workers_per_gather=2" start || { cat /tmp/log; exit 1; }
		as_postgres psql -h /tmp -qAt -c "create table numbers as select generate_series(1, 100000) as n; analyze numbers;
			set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0;
			explain (analyze, costs off, timing off) select sum(n) from numbers; select sum(n) from numbers"
		as_postgres pg_ctl -D /tmp/data -m fast stop'
	assert_line --partial "Success. You can now start the database server"
	assert_line --partial "Workers Launched: 2"
	assert_line 5000050000
	assert_line "server stopped"
}

@test "redis sets, gets, and saves in a child" {
	run_inside 'cd /tmp
		redis-server --port 6379 --daemonize yes --logfile /tmp/redis.log >/dev/null
		wait_for() { for _ in {1..100}; do ! "$@" 2>/dev/null || return 0; sleep 0.1; done; cat /tmp/redis.log; exit 1; }
		wait_for redis-cli ping >/dev/null
		redis-cli set key value
		redis-cli get key
		redis-cli bgsave
		wait_for grep -o "Background saving terminated.*" /tmp/redis.log
		redis-cli shutdown'
	assert_line OK
	assert_line value
	assert_line "Background saving terminated with success"
}

@test "node: a worker thread, a child process, and a request to a server of its own" {
	run_inside 'node -e "
		const { Worker } = require(\"worker_threads\"), http = require(\"http\");
		new Worker(\"require(\\\"worker_threads\\\").parentPort.postMessage(6 * 7)\", { eval: true }).on(\"message\", n => console.log(\"worker\", n));
		console.log(\"child\", require(\"child_process\").execSync(\"echo 43\").toString().trim());
		const server = http.createServer((_, answer) => answer.end(\"44\")).listen(0, \"127.0.0.1\", () =>
			http.get({ port: server.address().port, host: \"127.0.0.1\" }, a => a.on(\"data\", d => {
				console.log(\"server\", d.toString()); server.close(); a.destroy(); process.exitCode = 0 })));
		"'
	assert_line "worker 42"
	assert_line "child 43"
	assert_line "server 44"
}

@test "python: multiprocessing by fork, spawn and forkserver, with a queue and shared memory" {
	run_inside 'cat >/tmp/many.py <<-END
		import multiprocessing as m
		from multiprocessing.shared_memory import SharedMemory
		def square(n): return n * n
		def write(queue, name):
		    memory = SharedMemory(name); memory.buf[0] = 42; memory.close(); queue.put("written")
		if __name__ == "__main__":
		    for method in "fork", "spawn", "forkserver":
		        context = m.get_context(method)
		        with context.Pool(2) as pool: print(method, pool.map(square, range(4)))
		    memory, queue = SharedMemory(create=True, size=1), m.Queue()
		    child = m.Process(target=write, args=(queue, memory.name)); child.start()
		    print(queue.get(), memory.buf[0]); child.join(); memory.close(); memory.unlink()
		END
		python3 /tmp/many.py'
	for method in fork spawn forkserver; do assert_line "$method [0, 1, 4, 9]"; done
	assert_line "written 42"
}

@test "OpenJDK compiles a class and runs it, with threads" {
	run_inside 'cat >/tmp/Sum.java <<-END
		public class Sum { public static void main(String[] words) {
			System.out.println("sum " + java.util.stream.IntStream.rangeClosed(1, 100).parallel().sum()); } }
		END
		java -version
		java /tmp/Sum.java'
	assert_line --regexp "^openjdk version"
	assert_line "sum 5050"
}

@test "go builds a program with goroutines, and runs it" {
	run_inside 'mkdir /tmp/sum && cd /tmp/sum
		cat >main.go <<-END
		package main
		import ("fmt"; "os/exec")
		func main() {
			numbers := make(chan int)
			for i := 1; i <= 4; i++ { go func(n int) { numbers <- n }(i) }
			fmt.Println("sum", <-numbers + <-numbers + <-numbers + <-numbers)
			word, err := exec.Command("echo", "child").Output()
			fmt.Println(string(word), err)
		}
		END
		go version
		go mod init sum 2>/dev/null
		go build
		./sum'
	assert_line --regexp "^go version go1"
	assert_line "sum 10"
	assert_line "child"
	assert_line " <nil>"
}

@test "rustc compiles a program with threads, gcc links it, and it runs" {
	run_inside 'cd /tmp
		cat >sum.rs <<-END
		use std::{process::Command, thread};
		fn main() {
			let sum: i32 = (1..5).map(|n| thread::spawn(move || n)).map(|t| t.join().unwrap()).sum();
			let child = Command::new("echo").arg("child").output().unwrap();
			println!("sum {} {}", sum, String::from_utf8(child.stdout).unwrap());
		}
		END
		rustc sum.rs
		./sum'
	assert_line "sum 10 child"
}

@test "strace follows a shell and its children" {
	run_inside 'strace -f -e trace=execve,exit_group sh -c "/bin/true; /bin/false || exit 3" 2>&1 || echo "status $?"'
	assert_line --regexp 'execve\("/bin/true", .* = 0$'
	assert_line --regexp '^\[pid +[0-9]+\] exit_group\(1\)'
	assert_line "status 3"
}

@test "gdb stops a program at a breakpoint, and reads a variable" {
	run_inside 'cd /tmp
		printf "%s\n" "static int twice(int n)" "{" "return 2 * n;" "}" "int main(void) { return twice(21); }" >twice.c
		gcc -g -o twice twice.c
		gdb --batch -ex "break twice" -ex run -ex "print n" -ex bt -ex continue ./twice 2>&1'
	assert_line --regexp "^Breakpoint 1, twice \(n=21\)"
	assert_line '$1 = 21'
	assert_line --partial "exited with code 052"
}

@test "git: init, commit, clone, and a pack" {
	run_inside 'cd /tmp
		export GIT_AUTHOR_NAME=me GIT_AUTHOR_EMAIL=me@localhost GIT_COMMITTER_NAME=me GIT_COMMITTER_EMAIL=me@localhost
		git init -q first
		echo hello >first/file
		git -C first add file
		git -C first commit -q -m "the first commit"
		git clone -q "file:///tmp/first" second
		git -C second gc -q
		git -C second fsck
		git -C second log --format=%s
		cat second/file'
	assert_line "the first commit"
	assert_line hello
}

@test "man formats a page" {
	run_inside 'man -P cat man'
	assert_line --regexp "^ +man - an interface to the system reference manuals"
}

@test "perl: threads, a fork, and a pipe" {
	run_inside 'perl -Mthreads -e "print qq(thread ), threads->create(sub { 6 * 7 })->join, qq(\n);
		open(my \$child, q(-|)) || exec qw(echo child); print <\$child>"'
	assert_line "thread 42"
	assert_line child
}

@test "coreutils: birth times, copies by the kernel, a timeout" {
	run_inside 'cd /var/tmp
		head -c 1M /dev/urandom >file
		stat --format "born %W" file
		ls -l --time=birth file | wc -l
		cp --reflink=auto file copy && cmp file copy && echo same
		timeout 0.1 sleep 60 || echo "status $?"'
	assert_line --regexp "^born [1-9]"
	assert_line same
	assert_line "status 124"
}

@test "util-linux: priorities, processors, limits, a personality" {
	run_inside 'nice -n 5 nice
		ionice -c 3 ionice
		chrt --idle 0 chrt -p 0
		taskset -c "$(taskset -cp $$ | grep -o "[0-9]*$")" nproc
		prlimit --nofile=64 bash -c "ulimit -n"
		setarch linux32 uname -m
		flock /tmp/lock echo locked'
	assert_line --index 0 5
	assert_line idle
	assert_line --partial SCHED_IDLE
	assert_line 1
	assert_line 64
	assert_line --regexp "^(i686|armv[78]l)$"
	assert_line locked
}

@test "su and setpriv become another user" {
	run_inside 'su -s /bin/sh -c "id -un" nobody
		setpriv --reuid www-data --regid www-data --init-groups id -un'
	assert_line --index 0 nobody
	assert_line --index 1 www-data
}

@test "ping" {
	run_inside 'ping -c 1 127.0.0.1'
	assert_line --partial "1 packets transmitted, 1 received"
}

@test "bash at a terminal: Ctrl+Z, bg, fg and Ctrl+C" {
	run -0 "$top/tests/terminal" "$gcr run -q '$rootfs' bash --norc" 'sh -c "echo r\$((1+1))d2; exec sleep 1000"' wait:r2d2 ^Z \
		jobs bg jobs fg pause ^C 'echo "status $?"' 'exit 0'
	assert_output --regexp '\[1\]\+ +Stopped .*\[1\]\+ +Running .*status 130'
}

# vm/provision.sh, with stand-ins for the programs that change a system; vm/gcr.lima.yaml, as far as possible without Lima; and
# what is installed.

# shellcheck disable=SC2030,SC2031,SC2088 # a test is a subshell; ~ is a guest's here

load helpers

lima=$top/vm/gcr.lima.yaml
steps=("$top"/steps/v*)
last=${steps[-1]##*/}

setup() {
	chmod 755 "$BATS_RUN_TMPDIR"
	sandbox=$BATS_TEST_TMPDIR
	mkdir -p "$sandbox"/{bin,etc,run,var/{lib,cache},usr/local/bin,steps/v0.{6,7},home/gcr}
	echo program >"$sandbox/steps/v0.7/gcr"
	printf 'ID=ubuntu\nVERSION_ID="24.04"\n' >"$sandbox/etc/os-release"
	# Each notes how it is called, and fails when $FAIL is that.
	cat >"$sandbox/bin/packages" <<-'END'
		#!/bin/bash
		call="${0##*/} $*" sandbox=$(dirname "$(readlink -f "$0")")/..
		echo "$call" >>"$sandbox/calls"
		wants=/etc/systemd/system/multi-user.target.wants
		[[ $call != *enable* ]] || { mkdir -p "$wants" && ln -s ../gcr-net.service "$wants"; }
		[[ $call != cmake* ]] || echo "chatter of $call" >&2
		if [[ $call == "cmake --install"* ]]; then
			cmp -s "$sandbox/steps/v0.7/gcr" /usr/local/bin/gcr && did=Up-to-date || did=Installing
			echo "-- $did: /usr/local/bin/gcr"
			cp "$sandbox/steps/v0.7/gcr" /usr/local/bin && chmod +x /usr/local/bin/gcr
		fi
		[[ $call != "$FAIL" ]]
	END
	chmod +x "$sandbox/bin/packages"
	mkdir -p "$sandbox/scripts/lib"
	ln -s "$sandbox/bin/packages" "$sandbox/scripts/lib/packages"
	for program in cmake systemctl systemd-sysctl; do ln -s packages "$sandbox/bin/$program"; done
	export FAIL="" GCR_PACKAGES=$sandbox/scripts/lib/packages
}

# Runs a command where /etc, /run and the like are the sandbox's, and no kernel setting can be changed.
sandboxed() {
	PATH=$sandbox/bin:$PATH unshare --mount bash -euc '
		mount --bind /proc/sys /proc/sys
		mount -o remount,bind,ro /proc/sys
		for dir in etc run var/lib var/cache usr/local; do mount --bind "$0/$dir" "/$dir"; done
		exec "$@"' "$sandbox" "$@"
}

provision() {
	: >"$sandbox/calls"
	sandboxed "$top/vm/provision.sh" "$@"
}

boot() {
	mkdir -p "$sandbox/run/systemd/system"
}

@test "provision.sh: an image in the making gets packages, files, and the last step's gcr" {
	run -0 provision
	assert_line --partial "provision: wrote /etc/sysctl.d/60-gcr.conf"
	assert_line --partial " /usr/local/bin/gcr"
	assert_line --partial "users who are logged in get the delegation at their next login"
	run -0 cat "$sandbox/calls"
	assert_output "packages machine build run test workshop
cmake -S $sandbox/steps/v0.7 -B /var/cache/gcr -G Ninja
cmake --build /var/cache/gcr
cmake --install /var/cache/gcr
systemctl --quiet enable gcr-net.service"
	cd "$sandbox/etc"
	run -0 cat sysctl.d/60-gcr.conf
	assert_line -- "-kernel.apparmor_restrict_unprivileged_userns = 0"
	run -0 cat systemd/system/user@.service.d/60-gcr.conf
	assert_line "Delegate=cpu cpuset io memory pids"
	run -0 cat systemd/system/gcr-net.service
	assert_line "ConditionPathExists=/usr/local/bin/gcr"
	assert_line "ExecStart=/usr/local/bin/gcr net setup"
	assert_line "ExecStop=/usr/local/bin/gcr net teardown"
	# What these do, is gcr's alone.
	run -1 grep -rwE 'ip|nft|ip_forward' .
}

@test "provision.sh: a running system gets all of that at once" {
	boot
	run -0 provision
	run -0 cat "$sandbox/calls"
	assert_line "systemd-sysctl 60-gcr.conf"
	assert_line "systemctl daemon-reload"
	assert_line "systemctl reload-or-restart gcr-net.service"
	run -0 cat "$sandbox/etc/systemd/system/gcr-net.service"
	assert_line "ExecReload=/usr/local/bin/gcr net setup"
}

@test "provision.sh: the second run writes nothing, says nothing, and does not make the bridge anew" {
	boot
	provision
	before=$(find "$sandbox/etc" -printf '%p %T@\n')
	run -0 provision
	assert_output ""
	assert_equal "$(find "$sandbox/etc" -printf '%p %T@\n')" "$before"
	run -0 cat "$sandbox/calls"
	assert_output "packages machine build run test workshop
cmake -S $sandbox/steps/v0.7 -B /var/cache/gcr -G Ninja
cmake --build /var/cache/gcr
cmake --install /var/cache/gcr
systemd-sysctl 60-gcr.conf
systemctl reload-or-restart gcr-net.service"
}

@test "provision.sh: only a file that says something else is written again" {
	boot
	provision
	unit=/etc/systemd/system/gcr-net.service
	echo "[Service]" >"$sandbox$unit"
	run -0 provision
	assert_output "provision: wrote $unit"
	run -0 grep teardown "$sandbox$unit"
	run -0 grep daemon-reload "$sandbox/calls"
}

@test "provision.sh: a gcr that has changed is installed, and told" {
	provision
	echo changed >"$sandbox/steps/v0.7/gcr"
	run -0 provision
	assert_output "provision: wrote /usr/local/bin/gcr"
	assert_equal "$(cat "$sandbox/usr/local/bin/gcr")" changed
}

@test "provision.sh: a gcr that does not build is a failure only where none is installed" {
	boot
	FAIL="cmake --build /var/cache/gcr"
	run -1 provision
	assert_line "chatter of $FAIL"
	assert_line "provision: failed while building gcr"
	FAIL=
	provision
	FAIL="cmake --build /var/cache/gcr"
	run -0 provision
	assert_line "provision: gcr does not build, see above; the one that is installed stays"
	run -0 tail -n 1 "$sandbox/calls"
	assert_output "systemctl reload-or-restart gcr-net.service"
}

@test "provision.sh: what another checkout has built is thrown away" {
	cache=$sandbox/var/cache/gcr
	mkdir "$cache"
	echo "CMAKE_HOME_DIRECTORY:INTERNAL=$sandbox/steps/v0.7" >"$cache/CMakeCache.txt"
	provision
	assert [ -e "$cache/CMakeCache.txt" ]
	echo "CMAKE_HOME_DIRECTORY:INTERNAL=$sandbox/steps/v0.7/../v0.6" >"$cache/CMakeCache.txt"
	provision
	assert [ ! -e "$cache" ]
}

@test "provision.sh: really builds the last step, in no checkout, and installs it" {
	rm -r "$sandbox"/{steps,bin/cmake}
	cp -r "$top"/{cmake,common,steps} "$sandbox"
	touch "$sandbox/before"
	run -0 provision build
	assert_line --partial " /usr/local/bin/gcr"
	run -0 find "$sandbox"/{cmake,common,steps} -newer "$sandbox/before"
	assert_output ""
	run -0 sandboxed gcr --version
	assert_output "gcr $last"
	assert [ -x "$sandbox/usr/local/bin/gcr-net" ]
	run -0 provision build
	assert_output ""
	touch -d yesterday "$sandbox/usr/local/bin/gcr"
	run -0 provision build
	assert_output "provision: wrote /usr/local/bin/gcr"
}

@test "provision.sh: installs the sets that it is given, and without build no gcr" {
	provision run test
	run -0 cat "$sandbox/calls"
	assert_output "packages machine run test
systemctl --quiet enable gcr-net.service"
	# As in the image in the making, which has no sources.
	rm -r "$sandbox/steps"
	provision build
	run -0 cat "$sandbox/calls"
	assert_output "packages machine build"
}

@test "install: the last step's gcr and its helper, and nothing else" {
	DESTDIR=$sandbox/image cmake --install "$build"
	run -0 find "$sandbox/image" -type f
	assert_equal "$(sort <<<"$output")" "$sandbox/image/usr/local/bin/gcr
$sandbox/image/usr/local/bin/gcr-net"
	run -0 "$sandbox/image/usr/local/bin/gcr" --version
	assert_output "gcr $last"
}

@test "provision.sh: the sets are those of scripts/lib/packages" {
	for set in machine build run test workshop; do
		grep -q "^	\[$set\]=" "$top/scripts/lib/packages" || fail "no set $set"
	done
}

@test "provision.sh: names the step that fails" {
	boot
	while IFS=: read -r FAIL step; do
		rm -rf "$sandbox/etc/systemd"
		run ! provision
		assert_line "provision: failed while $step"
	done <<-'END'
		packages machine build run test workshop:installing packages
		cmake --build /var/cache/gcr:building gcr
		systemctl --quiet enable gcr-net.service:enabling the bridge at boot
		systemd-sysctl 60-gcr.conf:applying the kernel's settings
		systemctl daemon-reload:starting the bridge
		systemctl reload-or-restart gcr-net.service:starting the bridge
	END
	FAIL=
	unit=$sandbox/etc/systemd/system/gcr-net.service
	rm "$unit"
	mkdir "$unit" # where a file is to be
	run ! provision
	assert_line "provision: failed while writing the bridge's service"
}

@test "provision.sh: says that it needs root, before it does anything" {
	cp "$top/vm/provision.sh" "$sandbox"
	run -1 setpriv --reuid 65534 "$sandbox/provision.sh" run
	assert_output "provision: it changes the system: sudo $sandbox/provision.sh run"
	assert [ ! -e "$sandbox/calls" ]
}

@test "provision.sh: warns of another distribution and goes on" {
	printf 'ID=debian\nVERSION_ID="12"\n' >"$sandbox/etc/os-release"
	run -0 provision
	refute_output --partial "made for"
	printf 'ID=debian\nVERSION_ID="13"\n' >"$sandbox/etc/os-release"
	run -0 provision
	refute_output --partial "made for"
	printf 'ID=debian\n' >"$sandbox/etc/os-release" # as unstable has it
	run -0 provision
	assert_output --partial "provision: made for Debian 12, Debian 13 and Ubuntu 24.04, not for debian"
}

# The template's answer to a jq expression.
template() {
	python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)' <"$lima" | jq -r "$1"
}

# The script at a path of the template, as Lima fills it in, for a guest whose home is the sandbox's.
guest_script() {
	template "$1" | sed -e "s|{{\.Home}}|$sandbox/home|g" -e "s|{{\.UID}}|1234|g" >"$sandbox/script"
	run -1 grep -F '{{' "$sandbox/script"
	chmod +x "$sandbox/script"
}

@test "Lima: knows every key of the template" {
	# https://github.com/lima-vm/lima/blob/master/pkg/limatype/lima_yaml.go
	known=(base minimumLimaVersion vmType vmOpts os arch images cpuType cpus memory disk additionalDisks mounts
		mountTypesUnsupported mountType mountInotify ssh firmware audio video provision upgradePackages containerd
		guestInstallPrefix probes portForwards copyToHost message networks env env.GCR_PACKAGES param dns hostResolver
		propagateProxyEnv caCerts rosetta plain timezone nestedVirtualization user
		images.{location,arch,digest,kernel,initrd} mounts.{location,mountPoint,writable,sshfs,9p,virtiofs}
		provision.{mode,script,file,content,overwrite,owner,path,permissions,expression,format}
		containerd.{system,user,archives} probes.{mode,description,script,file,hint})
	run -0 template '[paths | map(strings) | select(. != []) | join(".")] | unique[]'
	for key in "${lines[@]}"; do
		[[ " ${known[*]} " == *" $key "* ]] || fail "Lima has no $key"
	done
	run -0 template '.provision[].mode, (.probes[].mode // "readiness")'
	refute_line --regexp '^(null|.*[^a-z].*)$'
	assert_equal "$(template .minimumLimaVersion)" 2.0.0
}

@test "Lima: Ubuntu 24.04 for both architectures, on what virtual machines the host has" {
	run -0 template '.images[] | "\(.arch) \(.location)"'
	assert_line --regexp '^x86_64 https://cloud-images\.ubuntu\.com/.*/ubuntu-24\.04-.*-amd64\.img$'
	assert_line --regexp '^aarch64 https://cloud-images\.ubuntu\.com/.*/ubuntu-24\.04-.*-arm64\.img$'
	assert_equal "${#lines[@]}" 2
	assert_equal "$(template '.vmType, .arch')" "null
null"
}

@test "Lima: the checkout is ~/gcr, writable, whoever the user is" {
	run -0 template '.mounts[] | .location, .mountPoint, .writable'
	assert_output '~/gcr
{{.Home}}/gcr
true'
	run -1 grep -nE '/(home|Users)/' "$lima"
}

@test "Lima: no containerd" {
	assert_equal "$(template '.containerd.system, .containerd.user')" "false
false"
}

@test "Lima: runs provision.sh, between the scripts that prepare it and that tell its success" {
	run -0 template '.provision[] | "\(.mode) \(.file)"'
	assert_output "system null
system provision.sh
system null"
	# Lima reads it beside the template, and would fill in what looks like a template in it.
	assert [ -x "$top/vm/provision.sh" ]
	run -1 grep -F '{{' "$top/vm/provision.sh"
}

@test "Lima: the scripts of the template are in order" {
	for path in '.provision[0].script' '.provision[2].script' '.probes[0].script'; do
		guest_script "$path"
		assert_equal "$(head -n 1 "$sandbox/script")" "#!/bin/bash"
		shellcheck "$sandbox/script"
	done
}

@test "Lima: build/ and rootfs/ are on the guest's disk, everything else on the share" {
	guest_script '.provision[0].script'
	mkdir -p "$sandbox/home/gcr/scripts/lib"
	cp "$top/scripts/lib/packages" "$sandbox/home/gcr/scripts/lib"
	for boot in first second; do
		sandboxed bash -euc "$sandbox/script && cd $sandbox/home/gcr && touch build/$boot rootfs/$boot shared"
	done
	run -0 ls -R "$sandbox/home/gcr"
	assert_line shared
	refute_line first
	for dir in build rootfs; do
		run -0 ls "$sandbox/var/lib/gcr/$dir"
		assert_output "first
second"
		assert_equal "$(stat -c %u "$sandbox/var/lib/gcr/$dir")" 1234
	done
	GCR_PACKAGES=$(template .env.GCR_PACKAGES)
	run -0 sandboxed readlink -f "$GCR_PACKAGES"
	assert_output "$sandbox/home/gcr/scripts/lib/packages"
}

@test "Lima: where the share is not the checkout, provisioning says so" {
	guest_script '.provision[0].script'
	run -1 sandboxed "$sandbox/script"
	assert_output --partial "~/gcr is no checkout of gcr"
}

@test "Lima: a user manager that is older than the delegation starts anew" {
	guest_script '.provision[2].script'
	mkdir -p "$sandbox/run/user/1234/systemd" "$sandbox/etc/systemd/system/user@.service.d"
	touch -d yesterday "$sandbox/run/user/1234/systemd/private"
	touch "$sandbox/etc/systemd/system/user@.service.d/60-gcr.conf"
	sandboxed "$sandbox/script"
	assert_equal "$(tail -n 1 "$sandbox/calls")" "systemctl restart user@1234.service"
	touch -d tomorrow "$sandbox/run/user/1234/systemd/private"
	sandboxed "$sandbox/script"
	assert_equal "$(tail -n 1 "$sandbox/calls")" "systemctl is-active gcr-net.service"
}

@test "Lima: the probe waits for a provisioning that succeeded" {
	guest_script '.provision[2].script'
	export FAIL="systemctl is-active gcr-net.service"
	run ! sandboxed "$sandbox/script"
	assert [ ! -e "$sandbox/run/gcr-ready" ]
	FAIL=
	sandboxed "$sandbox/script"
	guest_script '.probes[0].script'
	sed -i 's/timeout 30/timeout 1/' "$sandbox/script"
	sandboxed "$sandbox/script"
	rm "$sandbox/run/gcr-ready"
	run -124 sandboxed "$sandbox/script"
}

@test "Lima: the message tells what to type, and that exists" {
	run -0 template .message
	assert_line --partial "limactl shell --workdir gcr {{.Name}}"
	assert_line --partial "limactl stop {{.Name}}; limactl delete {{.Name}}"
	run -0 grep -oE '(scripts|vm)/[a-z-]+' <<<"$output"
	for program in "${lines[@]}"; do
		assert [ -x "$top/$program" ]
	done
}

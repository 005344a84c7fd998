# The table of one group, $group, of what tools/bench measured: jq -r --arg group start -f tests/bench/table.jq FILE

def digits($n): tostring | if contains(".") then . else . + ".0" end | split(".") | .[0] + "." + (.[1] + "00" | .[:$n]);
def with($n): if . == null then "–" else . * pow(10; $n) | round / pow(10; $n) | digits($n) end;
def ms: if . == null then "–" else . * 1000 | with(2) end;
def mib: if . == null then "–" else . / 1024 | with(1) end;
def row: "| " + join(" | ") + " |";
def table($head): ($head | row), ($head | map("---:") | .[0] = "---" | row), (.[] | row);

# In their order, unlike group_by: [[CASE, {NAME: RESULT, …}], …]
def cases: reduce .[] as $one ([]; if length > 0 and .[-1][0] == $one.case then . else . + [[$one.case, {}]] end
	| .[-1][1][$one.name] = $one);

def start: ["floor", "gcr", "unshare", "bwrap", "crun", "runc", "systemd-nspawn"] as $names
	| cases | map(.[1] as $of | [.[0], ($names[] as $name | $of[$name].seconds | ms),
		($of.gcr.floor | with(2)), ($of.gcr.bwrap | with(2))])
	| table(["ms"] + $names + ["gcr / floor", "gcr / bwrap"]);
def seccomp: ["v0.8", "v0.9", "crun", "crun, profile", "crun, compiled", "runc", "runc, profile"] as $names
	| cases | map(.[1] as $of | [.[0], ($names[] as $name | $of[$name].seconds | ms), ($of["v0.9"]["v0.8", "crun"] | with(2))])
	| table(["ms"] + $names + ["v0.9 / v0.8", "v0.9 / crun"]);
def filter: map([.name, (.lines | tostring), (if .compiled_seconds == 0 then "when gcr is built" else .compiled_seconds * 1e3 | with(1) end),
		(.seconds * 1e6 | round | tostring)])
	| table(["filter", "lines", "to compile it, ms", "to load it, µs"]);
def memory: map(select(.peak_kib) | [.case, .name, (.peak_kib, .private_kib, .pss_kib | mib), (.processes | tostring)])
	| table(["MiB", "runtime", "peak (VmHWM)", "its own", "with its part of what is shared (Pss)", "processes"]);
def scale: (cases | map({key: .[0], value: .[1]}) | from_entries) as $of | map(select(.all_started_seconds))
	| map([.case, ($of[.case + ", the next"] | (.floor.seconds, .gcr.seconds | ms), (.gcr.floor | with(2))),
		(.all_started_seconds | with(2)), ($of[.case + ", the end"].gcr.seconds | with(2)), ((if (.case | tonumber) < 100 then null else .memory_kib end), .pss_kib | mib)])
	| table(["containers", "the next: floor, ms", "gcr, ms", "gcr / floor", "start all, s", "end all, s", "memory, MiB", "Pss, MiB"]);
def bridge: cases | map([.[0], (.[1] | (.floor.seconds, .gcr.seconds | ms), (.gcr.floor | with(2)))])
	| table(["containers", "floor, ms", "gcr, ms", "gcr / floor"]);
def throughput: map(select(.bits_per_second)) | sort_by(.case, -.bits_per_second) | map([.name, (.bits_per_second / 1e9 | with(1)), (.plain | with(2))])
	| table(["way", "Gbit/s", "/ plain"]);
def images: map(select(.seconds) | [.name, (.seconds | with(2)), (.plain // 1 | with(2))]) | table(["", "s", "/ plain"]);

# What was left out, by its words.
def left_out: map(select(.left_out)) | group_by([.name, .left_out])
	| map("* \(.[0].name) is left out in \(map(.case) | if length > 3 then "\(length) of these" else join("; ") end): \(.[0].left_out)") | if length > 0 then "", .[] else empty end;

[.results[] | select(.group == $group)]
| if $group == "start" then start elif $group == "seccomp" then seccomp elif $group == "filter" then filter elif $group == "memory" then memory elif $group == "scale" then scale
	elif $group == "bridge" then bridge elif $group == "throughput" then throughput else images end,
	left_out

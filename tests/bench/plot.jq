# What tools/bench measured of starts, as an SVG: jq -r -f tests/bench/plot.jq docs/performance.json

# Runtimes by their marks: a shape around 0, 0.
def marks: {
	floor: "<circle class=\"floor\" r=\"5.5\"/>", gcr: "<circle class=\"new\" r=\"5.5\"/>",
	unshare: "<path class=\"mark\" d=\"M-5 -5L5 5M-5 5L5 -5\"/>", bwrap: "<rect class=\"peer\" x=\"-5\" y=\"-5\" width=\"10\" height=\"10\"/>",
	crun: "<path class=\"peer\" d=\"M0 -6L6 5H-6Z\"/>", runc: "<path class=\"peer\" d=\"M0 -6.5L6.5 0L0 6.5L-6.5 0Z\"/>",
	"systemd-nspawn": "<path class=\"mark\" d=\"M-6 0H6M0 -6V6\"/>"
};
def runtimes: ["systemd-nspawn", "runc", "crun", "bwrap", "unshare", "floor", "gcr"]; # gcr's lies on top

# From 0.5 to 200 ms, as a logarithm.
def x($seconds): 128 + 370 * (($seconds / 0.0005 | log) / (400 | log)) | . * 10 | round / 10;
def at($x; $y): "<g transform=\"translate(\($x) \($y))\">\(.)</g>";
def text($class; $x; $y): "<text class=\"\($class)\" x=\"\($x)\" y=\"\($y)\">\(.)</text>";

def axis($top; $bottom): [0.5, 1, 2, 5, 10, 20, 50, 100, 200][] | x(. / 1000) as $x
	| "<path class=\"grid\" d=\"M\($x) \($top)V\($bottom)\"/>", (tostring | text("mid small"; $x; $bottom + 18));
def legend: [["gcr", 28, 58], ["floor", 128, 58], ["unshare", 228, 58], ["bwrap", 328, 58], ["crun", 28, 82], ["runc", 128, 82], ["systemd-nspawn", 228, 82]][]
	| . as [$name, $x, $y] | (marks[$name] | at($x; $y)), ($name | text("small"; $x + 12; $y + 4.5));

# The rows: a line for each step, below one that says as whom.
def rows: reduce (.[] | split(", ")) as [$step, $who] ([];
	. + (if ([.[].who] | index([$who])) then [] else [{ $who }] end) + [{ $who, $step, case: "\($step), \($who)" }]);

[.results[] | select(.group == "start" and .seconds)] as $all
| (reduce $all[].case as $case ([]; if index([$case]) then . else . + [$case] end) | rows) as $rows
| (102 + 26 * ($rows | length)) as $bottom
| "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 520 \($bottom + 36)\" width=\"624\" height=\"\(1.2 * ($bottom + 36) | round)\" role=\"img\" aria-labelledby=\"title desc\">",
"	<title id=\"title\">From start to end of /bin/true</title>",
"	<desc id=\"desc\">Milliseconds, on a logarithmic scale, of gcr at each step and of other runtimes with the same namespaces. The table in performance.md has the numbers.</desc>",
"	<style>
		text { font: 14px system-ui, \"Segoe UI\", Roboto, \"DejaVu Sans\", sans-serif; fill: #22303c }
		.small { font-size: 13px; fill: #4d5965 }
		.bold { font-weight: 600 }
		.mid { text-anchor: middle }
		.paper { fill: #fdfcf8; stroke: #d9d5c9 }
		.grid { stroke: #d9d5c9 }
		.new { fill: #2f7a49; stroke: #2f7a49 }
		.floor { fill: #fff; stroke: #2f7a49; stroke-width: 2 }
		.peer { fill: #e4ebf4; stroke: #7d95b3; stroke-width: 1.5 }
		.mark { fill: none; stroke: #7d95b3; stroke-width: 2 }
		@media (prefers-color-scheme: dark) {
			text { fill: #dde3e8 }
			.small { fill: #a9b4bf }
			.paper { fill: #181c20; stroke: #363e46 }
			.grid { stroke: #363e46 }
			.new { fill: #5fae7c; stroke: #5fae7c }
			.floor { fill: #181c20; stroke: #5fae7c }
			.peer { fill: #25303d; stroke: #8ea6c4 }
			.mark { stroke: #8ea6c4 }
		}
	</style>",
"	<rect class=\"paper\" x=\".5\" y=\".5\" width=\"519\" height=\"\($bottom + 35)\" rx=\"10\"/>",
"	" + (
	("From start to end of /bin/true, in ms" | text("bold"; 18; 30)),
	legend, axis(100; $bottom),
	($rows | to_entries[] | .value as $row | (116 + 26 * .key) as $y
		| if $row.step then
			($row.step | text("small"; 18; $y + 4.5)),
			(runtimes[] as $name | $all[] | select(.case == $row.case and .name == $name) | x(.seconds) as $x | marks[$name] | at($x; $y))
		else $row.who | text("small bold"; 18; $y + 4.5) end)),
"</svg>"

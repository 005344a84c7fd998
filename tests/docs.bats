# tools/docs: the chapters as HTML. All of it works from a file, with no network.

load helpers

setup_file() {
	command -v pandoc >/dev/null || skip "no pandoc here: scripts/lib/packages docs"
	chmod 755 "$BATS_RUN_TMPDIR" # for other users
	export site=$BATS_FILE_TMPDIR/site profile=$BATS_FILE_TMPDIR/profile
	"$top/tools/docs" "$site" >"$BATS_FILE_TMPDIR/output" 2>&1
}

# Opens a page in Chromium, in an empty network namespace: browse PAGE OPTION…
browse() {
	local page=$1
	shift
	unshare --user --map-root-user --net timeout 60 chromium --headless --no-sandbox --disable-gpu --no-first-run \
		--disable-background-networking --disable-component-update --disable-sync --hide-scrollbars \
		--user-data-dir="$profile" --window-size=1200,900 "$@" "$page" 2>/dev/null </dev/null 3>&-
}

requires_chromium() {
	command -v chromium >/dev/null || skip "no chromium here: scripts/lib/packages browser"
}

# The title in the file of a page, without the entities.
title_of() {
	sed -n 's/.*<title>\(.*\)<\/title>.*/\1/p' "$1"
}

@test "what it does not know, and what it lacks" {
	run -2 "$top/tools/docs" --pdf
	assert_output "docs: no option '--pdf'; see tools/docs --help"
	for tool in bash realpath dirname; do ln -s "$(command -v "$tool")" "$BATS_TEST_TMPDIR"; done
	run -1 env PATH="$BATS_TEST_TMPDIR" bash "$top/tools/docs" "$BATS_TEST_TMPDIR/site"
	assert_output "docs: no pandoc here: scripts/lib/packages docs installs it"
	assert [ ! -e "$BATS_TEST_TMPDIR/site" ]
}

@test "each chapter, diff and source has a page" {
	assert_equal "$(<"$BATS_FILE_TMPDIR/output")" "$site/index.html"
	for chapter in "$top"/docs/[!R]*.md; do
		assert [ -s "$site/$(basename "$chapter" .md).html" ]
	done
	for step in "$top"/steps/v*; do
		assert [ -s "$site/steps-${step##*/}-gcr.c.html" ]
		[[ $step == */v0.1* ]] || assert [ -s "$site/${step##*/}-diff.html" ]
	done
}

@test "every link, anchor and image leads somewhere" {
	cd "$site"
	ls >"$BATS_TEST_TMPDIR/files"
	grep -oH ' id="[^"]*"' ./*.html | sed -E 's|^\./([^:]*): id="(.*)"$|\1#\2|' >"$BATS_TEST_TMPDIR/anchors"
	# Of a link to #here, the page is the one that it is on.
	grep -oHE ' (href|src)="[^"]*"' ./*.html | grep -vE '="(https?|mailto):' |
		sed -E 's|^\./([^:]*): [a-z]*="#|\1#|; s|^[^:]*: [a-z]*="||; s|"$||' | sort -u >"$BATS_TEST_TMPDIR/links"
	assert [ "$(wc -l <"$BATS_TEST_TMPDIR/links")" -gt 1000 ]
	run -0 comm -23 "$BATS_TEST_TMPDIR/links" <(sort -u "$BATS_TEST_TMPDIR/files" "$BATS_TEST_TMPDIR/anchors")
	assert_output ""
}

@test "nothing is loaded from elsewhere, and nothing is a script" {
	cd "$site"
	run -1 grep -nE '<(script|iframe|object|embed)|@import|url\(' ./*.html style.css
	run -1 grep -nE '<(link|img|source)[^>]*(href|src|srcset)="[^"]*:' ./*.html
	run -1 grep -nE '<script|(href|src)="|url\([^#]|@import' ./*.svg
}

@test "the drawings say what they show" {
	for drawing in "$top"/docs/*.svg; do
		run -0 python3 -c 'import sys, xml.etree.ElementTree as tree
for name in "title", "desc": print(len(tree.parse(sys.argv[1]).find("{http://www.w3.org/2000/svg}" + name).text))' "$drawing"
		[ "${lines[0]}" -gt 10 ] && [ "${lines[1]}" -gt 60 ] || fail "$drawing has no title or description"
	done
}

# The text of a column of a file in a diff: column PAGE FILE left|right
column() {
	python3 -c '
import html, re, sys
page, name, side = open(sys.argv[1]).read(), sys.argv[2], sys.argv[3]
part = re.search(r"<h2 id=\"%s\">.*?</h2>(.*?)(<h2|</main>)" % re.escape(name), page, re.S)[1]
for row in re.findall(r"<tr>(.*?)</tr>", part, re.S):
    number, text = re.findall(r"<td class=\"(\w*)\">(.*?)</td>", row, re.S)[slice(0, 2) if side == "left" else slice(-2, None)]
    if number[0] != "none":
        print(html.unescape(re.sub(r"<[^>]*>", "", text[1])))
' "$@"
}

@test "the columns of a diff are the two files, line for line" {
	cd "$top/steps"
	for pair in v0.2-mnt/v0.3-user v0.5-ipc/v0.6-cgroups v0.6-cgroups/v0.7-net v0.7-net/v0.8-ports; do
		page=$site/${pair#*/}-diff.html
		diff <(column "$page" gcr.c left) "${pair%/*}/gcr.c"
		diff <(column "$page" gcr.c right) "${pair#*/}/gcr.c"
	done
	for file in v0.7-net/*; do # those that are new have one column; what is linked has not changed
		[ ! -L "$file" ] || continue
		diff <(column "$site/v0.7-net-diff.html" "${file#*/}" right) "$file"
	done
}

shows() {
	local page title
	requires_chromium
	for page in "$@"; do
		run -0 browse "file://$page" --dump-dom
		title=$(title_of "$page")
		assert [ -n "$title" ]
		assert_output --partial "<title>$title</title>"
		assert_output --partial "<h1"
	done
}

@test "Chromium shows the chapters from their files, with no network" {
	shows "$site"/{index,readme}.html "$site"/v*[!f].html
}

@test "Chromium shows the diffs and a source from their files, with no network" {
	shows "$site"/v*-diff.html "$site/steps-v0.8-ports-gcr.c.html"
}

@test "a screenshot of each kind of page is not blank" {
	requires_chromium
	browse about:blank --screenshot="$BATS_TEST_TMPDIR/blank.png"
	for page in index v0.4-uts v0.4-uts-diff steps-v0.4-uts-gcr.c; do
		browse "file://$site/$page.html" --screenshot="$BATS_TEST_TMPDIR/$page.png"
		assert [ "$(stat -c %s "$BATS_TEST_TMPDIR/$page.png")" -gt $((5 * $(stat -c %s "$BATS_TEST_TMPDIR/blank.png"))) ]
	done
}

# tools/docs: the chapters as HTML. All of it works from a file, with no network.

load helpers

setup_file() {
	command -v pandoc >/dev/null || skip "no pandoc here: scripts/lib/packages docs"
	chmod 755 "$BATS_RUN_TMPDIR" # for other users
	export site=$BATS_FILE_TMPDIR/site profile=$BATS_FILE_TMPDIR/profile seen=$BATS_FILE_TMPDIR/seen
	script -qec "'$top/tools/docs' '$site' >'$BATS_FILE_TMPDIR/output'" /dev/null >"$BATS_FILE_TMPDIR/terminal" </dev/null
	! command -v chromium >/dev/null || look
}

# Opens a page in Chromium, in an empty network namespace: browse PAGE OPTION…
browse() {
	local page=$1
	shift
	unshare --user --map-root-user --net timeout 600 chromium --headless --no-sandbox --disable-gpu --no-first-run \
		--disable-background-networking --disable-component-update --disable-sync --hide-scrollbars \
		--allow-file-access-from-files --user-data-dir="$profile" --window-size=1200,900 "$@" "$page" 2>/dev/null </dev/null 3>&-
}

requires_chromium() {
	command -v chromium >/dev/null || skip "no chromium here: scripts/lib/packages browser"
}

# Puts in $seen what tests/docs.js says of the chapters, the diffs and a source, in frames 400 and 1280 pixels wide. One Chromium
# opens them all, because a start takes long.
look() {
	local page width
	{
		echo "<!DOCTYPE html><meta charset='utf-8'><script src='file://$top/tests/docs.js'></script>"
		for page in index readme workshop audit contributing performance $(cd "$site" && ls v[0-9]*.html) steps-v0.9-seccomp-gcr.c; do
			for width in 400 1280; do
				echo "<iframe name='${page%.html}' width='$width' height='900' src='file://$site/${page%.html}.html'></iframe>"
			done
		done
	} >"$BATS_FILE_TMPDIR/look.html"
	browse "file://$BATS_FILE_TMPDIR/look.html" --dump-dom | python3 -c 'import html, sys; print(html.unescape(sys.stdin.read()))' >"$seen"
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

@test "on a terminal, a line says which page is made" {
	grep -q $'^\r\e\\[Kdocs: [a-z]' "$BATS_FILE_TMPDIR/terminal"
	run -0 wc -l <"$BATS_FILE_TMPDIR/terminal"
	assert_output 0
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

@test "an excerpt names its file and line, and links there" {
	cd "$top"
	run -0 python3 -c '
import glob, html, re, sys
text = lambda part: html.unescape(re.sub("<[^>]*>", "", part))
count = 0
for chapter in glob.glob("docs/v*.md"):
    marks = re.findall("^<!-- (?:code|file): ", open(chapter).read(), re.M)
    page = open(sys.argv[1] + "/" + chapter[5:-3] + ".html").read()
    origins = re.findall("<p class=\"origin\"><a href=\"(.*?)#L-(.*?)\">(.*?):(.*?)</a></p>\n<div.*?<code[^>]*>(.*)", page)
    assert len(origins) == len(marks), chapter
    for target, anchor, path, line, first in origins:
        assert open(path).read().split("\n")[int(line) - 1] == text(first), (path, line)
        shown = re.search("<span id=\"L-%s\">(.*)" % anchor, open(sys.argv[1] + "/" + target).read())
        assert anchor == line and text(shown[1]).removesuffix("\n") == text(first), (target, anchor)
    count += len(marks)
print(count > 30)' "$site"
	assert_output True
}

@test "a chapter has its sections listed, topics above and the next chapters below" {
	local before='' chapter page title
	for chapter in index $(cd "$top/steps" && echo v*) workshop; do
		page=$site/$chapter.html
		grep -q '>v0.3 users</a>' "$page"
		if [ -n "$before" ]; then
			title=$(sed -n 's|.*<title>\(.*\)</title>.*|\1|p' "$site/$before.html")
			sed -n '/<nav class="turn">/,$p' "$page" | grep -q "href=\"$before.html\">← $title<"
			sed -n '/<nav class="turn">/,$p' "$site/$before.html" | grep -q "href=\"$chapter.html\">.* →<"
			run -0 comm -13 <(grep -oE '<li class="level2"><a href="#[^"]*' "$page" | sed 's/.*#//' | sort) \
				<(grep -oE '<h2 id="[^"]*' "$page" | sed 's/.*"//' | sort)
			assert_output ""
		fi
		before=$chapter
	done
}

@test "a step's chapter leads to itself in the lab, where scripts/lab serves it" {
	run -0 "$top/scripts/lab" --help
	assert_output --regexp "serves build/lab on 127.0.0.1, at port 8000"
	for step in "$top"/steps/v*; do
		grep -q "<a class=\"lab\" href=\"http://127.0.0.1:8000/#${step##*/}\"" "$site/${step##*/}.html"
	done
	run -1 grep -l 'class="lab"' "$site/index.html" "$site/workshop.html"
}

@test "the drawings are legible on a narrow screen, also at night" {
	for drawing in "$top"/docs/*.svg; do
		grep -q '@media (prefers-color-scheme: dark)' "$drawing" || fail "$drawing has no dark colours"
		[ "$(grep -oE -m1 'viewBox="0 0 [0-9]+' "$drawing" | grep -oE '[0-9]+$')" -le 520 ] || fail "$drawing is wide"
		run -1 grep -E 'font(-size)?: ([0-9]|1[0-2])(\.[0-9]+)?px' "$drawing"
	done
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
	for pair in v0.2-mnt/v0.3-user v0.5-ipc/v0.6-cgroups v0.6-cgroups/v0.7-net v0.7-net/v0.8-ports v0.8-ports/v0.9-seccomp v0.9-seccomp/v1.0-image; do
		page=$site/${pair#*/}-diff.html
		diff <(column "$page" gcr.c left) "${pair%/*}/gcr.c"
		diff <(column "$page" gcr.c right) "${pair#*/}/gcr.c"
	done
	for file in v0.7-net/*; do # those that are new have one column; what is linked has not changed
		[ ! -L "$file" ] || continue
		diff <(column "$site/v0.7-net-diff.html" "${file#*/}" right) "$file"
	done
}

@test "Chromium shows the pages from their files, with no network, and none is wider than the screen" {
	requires_chromium
	local count=0 kind name width reach heading title
	while read -r kind name width reach heading title; do
		[ "$reach" -le "$width" ] || fail "$name is $reach wide in $width"
		assert_equal "$heading" true
		assert [ -n "$title" ]
		count=$((count + 1))
	done < <(grep '^page ' "$seen")
	assert [ "$count" -ge 48 ]
}

@test "on a narrow screen a diff has one column: what git prints" {
	requires_chromium
	for pair in v0.1-pid/v0.2-mnt v0.3-user/v0.4-uts v0.6-cgroups/v0.7-net; do
		git diff --no-index --no-color --unified=100000 "$top"/steps/{"${pair%/*}","${pair#*/}"}/gcr.c |
			sed '1,/^@@/d' >"$BATS_TEST_TMPDIR/git"
		assert [ -s "$BATS_TEST_TMPDIR/git" ]
		sed -n "s/^line ${pair#*/}-diff 400 //p" "$seen" | head -n "$(wc -l <"$BATS_TEST_TMPDIR/git")" | diff - "$BATS_TEST_TMPDIR/git"
	done
}

@test "a screenshot of each kind of page is not blank" {
	requires_chromium
	browse about:blank --screenshot="$BATS_TEST_TMPDIR/blank.png"
	for page in v0.4-uts v0.4-uts-diff steps-v0.4-uts-gcr.c; do
		browse "file://$site/$page.html" --screenshot="$BATS_TEST_TMPDIR/$page.png"
		assert [ "$(stat -c %s "$BATS_TEST_TMPDIR/$page.png")" -gt $((5 * $(stat -c %s "$BATS_TEST_TMPDIR/blank.png"))) ]
	done
}

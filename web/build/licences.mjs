// Writes licences.html, which says for all that the lab gives away what its licence is and where its source is:
//
//     node web/build/licences.mjs MACHINE LAB
//
// MACHINE has packages, a list of Debian's packages in the machine, and licences, a directory with their copyright files.
// These go to LAB/licences, and so do the licences of npm's modules.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const [machine, lab] = process.argv.slice(2);
const web = fileURLToPath(new URL("..", import.meta.url));
const escape = text => text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
const link = (url, text) => `<a href="${escape(url)}">${escape(text)}</a>`;
const row = cells => `<tr>${cells.map(cell => `<td>${cell}</td>`).join("")}</tr>`;
const table = (head, rows) => `<table>\n<tr>${head.map(cell => `<th>${cell}</th>`).join("")}</tr>\n${rows.join("\n")}\n</table>`;

fs.mkdirSync(path.join(lab, "licences"), { recursive: true });

// Copies a licence's text to the page, and returns the link to it.
function publish(from, name, text = "licence") {
	fs.copyFileSync(from, path.join(lab, "licences", `${name}.txt`));
	return link(`licences/${name}.txt`, text);
}

// Debian's archive of all versions has the source of each.
const snapshot = (source, version) => link(`https://snapshot.debian.org/package/${source}/${version}/`, `${source} ${version}`);

function describeDebian(line) {
	const [name, version, source, sourceVersion] = line.split("\t");
	const licence = path.join(machine, "licences", name);
	if (!fs.existsSync(licence)) throw new Error(`the package ${name} has no copyright file`);
	return row([escape(name), escape(version), publish(licence, name), snapshot(source, sourceVersion)]);
}

// The modules of npm that are in the page; those that only build it are marked.
function describeModules() {
	const { packages } = JSON.parse(fs.readFileSync(path.join(web, "package-lock.json")));
	return Object.entries(packages).filter(([place, { dev }]) => place && !dev).map(([place, { version, license }]) => {
		const name = place.replace(/^.*node_modules\//, "");
		const directory = path.join(web, place);
		const file = fs.readdirSync(directory).find(entry => /^licen[cs]e/i.test(entry));
		const licence = file ? publish(path.join(directory, file), name.replace("/", "-"), license) : escape(license);
		return row([escape(name), escape(version), licence, link(`https://www.npmjs.com/package/${name}/v/${version}`, "npm")]);
	});
}

// The firmware that the saved state has in its memory is the build machine's package.
function describeFirmware() {
	const format = "${Version}\t${source:Package}\t${source:Version}";
	const known = execFileSync("dpkg-query", ["-W", "-f", format, "seabios"], { encoding: "utf8" });
	const [version, source, sourceVersion] = known.split("\t");
	const licence = publish("/usr/share/doc/seabios/copyright", "seabios", "LGPL-3");
	return row(["SeaBIOS", escape(version), licence, snapshot(source, sourceVersion)]);
}

const debian = fs.readFileSync(path.join(machine, "packages"), "utf8").trim().split("\n").sort();
const head = ["name", "version", "licence", "source"];
fs.copyFileSync(path.join(web, "../LICENSE"), path.join(lab, "licences/gcr.txt"));
fs.writeFileSync(path.join(lab, "licences.html"), `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What is in the lab</title>
<link rel="stylesheet" href="chapters/style.css">
<main>
<h1>What is in the lab</h1>
<p>gcr and its course are under the ${link("licences/gcr.txt", "MIT licence")}. The lab hands out the work of many others
beside it. All of that is unchanged, and its source is public.</p>
<h2>The page</h2>
${table(head, describeModules())}
<h2>The machine's firmware</h2>
${table(head, [describeFirmware()])}
<h2>The machine's disk</h2>
<p>These are the packages of Debian, as Debian built them. Manuals, translations and the kernel modules of hardware are left
out. If you hand the lab on, you hand on these programs, too, and some of their licences want that you can give their source.
It is at the addresses below, and <code>apt-get source NAME=VERSION</code> gets it where apt's sources name Debian 12.</p>
${table(head, debian.map(describeDebian))}
</main>
`);

// Writes what the lab's cmake (web/guest/cmake) knows: how ninja would build some targets, and what comes of it.
//
//     node web/build/recipes.mjs BUILD OUT TARGET…
//
// BUILD is a build directory of CMake's in which the targets are built. In OUT, recipes/TARGET has a line for each file to be made:
// the file, what it is made of, and the command, with tabs between. @S@ is the checkout, @B@ the build directory, in which commands
// run and to which other paths are relative. sums/TARGET has the sums of the sources, programs/TARGET the names of the programs, and
// build/ the files that were made.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const [build, out, ...targets] = process.argv.slice(2);
if (targets.length === 0) {
	console.error("usage: node web/build/recipes.mjs BUILD OUT TARGET…");
	process.exit(2);
}
const sources = fs.realpathSync(".");
const buildPath = fs.realpathSync(build);
const ninja = (...words) => execFileSync("ninja", ["-C", build, "--quiet", "-t", ...words], { encoding: "utf8", maxBuffer: 1 << 28 });

// Where the headers and libraries are that a cross compiler takes; in the lab they are at /.
const [, sysroot = "/no sysroot"] = fs.readFileSync(`${build}/CMakeCache.txt`, "utf8").match(/^CMAKE_SYSROOT:[A-Z]+=(.+)$/m) ?? [];
const portable = text => text.replaceAll(sysroot, "").replaceAll(buildPath, "@B@").replaceAll(sources, "@S@");
const name = file => portable(path.posix.normalize(file)).replace(/^@B@\//, "");
// A file that is neither a source nor made is the compiler's or a library's.
const isOurs = file => !path.posix.isAbsolute(file);
const isSource = file => file.startsWith("@S@/");

// A command without the names that programs have on this machine.
const plain = command => command.replace(/^: && (.*) && :$/, "$1").replace(" --sysroot= ", " ")
	.replace(/(^|&& )\/\S*\/(?:\S+-)?(cmake|gcc|cc|ar|ranlib) /g, (_, before, program) => `${before}${program.replace("gcc", "cc")} `);

// Each file that is made, with its command.
function readCommands() {
	const commands = new Map();
	for (const { output, command } of JSON.parse(ninja("compdb")))
		commands.set(name(output), plain(portable(command)));
	return commands;
}

// The inputs that ninja was told of, of these files and of all that they are made from. ninja lists them below "NAME:" and "input:",
// with || before one that only has to be there before.
function readInputs(files) {
	const inputs = new Map();
	while (files.length > 0) {
		let list;
		for (const line of ninja("query", ...files).split("\n")) {
			const [, before, input] = line.match(/^ {4}(\|\|? )?(.*)/) ?? [];
			if (/^\S.*:$/.test(line)) inputs.set(name(line.slice(0, -1)), list = []);
			else if (/^ {2}outputs:/.test(line)) list = [];
			else if (input) list.push({ file: name(input), before: before === "|| " });
		}
		files = [...inputs.values()].flat().map(({ file }) => file).filter(file => isOurs(file) && !isSource(file) && !inputs.has(file));
		files = [...new Set(files)];
	}
	return inputs;
}

// The headers that the compiler found.
function readHeaders() {
	const headers = new Map();
	let list;
	for (const line of ninja("deps").split("\n")) {
		const [, file] = line.match(/^(\S+): #deps/) ?? [];
		if (file) headers.set(name(file), list = []);
		else if (line.trim()) list.push(name(line.trim()));
	}
	return headers;
}

const commands = readCommands();
const headers = readHeaders();
const inputs = readInputs(targets);

// Appends what has to be made for a file, in the order in which it has to be made.
function follow(file, rules) {
	if (rules.has(file) || !inputs.has(file)) return rules;
	const told = inputs.get(file);
	for (const input of told) follow(input.file, rules);
	const needed = [...told.filter(({ before }) => !before).map(input => input.file), ...headers.get(file) ?? []].filter(isOurs);
	if (commands.get(file)) rules.set(file, { needed: [...new Set(needed)], command: commands.get(file) });
	return rules;
}

function write(file, text) {
	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, text);
}

const lines = list => list.map(line => `${line}\n`).join("");
const sum = file => createHash("sha256").update(fs.readFileSync(file)).digest("hex");
const isProgram = file => !/\.(o|a|inc)$/.test(file);

const made = new Set();
for (const target of targets) {
	const rules = follow(target, new Map());
	if (rules.size === 0) throw new Error(`ninja knows no target ${target}`);
	for (const file of rules.keys()) made.add(file);
	const used = [...new Set([...rules.values()].flatMap(({ needed }) => needed.filter(isSource)))].map(file => file.slice(4)).sort();
	write(`${out}/recipes/${target}`, lines([...rules].map(([file, { needed, command }]) => `${file}\t${needed.join(" ")}\t${command}`)));
	write(`${out}/sums/${target}`, lines(used.map(file => `${sum(file)}  ${file}`)));
	write(`${out}/programs/${target}`, lines([...rules.keys()].filter(isProgram)));
}
for (const file of made) {
	fs.mkdirSync(path.dirname(`${out}/build/${file}`), { recursive: true });
	fs.copyFileSync(`${build}/${file}`, `${out}/build/${file}`);
}

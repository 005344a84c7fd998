// Runs one test of the lab's machine, under Node: node tests/lab/machine.mjs NAME. The machine starts from the state in build/lab,
// as it does in the page. v86 can't unpack the disk's parts under Node, so $GCR_LAB_DISK is the whole disk.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Emulator } from "../../web/build/emulator.mjs";

const lab = process.env.GCR_LAB ?? fileURLToPath(new URL("../../build/lab", import.meta.url));
const bytesOf = text => new TextEncoder().encode(text);
const textOf = bytes => new TextDecoder().decode(bytes);

async function start() {
	const emulator = new Emulator({ disk: process.env.GCR_LAB_DISK, state: path.join(lab, "state.bin.zst") });
	await emulator.started();
	return emulator;
}

const tests = {
	async wire(machine) {
		assert.equal(await machine.ask("date 1800000000"), "");
		assert.match(await machine.run("date +%s"), /^18000000\d\d$/m);
		await machine.ask("size ttyS0 33 111");
		assert.match(await machine.run("stty size"), /^33 111$/m);
		await machine.ask("seed 00112233445566778899aabbccddeeff");
		await assert.rejects(machine.ask("size ttyS9 1 1"), /No such file|Input\/output/);
		await assert.rejects(machine.ask("fly"), /no verb 'fly'/);
		await assert.rejects(machine.ask("date"), /date takes 1 argument/);
	},

	async files(machine) {
		await machine.v86.create_file("given", bytesOf("from the page\n"));
		await machine.ask("put given gcr/new/note");
		assert.match(await machine.run("cat new/note; stat -c 'it is of %U' new/note"), /^from the page\nit is of learner$/m);
		await machine.run("echo from the machine >back");
		await machine.ask("get gcr/back taken");
		assert.equal(textOf(await machine.v86.read_file("taken")), "from the machine\n");
		await machine.run("ln -s /etc/passwd out");
		for (const bad of ["get /etc/passwd x", "get gcr/../../../etc/passwd x", "get gcr/out x", "put given /tmp/x", "put given gcr/out"])
			await assert.rejects(machine.ask(bad), /is not below \/home\/learner/, bad);
		for (const bad of ["get gcr/back ../x", "get gcr/back .x", "save /tmp/x"])
			await assert.rejects(machine.ask(bad), /is no name/, bad);
		await assert.rejects(machine.ask("get gcr/nothing x"), /gcr\/nothing is no file/);
	},

	// What the learner changed comes back to a machine that starts anew, and nothing else does.
	async saved(machine) {
		await machine.run("scripts/workshop start v0.4; echo '// mine' >>workshop/v0.4-uts/gcr.c");
		await machine.run("echo kept >>steps/v0.1-pid/gcr.c");
		await machine.ask("save mine.tar.gz");
		const archive = await machine.v86.read_file("mine.tar.gz");
		assert.ok(archive.length < 500_000, `${archive.length} bytes`);
		await machine.v86.destroy();
		const other = await start();
		await other.v86.create_file("mine.tar.gz", archive);
		await other.ask("restore mine.tar.gz");
		assert.match(await other.run("tail -n 1 workshop/v0.4-uts/gcr.c steps/v0.1-pid/gcr.c | cat"), /^\/\/ mine$[^]*^kept$/m);
		assert.match(await other.run("git status --short | cat"), /^ M steps\/v0.1-pid\/gcr.c$/m);
		await other.ask("save again.tar.gz");
		assert.ok((await other.v86.read_file("again.tar.gz")).length > 1000, "what was restored is the learner's");
	},

	// Each package that the machine knows stands on the page with its licence, and these are there.
	async licences(machine) {
		const page = fs.readFileSync(path.join(lab, "licences.html"), "utf8");
		for (const [, name] of page.matchAll(/href="(licences\/[^"]*)"/g))
			assert.ok(fs.statSync(path.join(lab, name)).size > 0, name);
		await machine.run("dpkg-query -W -f '${Package} ${Version}\\n' | grep -v ' 0~lab$' >packages");
		await machine.ask("get gcr/packages packages");
		const packages = textOf(await machine.v86.read_file("packages")).trim().split("\n");
		assert.ok(packages.length > 150, `${packages.length} packages`);
		const rows = page.matchAll(/<tr><td>([^<]*)<\/td><td>([^<]*)<\/td><td><a/g);
		const listed = new Set([...rows].map(([, name, version]) => `${name} ${version}`));
		for (const name of [...packages]) assert.ok(listed.has(name), `${name} is not listed`);
		assert.match(page, /linux-image-6\.1[^]*SeaBIOS|SeaBIOS[^]*linux-image-6\.1/);
	},
};

const [name] = process.argv.slice(2);
if (!tests[name]) {
	console.error(`no test '${name}'; there are: ${Object.keys(tests).join(" ")}`);
	process.exit(2);
}
const status = await start().then(tests[name]).then(() => 0, error => (console.error(error), 1));
process.exit(status);

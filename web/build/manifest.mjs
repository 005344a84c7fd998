// Writes lab.json, which tells the page what it may load:
//
//     node web/build/manifest.mjs LAB VERSION DISK STEP…
//
// LAB is the directory of the page, VERSION what its files are to be known by, DISK the name of the disk below disk/.
import fs from "node:fs";
import path from "node:path";
import { part } from "../machine.mjs";

const most = 24e6;
const [lab, version, disk, ...steps] = process.argv.slice(2);

// All files, with their sizes.
function* list(directory = "") {
	for (const entry of fs.readdirSync(path.join(lab, directory), { withFileTypes: true })) {
		const url = path.posix.join(directory, entry.name);
		if (entry.isDirectory()) yield* list(url);
		else yield { url, bytes: fs.statSync(path.join(lab, url)).size };
	}
}

// The licences are for those who want to read them, not for the machine.
const files = [...list()].filter(({ url }) => !/^(lab\.json$|licences\/)/.test(url)).sort((a, b) => (a.url < b.url ? -1 : 1));
const parts = files.filter(({ url }) => url.startsWith("disk/"));

// What a visitor loads before the prompt is there, beside the first chapter and some parts of the disk.
const first = ["index.html", "lab.css", "lab.js", "v86.wasm", "state.bin.zst"];
const sum = list => list.reduce((bytes, file) => bytes + file.bytes, 0);
const bytes = sum(files.filter(({ url }) => first.includes(url)));
const megabytes = number => `${(number / 1e6).toFixed(1)} MB`;
if (bytes > most) throw new Error(`the page loads ${megabytes(bytes)} until the prompt; it may load ${megabytes(most)}`);
console.error(`lab: ${megabytes(bytes)} until the prompt, ${megabytes(sum(parts))} for the whole disk`);

const size = Math.max(...parts.map(({ url }) => Number(url.match(/-(\d+)\.img\.zst$/)[1])));
const state = files.find(({ url }) => url === "state.bin.zst").bytes;
const manifest = { version, disk: { url: `disk/${disk}/disk.img.zst`, size, part }, state, steps, files };
fs.writeFileSync(path.join(lab, "lab.json"), JSON.stringify(manifest) + "\n");

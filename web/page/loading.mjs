// Loads the machine, and shows how far that is.
import { load, loadJson } from "./download.mjs";

const title = document.getElementById("loading-title");
const text = document.getElementById("loading-text");
const progress = document.getElementById("progress");
const { version } = document.documentElement.dataset;

const megabytes = bytes => (bytes / 1e6).toFixed(1);

// What the browser has to have.
function requireBrowser() {
	if (!globalThis.WebAssembly) throw new Error("this browser has no WebAssembly, in which the machine runs, or it is turned off");
	if (!globalThis.BigInt || !("popover" in HTMLElement.prototype)) throw new Error("this browser is too old for it");
}

// The address of a file that changes with each version of the lab.
const versioned = name => `${name}?v=${version}`;

// Resolves with what lab.json says, and the bytes of the state and of v86.
export async function loadMachine() {
	requireBrowser();
	const lab = await loadJson(versioned("lab.json"));
	const sizes = new Map(lab.files.map(file => [file.url, file.bytes]));
	const all = lab.state + sizes.get("v86.wasm");
	let loaded = 0;
	const onBytes = bytes => {
		loaded += bytes;
		progress.value = loaded / all;
		text.textContent = `${megabytes(loaded)} of ${megabytes(all)} MB`;
	};
	const others = new AbortController();
	try {
		const [state, wasm] = await Promise.all(["state.bin.zst", "v86.wasm"]
			.map(name => load(versioned(name), onBytes, others.signal)));
		text.textContent = "It starts.";
		return { lab, state, wasm };
	} catch (error) {
		others.abort();
		throw error;
	}
}

// A terminal has something to show.
export function uncover() {
	document.getElementById("loading").hidden = true;
}

export function showReady() {
	uncover();
	document.documentElement.dataset.state = "ready";
}

export function showFailure(error) {
	document.documentElement.dataset.state = "failed";
	title.textContent = "The lab can't start.";
	text.textContent = `${error.message}.`;
	text.setAttribute("role", "alert");
	progress.hidden = true;
}

// Calls onFailure with the name of a part of the disk that did not come. v86 asks again if the network failed.
export function watchDisk(onFailure) {
	new PerformanceObserver(list => {
		for (const { name, responseStatus } of list.getEntries()) {
			if (name.includes("/disk/") && ![undefined, 200].includes(responseStatus)) onFailure(name.replace(/.*\//, ""));
		}
	}).observe({ type: "resource" });
}

// Whether a kept file belongs to this version.
export function isCurrent(address, lab) {
	const url = new URL(address);
	const disk = new URL(lab.disk.url, location).pathname.replace(/[^/]*$/, "");
	if (url.pathname.includes("/disk/")) return url.pathname.startsWith(disk);
	return [null, version].includes(url.searchParams.get("v"));
}

// The address of each file as the page asks for it.
export function addresses(lab) {
	const fixed = ["lab.js", "lab.css", "lab.json", "chapter.css", "state.bin.zst", "v86.wasm"];
	return lab.files.map(({ url, bytes }) => ({ url: fixed.includes(url) ? versioned(url) : url, bytes }));
}

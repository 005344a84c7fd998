// What the browser keeps for a time without a network: all that was loaded once (sw.mjs), and on request everything.

const button = document.getElementById("offline");
const text = document.getElementById("offline-text");
const cacheName = `gcr-lab ${new URL(".", location).pathname}`;
const atOnce = 6;

const megabytes = bytes => `${(bytes / 1e6).toFixed(0)} MB`;

// Has sw.mjs see what the page loads from here on. A page that comes neither by https nor from this computer has no such thing.
export async function startWorker() {
	if (!navigator.serviceWorker) return;
	const { serviceWorker } = navigator;
	const controlled = new Promise(resolve => serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
	try {
		await serviceWorker.register("sw.js");
		if (!serviceWorker.controller) await Promise.race([controlled, new Promise(resolve => setTimeout(resolve, 2000))]);
	} catch (error) {
		console.warn(`the lab won't work offline: ${error.message}`);
	}
}

// What the page loaded before sw.mjs saw it.
async function keepShell(cache) {
	const parts = document.querySelectorAll("link[href], script[src]");
	const addresses = [location.pathname, ...[...parts].map(part => part.href || part.src)];
	for (const address of addresses) await cache.match(address) ?? await cache.add(address);
}

// The part of what is kept that belongs to another version goes.
async function forgetOthers(cache, isCurrent) {
	for (const request of await cache.keys()) {
		if (!isCurrent(request.url)) await cache.delete(request);
	}
}

async function missing(cache, files) {
	const kept = new Set((await cache.keys()).map(request => request.url));
	return files.filter(file => !kept.has(new URL(file.url, location).href));
}

// Offers to load all files that are not here yet: { url, bytes } of each.
export async function offerOffline(files, isCurrent) {
	if (!navigator.serviceWorker?.controller) {
		text.textContent = "This page works offline only if it is opened by https, or from this computer (127.0.0.1).";
		return;
	}
	const cache = await caches.open(cacheName);
	await forgetOthers(cache, isCurrent);
	await keepShell(cache);
	const tell = async () => {
		const left = await missing(cache, files);
		const bytes = left.reduce((sum, file) => sum + file.bytes, 0);
		button.disabled = left.length === 0;
		text.textContent = left.length === 0 ? "All of it is here." :
			`What you have used works offline. The rest has ${megabytes(bytes)}.`;
	};
	button.addEventListener("click", async () => {
		button.disabled = true;
		navigator.storage.persist?.();
		await loadAll(cache, await missing(cache, files)).catch(error => console.warn(error.message));
		await tell();
	});
	document.getElementById("files").addEventListener("beforetoggle", tell);
	await tell();
}

// What comes by way of sw.mjs is kept some time after it is here.
async function keep(cache, file) {
	const response = await fetch(file.url, { cache: "no-store" });
	if (!response.ok) throw new Error(`${file.url}: ${response.status}`);
	await cache.put(file.url, response);
}

async function loadAll(cache, files) {
	const all = files.reduce((sum, file) => sum + file.bytes, 0);
	let loaded = 0;
	const next = async () => {
		for (let file; (file = files.pop());) {
			await keep(cache, file);
			loaded += file.bytes;
			text.textContent = `${megabytes(loaded)} of ${megabytes(all)} are here.`;
		}
	};
	await Promise.all(Array.from({ length: atOnce }, next));
}

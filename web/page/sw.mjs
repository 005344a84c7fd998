// The service worker: keeps what the page loads, so that it works again without a network. What has its version in its address
// never changes, and comes from here if it is here. All else comes from the network if there is one.

const cacheName = `gcr-lab ${new URL(registration.scope).pathname}`;
const isFixed = url => url.searchParams.has("v") || /\/disk\/[^/]+\//.test(url.pathname);

addEventListener("install", () => skipWaiting());
addEventListener("activate", event => event.waitUntil(clients.claim()));

addEventListener("fetch", event => {
	const url = new URL(event.request.url);
	if (event.request.method !== "GET" || url.origin !== location.origin) return;
	if (event.request.cache === "no-store") return; // offline.mjs keeps it itself
	event.respondWith(isFixed(url) ? keptFirst(event) : networkFirst(event));
});

async function load(event) {
	const response = await fetch(event.request);
	if (response.status === 200) {
		const copy = response.clone();
		event.waitUntil(caches.open(cacheName).then(cache => cache.put(event.request, copy)));
	}
	return response;
}

const kept = request => caches.open(cacheName).then(cache => cache.match(request));

async function keptFirst(event) {
	return await kept(event.request) ?? load(event);
}

async function networkFirst(event) {
	try {
		return await load(event);
	} catch (error) {
		const copy = await kept(event.request);
		if (copy) return copy;
		throw error;
	}
}

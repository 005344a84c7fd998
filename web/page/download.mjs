// Loads files, and says how many bytes have come.

const failed = (url, why) => new Error(`${new URL(url, location).pathname} could not be loaded: ${why}`);

async function open(url, signal) {
	let response;
	try {
		response = await fetch(url, { signal });
	} catch {
		throw failed(url, "the server does not answer");
	}
	if (!response.ok) throw failed(url, `the server says ${response.status}`);
	return response;
}

export const loadJson = async url => (await open(url)).json();

// Resolves with the file's bytes; calls onBytes with the number of each piece.
export async function load(url, onBytes, signal) {
	const pieces = [];
	try {
		const reader = (await open(url, signal)).body.getReader();
		for (let piece; !(piece = await reader.read()).done;) {
			pieces.push(piece.value);
			onBytes(piece.value.length);
		}
	} catch (error) {
		throw error instanceof TypeError ? failed(url, "the connection broke") : error;
	}
	return new Blob(pieces).arrayBuffer();
}

// Serves a directory on 127.0.0.1: node web/serve.mjs DIRECTORY PORT. Port 0 is one that is free.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const types = {
	".css": "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".json": "application/json",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
	".wasm": "application/wasm",
};

// The file of an address, or undefined where it leads out of the directory.
function find(root, address) {
	const name = path.join(root, decodeURIComponent(new URL(address, "http://localhost").pathname));
	if (name !== root && !name.startsWith(root + path.sep)) return undefined;
	const file = fs.statSync(name, { throwIfNoEntry: false })?.isDirectory() ? path.join(name, "index.html") : name;
	return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

export function serve(directory, port) {
	const root = path.resolve(directory);
	const server = http.createServer((request, response) => {
		const file = find(root, request.url);
		if (!file) return response.writeHead(404, { "content-type": "text/plain" }).end("There is no such file.\n");
		response.writeHead(200, {
			"content-type": types[path.extname(file)] ?? "application/octet-stream",
			"content-length": fs.statSync(file).size,
			"cache-control": "no-cache",
		});
		if (request.method === "HEAD") return response.end();
		return fs.createReadStream(file).pipe(response);
	});
	return new Promise((resolve, reject) => server.on("error", reject).listen(port, "127.0.0.1", () => resolve(server)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [directory, port] = process.argv.slice(2);
	const server = await serve(directory, Number(port)).catch(error => {
		const taken = "another program has it; name another: scripts/lab serve PORT";
		console.error(`lab: no server at port ${port}: ${error.code === "EADDRINUSE" ? taken : error.message}`);
		process.exit(1);
	});
	console.log(`The lab is at http://127.0.0.1:${server.address().port}/ (Ctrl+C ends it)`);
}

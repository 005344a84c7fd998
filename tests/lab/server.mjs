// The server of scripts/lab serve, with the lab in a subdirectory, so that only relative addresses work. It can be told to refuse
// some.
import path from "node:path";
import { serve } from "../../web/serve.mjs";

export class Server {
	refused = null;
	#folder;
	#server;

	constructor(folder) {
		this.#folder = path.resolve(folder);
	}

	async listen(port = 0) {
		this.#server = await serve(path.dirname(this.#folder), port);
		const [answer] = this.#server.listeners("request");
		this.#server.removeAllListeners("request").on("request", (request, response) =>
			this.refused?.test(request.url) ? response.writeHead(404).end() : answer(request, response));
		this.port = this.#server.address().port;
		this.url = `http://127.0.0.1:${this.port}/${path.basename(this.#folder)}/`;
		return this;
	}

	close() {
		this.#server.closeAllConnections();
		return new Promise(resolve => this.#server.close(resolve));
	}
}

// The wire to the machine (web/guest/wire.c): requests, one at a time, and the answer of each as a promise.

const seconds = 1000;

export class Wire {
	#machine;
	#decoder = new TextDecoder();
	#line = "";
	#id = 0;
	#waiting = null;
	#last = Promise.resolve();

	constructor(machine) {
		this.#machine = machine;
		machine.onWire(bytes => this.#receive(this.#decoder.decode(bytes, { stream: true })));
	}

	// Resolves with the text of the answer; rejects if the machine says error, or nothing in time.
	request(verb, ...words) {
		const turn = this.#last.then(() => this.#ask([verb, ...words].join(" ")));
		this.#last = turn.catch(() => {});
		return turn;
	}

	// The machine has gone back to its state: what it was asked before it will not answer.
	restart() {
		this.#line = "";
		this.#waiting?.reject(new Error("the machine was restarted"));
	}

	#ask(request) {
		const id = String(++this.#id);
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error("the machine does not answer")), 60 * seconds);
			const settle = then => value => {
				clearTimeout(timer);
				this.#waiting = null;
				then(value);
			};
			this.#waiting = { id, resolve: settle(resolve), reject: settle(reject) };
			this.#machine.sendWire(new TextEncoder().encode(`${id} ${request}\n`));
		});
	}

	#receive(text) {
		const lines = (this.#line + text).split(/\r?\n/);
		this.#line = lines.pop();
		for (const line of lines) {
			const [, id, verdict, rest] = line.match(/^(\d+) (ok|error) ?(.*)$/) ?? [];
			if (!id || id !== this.#waiting?.id) continue;
			if (verdict === "ok") this.#waiting.resolve(rest);
			else this.#waiting.reject(new Error(rest));
		}
	}
}

// Files of the machine, read and written with the learner's rights below /home/learner. They pass through /mnt/page, a directory
// that both sides have.

export class MachineFiles {
	#machine;
	#wire;
	#count = 0;
	#last = Promise.resolve();

	constructor(machine, wire) {
		this.#machine = machine;
		this.#wire = wire;
	}

	read(path) {
		return this.#take(name => this.#wire.request("get", path, name));
	}

	// What the learner has changed, as a tar.gz.
	save() {
		return this.#take(name => this.#wire.request("save", name));
	}

	// Called when the page has written a file.
	onWrite = () => {};

	async write(path, bytes) {
		await this.#put(bytes, name => this.#wire.request("put", name, path));
		this.onWrite();
	}

	restore(archive) {
		return this.#put(archive, name => this.#wire.request("restore", name));
	}

	// The machine writes each file over the one before, because v86 keeps the bytes of files that are removed. So one at a time.
	#take(request) {
		const turn = this.#last.then(async () => {
			await this.#machine.makePageFile("taken");
			await request("taken");
			return this.#machine.takePageFile("taken");
		});
		this.#last = turn.catch(() => {});
		return turn;
	}

	async #put(bytes, request) {
		const name = `put-${++this.#count}`;
		await this.#machine.putPageFile(name, bytes);
		await request(name);
	}
}

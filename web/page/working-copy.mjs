// A learner's working copy of a step, as scripts/workshop lays it in the machine: its files, and what the compiler last said of them.

const directory = "gcr";
const decode = bytes => new TextDecoder().decode(bytes);

export class WorkingCopy {
	#machineFiles;
	#names = null;
	// What the machine had when a file was last read or written, by name.
	saved = new Map();
	// Whether the last check was of what is saved.
	checked = false;

	constructor(step, machineFiles) {
		this.step = step;
		this.#machineFiles = machineFiles;
	}

	#path(name) {
		return `${directory}/workshop/${this.step}/${name}`;
	}

	// The names of the files that the learner writes a part of, from the rows of the step's .todo.
	async names() {
		if (this.#names === null) {
			const rows = decode(await this.#machineFiles.read(`${directory}/tests/walkthrough/${this.step}.todo`)).split("\n");
			this.#names = [...new Set(rows.map(row => row.match(/^([^# ]+) \| /)?.[1]).filter(Boolean))];
		}
		return this.#names;
	}

	// The machine's text of a file, or null if there is no copy yet.
	async read(name) {
		try {
			return decode(await this.#machineFiles.read(this.#path(name)));
		} catch (error) {
			if (/ is no file/.test(error.message)) return null;
			throw error;
		}
	}

	async write(name, text) {
		await this.#machineFiles.write(this.#path(name), new TextEncoder().encode(text));
		this.saved.set(name, text);
		this.checked = false;
	}

	// What the compiler said of a file at the last check: [{ line, severity, message }].
	async messages(name) {
		const path = `${directory}/build/workshop/${this.step}/messages`;
		const lines = decode(await this.#machineFiles.read(path).catch(() => new Uint8Array())).split("\n");
		return lines.flatMap(text => {
			const [, file, line, severity, message] = text.match(/^(\S+?):(\d+):(?:\d+:)? (error|warning): (.*)/) ?? [];
			return file === `workshop/${this.step}/${name}` ? [{ line: Number(line), severity, message }] : [];
		});
	}
}

// The step that scripts/workshop started last, or null.
export async function lastStarted(machineFiles) {
	return machineFiles.read(`${directory}/workshop/.last`).then(bytes => decode(bytes).trim(), () => null);
}

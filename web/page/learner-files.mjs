// The learner's files: kept in this browser a moment after they change, and put back into the machine when it starts.
import { createStore, del, get, set } from "idb-keyval";
import { say } from "./status.mjs";

const seconds = 1000;
const quiet = 3 * seconds; // after the last key
const text = document.getElementById("saved");
// Several labs on one host keep apart.
const key = new URL(".", location).pathname;

const clock = time => new Date(time).toLocaleTimeString();
const kilobytes = bytes => `${Math.ceil(bytes / 1000)} KB`;

export class LearnerFiles {
	#files;
	#store = createStore("gcr-lab", "files");
	#timer;
	#changed = false;
	#saving = Promise.resolve();

	constructor(machineFiles) {
		this.#files = machineFiles;
		machineFiles.onWrite = () => this.touched();
		document.addEventListener("visibilitychange", () => document.hidden && this.#changed && this.save());
	}

	// Something was typed, or a file was written.
	touched() {
		this.#changed = true;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.save(), quiet);
	}

	// Saves after what is being saved. Resolves with whether that worked.
	save() {
		clearTimeout(this.#timer);
		this.#changed = false;
		this.#saving = this.#saving.then(() => this.#save());
		return this.#saving;
	}

	async #save() {
		try {
			const archive = await this.#files.save();
			await set(key, { archive, time: Date.now() }, this.#store);
			this.#tell(archive, Date.now());
			return true;
		} catch (error) {
			say(`Your files could not be saved: ${error.message}.`);
			return false;
		}
	}

	// Puts the files back that were saved. Resolves with the time of that, or null if there are none.
	async restore() {
		const saved = await get(key, this.#store);
		if (!saved) return null;
		await this.#files.restore(saved.archive);
		this.#tell(saved.archive, saved.time);
		return clock(saved.time);
	}

	async forget() {
		clearTimeout(this.#timer);
		await this.#saving;
		await del(key, this.#store);
		text.textContent = "Nothing is saved yet.";
	}

	// Hands the files to the reader, as the browser downloads things.
	async download() {
		const link = document.createElement("a");
		link.href = URL.createObjectURL(new Blob([await this.#files.save()], { type: "application/gzip" }));
		link.download = "gcr-lab.tar.gz";
		link.click();
		setTimeout(() => URL.revokeObjectURL(link.href), 60 * seconds);
	}

	// Takes one of the reader's files: unpacks what download() gave, and puts any other into the home directory.
	async upload(file) {
		const bytes = new Uint8Array(await file.arrayBuffer());
		if (file.name.endsWith(".tar.gz")) await this.#files.restore(bytes);
		else await this.#files.write(`/home/learner/${file.name.replaceAll(/[^\w.+-]/g, "_")}`, bytes);
		this.touched();
	}

	#tell(archive, time) {
		text.textContent = `Saved at ${clock(time)}: ${kilobytes(archive.length)}.`;
	}
}

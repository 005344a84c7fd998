// The machine under Node: boot it or start it from a state, type, wait for what it prints, ask it through the wire.
import fs from "node:fs";
import path from "node:path";
import { V86 } from "v86";
import { answer, machine, wire } from "../machine.mjs";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const modules = path.join(here, "../node_modules");

const buffer = file => {
	const bytes = fs.readFileSync(file);
	return { buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) };
};

const firmware = () => ({
	bios: buffer("/usr/share/seabios/bios.bin"),
	vga_bios: buffer("/usr/share/seabios/vgabios-stdvga.bin"),
});

// What is shown, without colours, titles and other words to the terminal.
const plain = text => text.replace(/\x1b\[[?0-9;]*[a-zA-Z]|\x1b\][^\x07]*\x07|\r/g, "");

// Text that arrives, and those who wait for some of it.
class Stream {
	text = "";
	#waiting = new Set();
	#decoder = new TextDecoder();

	add(bytes) {
		this.text += this.#decoder.decode(bytes, { stream: true });
		for (const look of this.#waiting) look();
	}

	// Resolves with what has arrived since the place from, once it matches.
	wait(pattern, seconds, from = this.text.length) {
		return new Promise((resolve, reject) => {
			const end = then => {
				this.#waiting.delete(look);
				clearTimeout(timer);
				then();
			};
			const look = () => {
				const since = this.text.slice(from);
				if (pattern.test(since)) end(() => resolve(since));
			};
			const late = () => new Error(`no ${pattern} within ${seconds} s; the end of what came: ${this.text.slice(from).slice(-1500)}`);
			const timer = setTimeout(() => end(() => reject(late())), seconds * 1000);
			this.#waiting.add(look);
			look();
		});
	}
}

export class Emulator {
	#requests = 0;
	#counted = 0;
	#counter = 0;

	// Boots from a disk with { disk, kernel, initrd, words }, or goes on with { disk, state }.
	constructor({ disk, kernel, initrd, words, state }) {
		this.v86 = new V86({
			...machine,
			...firmware(),
			wasm_path: path.join(modules, "v86/build/v86.wasm"),
			hda: { url: disk, async: true, size: fs.statSync(disk).size },
			...(state ? { initial_state: { url: state } } : { bzimage: buffer(kernel), initrd: buffer(initrd), cmdline: words }),
		});
		this.terminals = [new Stream(), new Stream()];
		this.answers = new Stream();
		this.terminals.forEach((stream, number) =>
			this.v86.add_listener(`serial${number}-output-byte`, byte => stream.add(Uint8Array.of(byte))));
		this.v86.add_listener(answer, bytes => this.answers.add(bytes));
	}

	started() {
		return new Promise(resolve => this.v86.add_listener("emulator-started", resolve));
	}

	// Instructions so far, in millions. v86 counts them modulo 2^32, so this asks often enough.
	instructions() {
		const counter = this.v86.get_instruction_counter() >>> 0;
		this.#counted += (counter - this.#counter) >>> 0;
		this.#counter = counter;
		return this.#counted / 1e6;
	}

	type(text, terminal = 0) {
		this.v86.serial_send_bytes(terminal, new TextEncoder().encode(text));
	}

	// Types a command and resolves with what the terminal shows up to the next prompt.
	async run(command, { seconds = 300, terminal = 0, prompt = /[$#] $/ } = {}) {
		const shown = this.terminals[terminal].wait(new RegExp(`\\n[^]*${prompt.source}`), seconds);
		this.type(command + "\n", terminal);
		const text = plain(await shown);
		this.instructions();
		return text;
	}

	// Asks the machine through the wire; resolves with the answer's text, rejects with the error's.
	async ask(request, seconds = 60) {
		const id = ++this.#requests;
		const reply = this.answers.wait(new RegExp(`(^|\\n)${id} (ok|error)[^\\n]*\\n`), seconds);
		this.v86.bus.send(wire, new TextEncoder().encode(`${id} ${request}\n`));
		const [, , verdict, text] = (await reply).match(new RegExp(`(^|\\n)${id} (ok|error) ?([^\\r\\n]*)`));
		if (verdict === "error") throw new Error(text);
		return text;
	}
}

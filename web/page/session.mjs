// A machine with its wire, terminals and files: from a state that knows neither the time nor the reader to a prompt.
import { LearnerFiles } from "./learner-files.mjs";
import { MachineFiles } from "./machine-files.mjs";
import { Machine } from "./machine.mjs";
import { say } from "./status.mjs";
import { Terminal } from "./terminal.mjs";
import { Wire } from "./wire.mjs";

const terminalNames = ["terminal1", "terminal2"];
const rest = 100; // ms without a change, after which a size is the new one
const patience = 10_000; // ms for saving files, before a machine that may hang is restarted

export class Session extends EventTarget {
	terminals = new Map();

	// parts: the state, v86.wasm, and the disk as lab.json has it.
	constructor(parts) {
		super();
		this.machine = new Machine(parts);
		this.wire = new Wire(this.machine);
		this.machineFiles = new MachineFiles(this.machine, this.wire);
		this.files = new LearnerFiles(this.machineFiles);
		for (const [number, name] of terminalNames.entries()) this.#addTerminal(number, name);
	}

	#addTerminal(number, name) {
		const terminal = new Terminal(document.getElementById(name), this.machine, number);
		terminal.onType = () => this.files.touched();
		terminal.onPrompt = () => this.dispatchEvent(new CustomEvent("idle", { detail: name }));
		this.terminals.set(name, terminal);
	}

	async start() {
		await this.machine.started();
		await this.#settle();
		for (const terminal of this.terminals.values()) this.#followSize(terminal);
		document.addEventListener("visibilitychange", () => document.hidden || this.#setClock().catch(() => {}));
		this.dispatchEvent(new Event("ready"));
	}

	// Puts the machine back to its start, with the learner's files as they are.
	async restart() {
		await Promise.race([this.files.save(), new Promise(resolve => setTimeout(resolve, patience))]);
		await this.#restore();
	}

	// The same, and nothing of the learner's stays.
	async startOver() {
		await this.files.forget();
		await this.#restore();
	}

	async #restore() {
		await this.machine.restore();
		this.wire.restart();
		for (const terminal of this.terminals.values()) terminal.clear();
		await this.#settle();
		this.dispatchEvent(new Event("reset"));
	}

	// Tells the machine what its state can't know: the time, something random, the terminals' sizes, the learner's files.
	async #settle() {
		const random = [...crypto.getRandomValues(new Uint8Array(32))].map(byte => byte.toString(16).padStart(2, "0")).join("");
		await this.#setClock();
		await this.wire.request("seed", random);
		await Promise.all([...this.terminals.values()].map(terminal => this.#resize(terminal)));
		for (const terminal of this.terminals.values()) terminal.redraw();
		try {
			const time = await this.files.restore();
			if (time) say(`Your files are back, as they were saved at ${time}.`);
		} catch (error) {
			say(`Your saved files could not be put back: ${error.message}.`);
		}
	}

	// The machine's clock also stands still while the reader's computer sleeps.
	#setClock() {
		return this.wire.request("date", Math.floor(Date.now() / 1000));
	}

	async #resize(terminal) {
		if (terminal.element.hidden) return;
		const { rows, columns } = terminal.fit();
		await this.wire.request("size", terminal.tty, rows, columns);
	}

	#followSize(terminal) {
		let timer;
		new ResizeObserver(() => {
			clearTimeout(timer);
			timer = setTimeout(() => this.#resize(terminal).catch(error => say(`${error.message}.`)), rest);
		}).observe(terminal.element);
	}
}

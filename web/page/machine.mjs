// The emulated machine: it starts from a saved state, and goes back to it.
import { V86 } from "v86";
import { answer, machine as options, wire } from "../machine.mjs";

export class Machine {
	#emulator;
	#state;
	#counted = 0;
	#counter = 0;

	// Starts with the bytes of the state and of v86.wasm, and with the disk of lab.json.
	constructor({ state, wasm, disk }) {
		this.#state = state;
		this.#emulator = new V86({
			...options,
			wasm_path: URL.createObjectURL(new Blob([wasm], { type: "application/wasm" })),
			initial_state: { buffer: state },
			hda: { url: disk.url, async: true, size: disk.size, use_parts: true, fixed_chunk_size: disk.part },
		});
	}

	started() {
		return new Promise(resolve => this.#emulator.add_listener("emulator-started", resolve));
	}

	// Puts it back to the state that it started from: memory, devices and disk.
	async restore() {
		await this.#emulator.stop();
		this.instructions();
		await this.#emulator.restore_state(this.#state);
		const { uart0, uart1 } = this.#emulator.v86.cpu.devices;
		for (const port of [uart0, uart1]) port.input.length = 0; // what was typed and not read is no part of a state
		this.#counter = this.#emulator.get_instruction_counter();
		await this.#emulator.run();
	}

	onTerminalByte(number, listener) {
		this.#emulator.add_listener(`serial${number}-output-byte`, listener);
	}

	type(number, bytes) {
		this.#emulator.serial_send_bytes(number, bytes);
	}

	onWire(listener) {
		this.#emulator.add_listener(answer, listener);
	}

	sendWire(bytes) {
		this.#emulator.bus.send(wire, bytes);
	}

	// Files in the machine's /mnt/page.
	putPageFile(name, bytes) {
		return this.#emulator.create_file(name, bytes);
	}

	// Makes an empty file, unless it is there. In v86 a file that the machine makes has no valid owner, so Linux lets nobody write to it
	// a second time.
	async makePageFile(name) {
		await this.#emulator.read_file(name).catch(() => this.#emulator.create_file(name, new Uint8Array()));
	}

	takePageFile(name) {
		return this.#emulator.read_file(name);
	}

	// Instructions so far. v86 counts them modulo 2^32, so this has to be asked now and then.
	instructions() {
		const counter = this.#emulator.get_instruction_counter();
		this.#counted += (counter - this.#counter) >>> 0;
		this.#counter = counter;
		return this.#counted;
	}
}

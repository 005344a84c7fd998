// A terminal of the machine: what a serial port prints and is sent, in xterm.js.
import { FitAddon } from "@xterm/addon-fit";
import { Terminal as Xterm } from "@xterm/xterm";

const colours = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const dark = matchMedia("(prefers-color-scheme: dark)");

// The theme is the page's, from its style sheet.
function theme() {
	const style = getComputedStyle(document.documentElement);
	const value = name => style.getPropertyValue(`--${name}`).trim();
	const all = { background: value("terminal"), foreground: value("ink"), cursor: value("accent"), cursorAccent: value("terminal"),
		selectionBackground: value("selection") };
	for (const colour of colours) {
		all[colour] = value(`ansi-${colour}`);
		all[`bright${colour[0].toUpperCase()}${colour.slice(1)}`] = value(`ansi-${colour}`);
	}
	return all;
}

// Ctrl+Shift+C copies and Ctrl+Shift+V pastes. All other keys are the machine's, but those of keys.mjs.
function isPageKey(event, xterm) {
	if (!event.ctrlKey || !event.shiftKey || event.altKey) return false;
	if (event.code === "KeyC" && event.type === "keydown") {
		event.preventDefault();
		if (xterm.hasSelection()) navigator.clipboard?.writeText(xterm.getSelection());
	}
	return ["KeyC", "KeyV"].includes(event.code) || /^Digit\d$/.test(event.code);
}

export class Terminal {
	#xterm = new Xterm({
		scrollback: 5000,
		fontSize: 14,
		fontFamily: 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace',
		minimumContrastRatio: 4.5, // as WCAG asks, whatever colours a program takes
		theme: theme(),
	});
	#fit = new FitAddon();
	#bytes = [];
	#waits = false;
	#machine;
	#number;

	constructor(element, machine, number) {
		this.element = element;
		this.name = `Terminal ${number + 1}`;
		this.tty = `ttyS${number}`;
		this.#machine = machine;
		this.#number = number;
		this.#xterm.loadAddon(this.#fit);
		this.#xterm.open(element);
		this.#xterm.textarea.setAttribute("aria-label", this.name);
		this.#xterm.attachCustomKeyEventHandler(event => !isPageKey(event, this.#xterm));
		this.#xterm.onData(text => this.type(text));
		dark.addEventListener("change", () => (this.#xterm.options.theme = theme()));
		machine.onTerminalByte(number, byte => this.#receive(byte));
	}

	// Called when something is typed, and when a prompt waits that did not wait before.
	onType = () => {};
	onPrompt = () => {};

	type(text) {
		this.#machine.type(this.#number, new TextEncoder().encode(text));
		this.onType();
	}

	focus() {
		this.#xterm.focus();
	}

	// Fits into its element; returns the new size.
	fit() {
		this.#fit.fit();
		return { rows: this.#xterm.rows, columns: this.#xterm.cols };
	}

	// Forgets what it shows. The shell prints its prompt again.
	clear() {
		this.#xterm.reset();
	}

	redraw() {
		this.#machine.type(this.#number, [0x0c]); // Ctrl+L
	}

	// The last sign of a prompt after which nothing is typed yet: $ or #, or else nothing.
	prompt() {
		const buffer = this.#xterm.buffer.active;
		const line = buffer.getLine(buffer.baseY + buffer.cursorY);
		const before = line.translateToString(false, 0, buffer.cursorX);
		const after = line.translateToString(true, buffer.cursorX);
		return after === "" ? before.match(/([$#]) $/)?.[1] ?? "" : "";
	}

	// Bytes come one by one; xterm gets them together.
	#receive(byte) {
		if (this.#bytes.push(byte) > 1) return;
		setTimeout(() => {
			this.#xterm.write(Uint8Array.from(this.#bytes), () => this.#notePrompt());
			this.#bytes = [];
		}, 4);
	}

	#notePrompt() {
		const waited = this.#waits;
		this.#waits = this.prompt() !== "";
		if (this.#waits && !waited) this.onPrompt();
	}
}

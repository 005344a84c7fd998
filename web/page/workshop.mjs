// The workshop's view: an editor for the files that a learner writes, and buttons that type the commands of scripts/workshop into the
// terminal, where the learner sees them.
import { Editor } from "./editor.mjs";
import { WorkingCopy, lastStarted } from "./working-copy.mjs";

function make(tag, properties = {}, ...children) {
	const element = Object.assign(document.createElement(tag), properties);
	element.append(...children);
	return element;
}

class Workshop {
	#lab;
	#editor;
	#copies = new Map();
	#step;
	#file = "gcr.c";
	#there = false;
	#last = null;
	#turn = Promise.resolve();

	#steps = make("select", { ariaLabel: "Step" });
	#files = make("span", { role: "group", ariaLabel: "Files" });
	#state = make("span", { className: "state", role: "status" });
	#empty = make("p", { className: "empty" });
	#conflict = make("p", { className: "conflict", hidden: true });
	#place = make("div", { className: "editor" });
	#buttons = {};

	constructor(panel, lab) {
		this.#lab = lab;
		this.#step = lab.steps[0];
		this.#steps.append(...lab.steps.map(step => make("option", { value: step, textContent: step })));
		this.#steps.addEventListener("change", () => this.#choose(this.#steps.value));
		panel.append(this.#makeBar(), this.#conflict, this.#empty, this.#place);
		this.#editor = new Editor(this.#place, { label: "Your copy of the step", onChange: () => this.#showState(), onSave: () => this.#save() });
		this.#makeConflict();
		this.#show();
		for (const name of ["ready", "reset", "idle"]) lab.events.addEventListener(name, () => this.#refresh());
		lab.events.addEventListener("shown", ({ detail }) => detail === "workshop" && this.#refresh());
		addEventListener("focus", () => panel.hidden || this.#refresh());
		addEventListener("beforeunload", event => this.#unsaved().length > 0 && event.preventDefault());
	}

	#makeBar() {
		const button = (name, text, title, action) => {
			this.#buttons[name] = make("button", { textContent: text, title, onclick: action });
			return this.#buttons[name];
		};
		const command = name => () => this.#type(name);
		return make("div", { className: "bar", role: "toolbar", ariaLabel: "Workshop" },
			this.#steps,
			button("start", "Start", "Lays a copy of the step, with a TODO for each part that is yours to write", command("start")),
			this.#files,
			this.#state,
			button("save", "Save", "Writes the file into the machine (Ctrl+S)", () => this.#save()),
			button("check", "Check", "Saves, builds your copy, and runs the step's tests on it", () => this.#check()),
			button("hint", "Hint", "Gives one more of three hints", command("hint")),
			button("solution", "Solution", "Shows what turns your copy into the step", command("solution")));
	}

	#makeConflict() {
		this.#conflict.append(
			"The machine has changed this file, too. ",
			make("button", { textContent: "Take the machine's", onclick: () => this.#settle(true) }), " ",
			make("button", { textContent: "Keep mine", onclick: () => this.#settle(false) }));
	}

	get #copy() {
		if (!this.#copies.has(this.#step)) this.#copies.set(this.#step, new WorkingCopy(this.#step, this.#lab.machineFiles));
		return this.#copies.get(this.#step);
	}

	get #key() {
		return `${this.#step}/${this.#file}`;
	}

	// Files that are not in the machine as they are here, as [copy, name].
	#unsaved() {
		return [...this.#copies.values()].flatMap(copy => [...copy.saved]
			.filter(([name, text]) => this.#editor.text(`${copy.step}/${name}`) !== text).map(([name]) => [copy, name]));
	}

	#choose(step) {
		this.#step = step;
		this.#file = "gcr.c";
		this.#there = false;
		this.#show();
		this.#refresh();
	}

	// One after the other, as each asks the machine for several files.
	#refresh() {
		this.#turn = this.#turn.then(() => this.#look()).catch(error => this.#lab.say(`The workshop could not look: ${error.message}.`));
		return this.#turn;
	}

	// Looks at what the machine has: which step was started last, and the file that shows.
	async #look() {
		const last = await lastStarted(this.#lab.machineFiles);
		if (last !== this.#last && this.#lab.steps.includes(last)) {
			if (last !== this.#step) this.#file = "gcr.c";
			this.#step = last;
		}
		this.#last = last;
		const [copy, name] = [this.#copy, this.#file];
		const names = await copy.names();
		const text = await copy.read(name);
		if (copy !== this.#copy || name !== this.#file) return;
		this.#there = text !== null;
		this.#showFiles(names);
		if (this.#there) this.#take(copy, name, text);
		else copy.saved.delete(name);
		this.#show();
		if (copy.checked && copy.saved.get(name) === this.#editor.text(this.#key)) this.#editor.mark(await copy.messages(name));
	}

	// Shows a file as the machine has it. What was written here and not saved is not overwritten.
	#take(copy, name, text) {
		const before = copy.saved.get(name);
		copy.saved.set(name, text);
		this.#editor.show(this.#key, text);
		const mine = this.#editor.text(this.#key);
		if (mine !== text && (before === undefined || mine === before)) this.#editor.replace(text);
		if (before === undefined) this.#editor.goTo("// TODO ");
		else if (before !== text) this.#conflict.hidden = mine === before || mine === text;
	}

	#settle(takesMachines) {
		if (takesMachines) this.#editor.replace(this.#copy.saved.get(this.#file));
		this.#conflict.hidden = true;
		this.#editor.focus();
	}

	#showFiles(names) {
		this.#files.replaceChildren(...names.length < 2 ? [] : names.map(name => make("button", {
			textContent: name, ariaPressed: String(name === this.#file), onclick: () => this.#open(name),
		})));
	}

	#open(name) {
		this.#file = name;
		this.#conflict.hidden = true;
		this.#refresh();
	}

	#show() {
		this.#steps.value = this.#step;
		this.#place.hidden = !this.#there;
		this.#empty.hidden = this.#there;
		this.#empty.textContent = `You have no copy of ${this.#step} yet. Start lays one: the step, with a TODO for each part that is yours to write.`;
		for (const name of ["save", "check", "hint", "solution"]) this.#buttons[name].disabled = !this.#there;
		this.#buttons.start.disabled = this.#there;
		this.#showState();
	}

	#showState() {
		const saved = this.#there ? this.#copy.saved.get(this.#file) : undefined;
		const changed = saved !== undefined && this.#editor.text(this.#key) !== saved;
		this.#state.textContent = saved === undefined ? "" : changed ? `${this.#file}: not saved` : `${this.#file}: saved`;
		this.#state.classList.toggle("changed", changed);
	}

	// Writes all that is not saved; resolves with whether the machine has it.
	async #save() {
		try {
			for (const [copy, name] of this.#unsaved()) await copy.write(name, this.#editor.text(`${copy.step}/${name}`));
			this.#conflict.hidden = true;
			return true;
		} catch (error) {
			this.#lab.say(`The file could not be saved: ${error.message}.`);
			return false;
		} finally {
			this.#showState();
		}
	}

	async #check() {
		if (!await this.#save()) return;
		this.#editor.mark([]);
		this.#copy.checked = true;
		this.#type("check");
	}

	#type(command) {
		this.#lab.type(`scripts/workshop ${command} ${this.#step.split("-")[0]}`);
	}
}

export function makeWorkshop(panel, lab) {
	return new Workshop(panel, lab);
}

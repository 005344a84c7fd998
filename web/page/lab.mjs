// The lab: puts the chapter, the machine and the page's buttons and keys together.
import { Chapters } from "./chapters.mjs";
import { listenForKeys } from "./keys.mjs";
import { addresses, isCurrent, loadMachine, showFailure, showReady, uncover, watchDisk } from "./loading.mjs";
import { offerOffline, startWorker } from "./offline.mjs";
import { Session } from "./session.mjs";
import { say, watchActivity } from "./status.mjs";
import { Views } from "./views.mjs";
import { makeWorkshop } from "./workshop.mjs";

const element = id => document.getElementById(id);
const { version } = document.documentElement.dataset;
const views = new Views();
let session;

// Types a command into the terminal that was shown last, if that waits for one of this kind: for $, or in a container for #.
function type(command, sign = "$", event = null) {
	const terminal = session?.terminals.get(views.terminal);
	const prompt = terminal?.prompt();
	if (prompt !== sign) {
		say(refusal(prompt, sign, terminal?.name));
		return false;
	}
	say("");
	if (views.current !== views.terminal) views.show(views.terminal);
	terminal.type(`${command}\r`);
	if (event?.pointerType === "mouse") terminal.focus(); // a finger would get the keyboard before its eyes
	return true;
}

// Presses a key in that terminal, whatever runs there.
function press(text) {
	session?.terminals.get(views.terminal).type(text);
}

function refusal(prompt, sign, name) {
	if (prompt === undefined) return "The machine is not there yet.";
	if (!prompt) return `${name} is busy, or a command is half typed there. Ctrl+C ends it.`;
	if (sign === "#") return `This is typed inside a container, but ${name} is outside. Type the commands above it first.`;
	return `This is typed outside, but ${name} is inside a container. Type exit there, or take the other terminal.`;
}

function showAndFocus(name) {
	views.show(name);
	(session?.terminals.get(name) ?? element(name)).focus();
}

// The workshop hears of the machine while it shows: what it reads from the machine takes the machine's time.
function connectWorkshop(steps) {
	const events = new EventTarget();
	const pass = ({ type, detail }) => views.current === "workshop" && events.dispatchEvent(new CustomEvent(type, { detail }));
	for (const name of ["ready", "reset", "idle"]) session.addEventListener(name, pass);
	views.addEventListener("shown", pass);
	makeWorkshop(element("workshop"), { steps, machineFiles: session.machineFiles, events, type, say });
}

function connectButtons() {
	const click = (id, action) => {
		element(id).disabled = false;
		element(id).addEventListener("click", () => Promise.resolve(action()).catch(error => say(`${error.message}.`)));
	};
	const restart = async action => {
		element("restart").disabled = true;
		say("");
		await action().finally(() => (element("restart").disabled = false));
	};
	click("restart", () => restart(() => session.restart()));
	click("forget", () => {
		if (confirm("This removes all that you have changed in the machine. Go on?")) return restart(() => session.startOver());
	});
	click("download", () => session.files.download());
	click("upload", () => element("upload-file").click());
	element("upload-file").addEventListener("change", event => {
		const [file] = event.target.files;
		session.files.upload(file)
			.then(() => say(`${file.name} is in the machine.`), error => say(`${file.name}: ${error.message}.`));
		event.target.value = "";
	});
	for (const button of document.querySelectorAll("#touch-keys button")) {
		button.addEventListener("click", () => press(JSON.parse(`"${button.value}"`)));
	}
	for (const [name, terminal] of session.terminals) element(`tab-${name}`).addEventListener("click", () => terminal.focus());
}

const keys = {
	0: () => chapters.focus(),
	1: () => showAndFocus("terminal1"),
	2: () => showAndFocus("terminal2"),
	3: () => showAndFocus("workshop"),
};
const chapters = new Chapters({ type, interrupt: () => press("\x03") }, { version, onKeys: page => listenForKeys(keys, page) });

async function start() {
	listenForKeys(keys);
	await startWorker();
	chapters.start();
	const { lab, state, wasm } = await loadMachine();
	session = new Session({ state, wasm, disk: lab.disk });
	watchDisk(part => say(`A part of the machine's disk did not come: ${part}. If the page is old, reload it.`));
	session.addEventListener("idle", uncover, { once: true });
	connectWorkshop(lab.steps);
	await session.start();
	watchActivity(session.machine);
	connectButtons();
	showAndFocus(views.current);
	showReady();
	await offerOffline(addresses(lab), address => isCurrent(address, lab));
}

start().catch(error => {
	console.error(error);
	showFailure(error);
});

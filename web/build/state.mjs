// Boots the machine once, runs each step in it, and saves its state:
//
//     node web/build/state.mjs DIRECTORY STEP…
//
// DIRECTORY has disk, bzImage and initrd, and gets state.bin. What has run once is in the machine's memory, and starts at once
// in the page.
import fs from "node:fs";
import { kernelWords } from "../machine.mjs";
import { Emulator } from "./emulator.mjs";

const [directory, ...steps] = process.argv.slice(2);
const prompt = /\$ $/;
const looks = "ps; ls; hostname; id; mount; cat /etc/hosts; ip -br address; ip route";

const say = text => console.error(`lab: ${text}`);
const file = name => `${directory}/${name}`;

// The blank keeps a command out of the shell's history.
const run = (emulator, command, terminal = 0) => emulator.run(` ${command}`, { terminal, seconds: 600 });

async function boot() {
	const emulator = new Emulator({ disk: file("disk"), kernel: file("bzImage"), initrd: file("initrd"), words: kernelWords });
	for (const terminal of emulator.terminals) await terminal.wait(prompt, 900, 0);
	return emulator;
}

// Runs a step. v0.1 and v0.2 need root. In the last container runs what one looks around with; all have the same files.
async function warmUp(emulator, step) {
	const gcr = `${step < "v0.3" ? "sudo " : ""}./gcr run`;
	const inside = step === steps.at(-1) ? looks : "exit";
	const command = `scripts/checkout ${step} && ${gcr} -q ubuntu bash -c '${inside}' >/dev/null && echo it "ran"`;
	const shown = await run(emulator, command);
	if (!/^it ran/m.test(shown)) throw new Error(`${step} does not run in the machine:\n${shown}`);
}

// Does what the page asks for by itself. It has to work if no part of the disk comes: without a network, a machine that waits for
// its disk would hang.
async function warmUpFiles(emulator) {
	await emulator.v86.create_file("taken", new Uint8Array());
	for (const request of ["save taken", "restore taken", "get .bashrc taken", "put taken .taken"]) await emulator.ask(request);
	await run(emulator, "rm ~/.taken");
}

// What was read only to boot goes out of memory. From then on the machine reads no more than it needs at once, until the state
// is saved.
const forget = emulator => run(emulator, "sync; echo 3 | sudo tee /proc/sys/vm/drop_caches >/dev/null");
const readAhead = (emulator, kilobytes) =>
	run(emulator, `echo ${kilobytes} | sudo tee /sys/block/sda/queue/read_ahead_kb >/dev/null`);

// What has been changed since is the learner's, for the wire, and is to be built, for the machine's cmake.
const markSaved = emulator => run(emulator, "sudo touch /usr/lib/gcr-lab/saved");

// In the end, nothing of all this shows.
async function tidyUp(emulator) {
	await readAhead(emulator, 128);
	await run(emulator, `scripts/checkout ${steps[0]}; sudo rm -f ~/.bash_history ~/.sudo_as_admin_successful`);
	await markSaved(emulator);
	for (const terminal of [1, 0]) await run(emulator, "clear", terminal);
}

const emulator = await boot();
say(`the machine has booted, after ${emulator.instructions().toFixed(0)} million instructions`);
const failed = await run(emulator, "systemctl --failed --plain --no-legend | tee /dev/stderr | wc -l");
if (!/^0$/m.test(failed)) throw new Error(`a unit has failed:\n${failed}`);
await forget(emulator);
await readAhead(emulator, 0);
await markSaved(emulator);
for (const step of steps) await warmUp(emulator, step);
await warmUpFiles(emulator);
await tidyUp(emulator);
say(`each step has run, after ${emulator.instructions().toFixed(0)} million instructions`);
fs.writeFileSync(file("state.bin"), new Uint8Array(await emulator.v86.save_state()));
process.exit(0);

// How the page starts, and how it says that it can't.
import assert from "node:assert/strict";
import { millions } from "./lab.mjs";

export async function prompt(lab) {
	await lab.start();
	await lab.open();
	assert.deepEqual(lab.problems, []);
	assert.ok(await lab.instructions() < 500 * millions, `${await lab.instructions()} instructions to the prompt`);
}

export async function missing_file(lab) {
	await lab.start();
	lab.server.refused = /state\.bin\.zst/;
	await lab.page.goto(lab.server.url);
	await lab.page.getByText("state.bin.zst could not be loaded: the server says 404").waitFor();
}

export async function old_browser(lab) {
	await lab.start();
	await lab.page.addInitScript(() => delete globalThis.WebAssembly);
	await lab.page.goto(lab.server.url);
	await lab.page.getByText("this browser has no WebAssembly").waitFor();
}

// It is now on the machine's clock, and two visits don't share randomness.
export async function clock_and_randomness(lab) {
	await lab.start();
	const numbers = [];
	for (const visit of ["first", "second"]) {
		await lab.open();
		const shown = await lab.run(`date +%s; head -c 16 /dev/urandom | od -An -tx1`, /\d{10}\s/);
		const [, seconds, random] = shown.match(/(\d{10})\s+([0-9a-f ]{47})/);
		assert.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 60, `${visit}: ${seconds}`);
		numbers.push(random);
	}
	assert.notEqual(numbers[0], numbers[1]);
}

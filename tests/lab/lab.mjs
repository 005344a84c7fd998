// The lab in Chromium, as a person uses it: opens it, types, and reads what the terminals show.
import assert from "node:assert/strict";
import { chromium } from "../../web/node_modules/playwright-core/index.mjs";
import { Server } from "./server.mjs";

const minutes = 60_000;
const patience = 8 * minutes; // with machines that are slow and busy; what a command costs is counted in instructions
const folder = process.env.GCR_LAB;

export const chromiumOptions = {
	executablePath: "/usr/bin/chromium",
	chromiumSandbox: process.getuid() !== 0,
	// V8 compiles what v86 makes of the machine's code twice: fast, and then well. In a short test, the second time does not pay.
	args: ["--disable-gpu", "--disable-dev-shm-usage", "--js-flags=--liftoff-only"],
};

export const millions = 1e6;

export class Lab {
	// What the browser complains of, and what the page asks from other places.
	problems = [];

	// Options of the browser's context, as playwright has them. A context has no files at first and keeps none, as if its browser were
	// new. To start a browser takes half as long as the page does, so $GCR_LAB_BROWSER is the address of a browser for all tests.
	async start(options = {}) {
		const { GCR_LAB_BROWSER: address } = process.env;
		this.server = await new Server(folder).listen();
		this.browser = await (address ? chromium.connect(address) : chromium.launch(chromiumOptions));
		this.context = await this.browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
		this.context.on("request", request => {
			const { protocol, origin } = new URL(request.url());
			const elsewhere = origin !== new URL(this.server.url).origin;
			if (/^http/.test(protocol) && elsewhere) this.problems.push(`asks for ${request.url()}`);
		});
		this.page = await this.context.newPage();
		this.page.on("console", message => {
			if (["error", "warning"].includes(message.type())) this.problems.push(message.text());
		});
		this.page.on("pageerror", error => this.problems.push(error.message));
		return this;
	}

	async end() {
		await this.context?.close();
		await this.browser?.close();
		await this.server?.close();
	}

	// Opens the page and waits for the prompt. Chapter is as in its address.
	async open(chapter = "") {
		await this.page.goto(`${this.server.url}${chapter && `#${chapter}`}`);
		await this.prompt();
	}

	async reload() {
		await this.page.reload();
		await this.prompt();
	}

	async prompt(terminal = 1) {
		await this.page.waitForFunction(() => document.documentElement.dataset.state === "ready", null, { timeout: patience });
		await this.page.locator("#restart:enabled").waitFor({ timeout: patience });
		await this.shows(/\$ $/, terminal);
	}

	// Does what restarts the machine, and waits until it has begun anew. The moment between may be too short to be seen.
	async restarts(action) {
		const begun = this.page.evaluate(() => new Promise(resolve =>
			new MutationObserver(resolve).observe(document.getElementById("restart"), { attributeFilter: ["disabled"] })));
		await action();
		await begun;
		await this.page.keyboard.press("Escape"); // closes a dialog
		await this.prompt();
	}

	// The lines on a terminal's screen up to the cursor's, without those that are empty.
	async screen(terminal = 1) {
		const rows = await this.page.locator(`#terminal${terminal} .xterm-rows > div`).allTextContents();
		return rows.map(row => row.replaceAll("\u00a0", " ").trimEnd()).filter(row => row !== "").join("\n");
	}

	// Waits until the screen, from the last place of some text on, matches a pattern.
	async shows(pattern, terminal = 1, after = null) {
		const end = Date.now() + patience;
		for (;;) {
			const screen = await this.screen(terminal);
			const from = after && screen.lastIndexOf(after) + after.length;
			const text = `${screen.slice(from).trimEnd()} `; // a prompt ends in a blank
			if (screen.includes(after ?? "") && pattern.test(text)) return text;
			if (Date.now() > end) {
				assert.fail(`no ${pattern} in terminal ${terminal}:\n${screen}\nThe page says: ${await this.said()}`);
			}
			await this.page.waitForTimeout(100);
		}
	}

	async type(text, terminal = 1) {
		await this.page.locator(`#terminal${terminal} textarea`).focus();
		await this.page.keyboard.type(text);
	}

	async press(key, terminal = 1) {
		await this.page.locator(`#terminal${terminal} textarea`).press(key);
	}

	// Runs a command, and resolves with what the terminal shows below it, the next prompt included.
	async run(command, pattern = /$/, terminal = 1) {
		await this.press("Control+l", terminal); // clears the screen without a process
		await this.shows(/^[^\n]*[$#] $/, terminal);
		await this.type(`${command}\n`, terminal);
		return this.shows(new RegExp(`^(?=[^]*${pattern.source})[^]*[$#] $`), terminal, command.slice(-20));
	}

	// Instructions so far.
	async instructions() {
		await this.page.waitForTimeout(1100); // it is counted once a second
		return Number(await this.page.locator("#activity").getAttribute("data-instructions"));
	}

	said() {
		return this.page.locator("#say").textContent();
	}

	chapter() {
		return this.page.frameLocator("#frame");
	}
}

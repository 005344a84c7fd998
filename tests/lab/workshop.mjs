// The workshop: a learner starts a step, writes it in the page's editor, and has it checked.
import assert from "node:assert/strict";
import fs from "node:fs";

const solution = fs.readFileSync(new URL("../../steps/v0.4-uts/gcr.c", import.meta.url), "utf8");

const view = lab => lab.page.getByRole("tab", { name: "Workshop" }).click();
const press = (lab, name) => lab.page.locator("#workshop").getByRole("button", { name }).click();

async function write(lab, text) {
	await lab.page.locator("#workshop .cm-content").click();
	await lab.page.keyboard.press("Control+A");
	await lab.page.keyboard.insertText(text);
}

async function start(lab) {
	await lab.start();
	await lab.open("v0.4-uts");
	await view(lab);
	await lab.page.locator("#workshop").getByLabel("Step").selectOption("v0.4-uts");
	await press(lab, "Start");
	await lab.shows(/Edit: +workshop\/v0\.4-uts\/gcr\.c\n[^]*\$ $/);
	await view(lab);
	await lab.page.locator("#workshop .cm-content", { hasText: "TODO" }).waitFor();
}

export async function workshop(lab) {
	await start(lab);
	await write(lab, solution.replace("sethostname(hostname, strlen(hostname))", "sethostname(hostname, strlen(hostname)"));
	await press(lab, "Check");
	await lab.shows(/gcr\.c:\d+: error[^]*\$ $/);
	await view(lab);
	await lab.page.locator("#workshop .cm-lint-marker-error").waitFor();
	await write(lab, solution);
	await lab.page.getByText("gcr.c: not saved").waitFor();
	await press(lab, "Check");
	await lab.shows(/v0\.4-uts: all 6 pass[^]*\$ $/);
	await view(lab);
	await lab.page.getByText("gcr.c: saved").waitFor();
	assert.equal(await lab.page.locator("#workshop .cm-lint-marker-error").count(), 0);
}

// What the machine changes shows in the editor.
export async function changed_outside(lab) {
	await start(lab);
	await lab.page.getByRole("tab", { name: "Terminal 1" }).click();
	await lab.run("sed -i '1i // from the terminal' workshop/v0.4-uts/gcr.c");
	await view(lab);
	const line = lab.page.locator("#workshop .cm-line", { hasText: "// from the terminal" });
	for (let tries = 0; tries < 100 && !await line.isVisible(); tries++) {
		await lab.page.locator("#workshop .cm-content").press("Control+Home"); // the editor has only the lines that show
		await lab.page.waitForTimeout(300);
	}
	await line.waitFor();
}

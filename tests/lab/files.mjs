// The learner's files outlive the tab, and the machine can start anew.
import assert from "node:assert/strict";

const saved = lab => lab.page.locator("#saved", { hasText: "Saved at" }).waitFor({ state: "attached" });

// For this, the machine needs no part of its disk: it would hang without a network.
export async function reload(lab) {
	await lab.start();
	lab.server.refused = /\/disk\//;
	await lab.open();
	await lab.run("(umask 026; echo 'mine; äöü' >~/gcr/note)");
	await saved(lab);
	await lab.reload();
	lab.server.refused = null;
	await lab.run("stat -c %a ~/gcr/note; cat ~/gcr/note", /640\nmine; äöü\n/);
}

export async function restart(lab) {
	await lab.start();
	await lab.open();
	await lab.run("echo mine >~/note; sudo touch /etc/broken; sudo rm /bin/ls");
	await lab.type("sleep 1000\n");
	await lab.restarts(() => lab.page.locator("#restart").click());
	await lab.run("ls ~/note /etc/broken; pgrep -x sleep", /ls: cannot access '\/etc\/broken'[^]*\/home\/learner\/note\n/);
}

export async function forget(lab) {
	await lab.start();
	await lab.open();
	await lab.run("echo mine >~/note");
	await saved(lab);
	lab.page.on("dialog", dialog => dialog.accept());
	await lab.page.getByRole("button", { name: "Files" }).click();
	await lab.restarts(() => lab.page.getByRole("button", { name: /^Forget/ }).click());
	await lab.run("ls ~/note", /cannot access/);
	await lab.reload();
	await lab.run("ls ~/note", /cannot access/);
}

// What was downloaded can be uploaded, in another browser, too.
export async function download_upload(lab) {
	await lab.start();
	await lab.open();
	await lab.run("echo mine >~/gcr/note");
	await lab.page.getByRole("button", { name: "Files" }).click();
	const [download] = await Promise.all([lab.page.waitForEvent("download"), lab.page.locator("#download").click()]);
	const buffer = Buffer.concat(await (await download.createReadStream()).toArray());
	const archive = { name: "gcr-lab.tar.gz", mimeType: "application/gzip", buffer };
	assert.equal(download.suggestedFilename(), archive.name);
	await lab.page.evaluate(() => indexedDB.deleteDatabase("gcr-lab"));
	await lab.page.keyboard.press("Escape");
	await lab.run("rm ~/gcr/note");
	await lab.page.locator("#upload-file").setInputFiles(archive);
	await lab.page.getByText("gcr-lab.tar.gz is in the machine.").waitFor();
	const text = { name: "a text.txt", mimeType: "text/plain", buffer: Buffer.from("plain") };
	await lab.page.locator("#upload-file").setInputFiles(text);
	await lab.page.getByText("a text.txt is in the machine.").waitFor();
	await lab.run("cat ~/gcr/note ~/a_text.txt", /mine\nplain/);
}

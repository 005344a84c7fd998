// The lab without a network.
import assert from "node:assert/strict";

// What was used once works again, with the server gone.
export async function offline(lab) {
	await lab.start();
	await lab.open("v0.3-user");
	await lab.run("scripts/checkout v0.3; ./gcr run -q ubuntu true; echo $?", /\n0\n/);
	await lab.server.close();
	await lab.reload();
	await lab.run("scripts/checkout v0.3; ./gcr run -q ubuntu true; echo $?", /\n0\n/);
	await lab.chapter().getByRole("heading", { level: 1 }).waitFor();
	await lab.server.listen(lab.server.port);
}

// The button leaves nothing out: afterwards a chapter and a program that were never used are there.
export async function all_offline(lab) {
	await lab.start();
	await lab.open();
	await lab.page.getByRole("button", { name: "Files" }).click();
	await lab.page.getByRole("button", { name: "Keep all of it here" }).click();
	await lab.page.getByText("All of it is here.").waitFor({ timeout: 300_000 });
	await lab.server.close();
	await lab.reload();
	await lab.page.locator("#chapter").selectOption("v1.0-image");
	await lab.chapter().getByRole("heading", { level: 1, name: /v1\.0/ }).waitFor();
	await lab.run("git -C ~/gcr log --oneline | wc -l; man --version; sudo nft list tables | head -n 1", /\n\d+\n/);
	await lab.server.listen(lab.server.port);
}

// Nothing of an older version is kept.
export async function older_version(lab) {
	await lab.start();
	await lab.open();
	const old = await lab.page.evaluate(async () => {
		const [name] = await caches.keys();
		const cache = await caches.open(name);
		const old = ["lab.js?v=older", "disk/older/disk-0-262144.img.zst"].map(url => new URL(url, location).href);
		for (const url of old) await cache.put(url, new Response("old"));
		return old;
	});
	await lab.reload();
	await lab.page.waitForFunction(async old => {
		const kept = (await (await caches.open((await caches.keys())[0])).keys()).map(request => request.url);
		return kept.length > 5 && !old.some(url => kept.includes(url));
	}, old);
	assert.equal(old.length, 2);
}

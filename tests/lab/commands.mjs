// What a reader does with gcr in the lab.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { millions } from "./lab.mjs";

const { steps } = JSON.parse(fs.readFileSync(path.join(process.env.GCR_LAB, "lab.json"), "utf8"));
const sudo = step => step < "v0.3" ? "sudo " : "";

export async function each_step(lab) {
	await lab.start();
	await lab.open();
	for (const step of steps) {
		await lab.run(`scripts/checkout ${step.replace(/-.*/, "")}`, new RegExp(`is ${step} now`));
		const before = await lab.instructions();
		await lab.run(`${sudo(step)}./gcr run -q ubuntu bash -c 'echo I am $$'`, /I am 2\n/);
		const taken = await lab.instructions() - before;
		assert.ok(taken < 1000 * millions, `${step}: ${taken} instructions for a container`);
	}
	assert.deepEqual(lab.problems, []);
}

export async function button(lab) {
	await lab.start();
	await lab.open("v0.4-uts");
	const button = command => lab.chapter().getByRole("button", { name: `Type: ${command}`, exact: true }).first();
	await button("scripts/checkout v0.4").click();
	await lab.shows(/is v0\.4-uts now\n[^]*\$ $/);
	await button("cat /etc/hostname /etc/hosts").click();
	assert.match(await lab.said(), /typed inside a container/);
	await button("./gcr run ubuntu bash").click();
	await lab.shows(/root@[0-9a-f]{12}:\/# $/);
	await button("cat /etc/hostname /etc/hosts").click();
	await lab.shows(/hosts *\n[0-9a-f]{12} *\n127\.0\.0\.1 localhost[^]*# $/);
	await button("grep -c web.example rootfs/ubuntu/etc/hosts").click();
	assert.match(await lab.said(), /typed outside/);
	await lab.type("ec");
	await lab.shows(/# ec ?$/);
	await button("exit").click();
	assert.match(await lab.said(), /half typed/);
	await lab.press("Control+C");
	await lab.shows(/\^C\n[^\n]*# $/);
	await button("exit").click();
	await lab.shows(/exit\n[^]*\$ $/);
}

export async function limits(lab) {
	await lab.start();
	await lab.open();
	await lab.run("scripts/checkout v0.6", /v0\.6-cgroups now/);
	await lab.run("./gcr run -q --pids-max 5 ubuntu bash", /# $/);
	await lab.run("for i in {1..3}; do sleep 1000 & done", /\[3\] 5\n/);
	await lab.run("read n </sys/fs/cgroup/pids.current; echo $n", /5\n/);
	await lab.run("sleep 1", /fork: .*Resource temporarily unavailable/);
}

// One container listens, and another one in the second terminal calls it.
export async function network(lab) {
	await lab.start();
	await lab.open();
	await lab.run("scripts/checkout v0.7", /v0\.7-net now/);
	await lab.page.getByRole("button", { name: "Both" }).click();
	const listen = "$s = IO::Socket::INET->new(Listen => 1, LocalPort => 80); print STDERR qx(hostname -i); " +
		'print {$s->accept} "hello\\n"';
	await lab.type(`clear; ./gcr run -q ubuntu perl -MIO::Socket -e '${listen}'\n`);
	const [address] = (await lab.shows(/10\.0\.0\.\d+\s/)).match(/10\.0\.0\.\d+/);
	await lab.run(`./gcr run -q ubuntu bash -c 'cat </dev/tcp/${address}/80'`, /hello\n/, 2);
	await lab.shows(/10\.0\.0\.\d+\n[^\n]*\$ $/);
}

// The second terminal is outside while the first is in a container.
export async function second_terminal(lab) {
	await lab.start();
	await lab.open();
	await lab.run("scripts/checkout v0.3", /v0\.3-user now/);
	await lab.run("./gcr run -q ubuntu bash", /# $/);
	await lab.run("exec -a inside sleep 1000 & echo $!", /\d+\n/);
	await lab.page.getByRole("tab", { name: "Terminal 2" }).click();
	await lab.run("ps -o user= -C sleep; readlink /proc/$$/fd/0", /learner\n\/dev\/ttyS1\n/, 2);
}

// The page itself: its keys, its sizes, its colours.
import assert from "node:assert/strict";

const focused = lab => lab.page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.id);

export async function keyboard(lab) {
	await lab.start();
	await lab.open("v0.1-pid");
	const view = async (key, label) => {
		await lab.page.keyboard.press(`Control+Shift+${key}`);
		assert.equal(await focused(lab), label);
	};
	await view("Digit2", "Terminal 2");
	await lab.page.locator("#terminal2").waitFor();
	await view("Digit1", "Terminal 1");
	await lab.page.keyboard.type("cat /etc/hostna\t");
	await lab.shows(/\$ cat \/etc\/hostname ?$/);
	await view("Digit0", "frame");
	const reached = new Set();
	for (let count = 0; count < 20; count++) {
		await lab.page.keyboard.press("Shift+Tab");
		reached.add(await lab.page.evaluate(() => document.activeElement.id));
	}
	for (const id of ["chapter", "restart", "files-button", "help-button"]) assert.ok(reached.has(id), `Tab does not reach ${id}`);
	await lab.page.locator("#tab-terminal1").focus();
	await lab.page.keyboard.press("ArrowRight");
	assert.equal(await focused(lab), "tab-terminal2");
	assert.equal(await lab.page.locator("#terminal1").isVisible(), false);
}

export async function copy_and_paste(lab) {
	await lab.start({ permissions: ["clipboard-read", "clipboard-write"] });
	await lab.open();
	await lab.run("echo take-this-word", /take-this-word\n/);
	const row = await lab.page.locator("#terminal1 .xterm-rows > div", { hasText: /^take-this-word/ }).boundingBox();
	await lab.page.mouse.dblclick(row.x + 20, row.y + row.height / 2);
	await lab.page.keyboard.press("Control+Shift+C");
	const copied = await lab.page.evaluate(() => navigator.clipboard.readText());
	assert.match(copied, /^(take|take-this-word)$/);
	await lab.type("echo pasted:");
	await lab.page.keyboard.press("Control+Shift+V");
	await lab.shows(new RegExp(`echo pasted:${copied} ?$`));
}

export async function resize(lab) {
	await lab.start();
	await lab.open();
	const sizes = [];
	for (const [width, height] of [[1280, 800], [900, 500]]) {
		await lab.page.setViewportSize({ width, height });
		await lab.page.waitForTimeout(1000);
		const [, rows, wide] = (await lab.run("stty size", /\d+ \d+\n/)).match(/(\d+) (\d+)\n/);
		assert.equal(Number(rows), await lab.page.locator("#terminal1 .xterm-rows > div").count());
		sizes.push(Number(wide));
		await lab.run(`printf '%*s|\\n' $((${wide} - 1)) ''`, /\|\n/); // as wide as the terminal, and not wider
	}
	assert.ok(sizes[1] < sizes[0], `${sizes}`);
}

export async function phone(lab) {
	await lab.start({ viewport: { width: 400, height: 800 }, colorScheme: "dark", hasTouch: true });
	await lab.open("v0.4-uts");
	for (const document of [lab.page.mainFrame(), lab.page.frames()[1]]) {
		const [wide, reach] = await document.evaluate(() => [innerWidth, globalThis.document.documentElement.scrollWidth]);
		assert.ok(reach <= wide, `${document.url()} is ${reach} wide in ${wide}`);
	}
	const [reading, working] = await Promise.all(["#reading", "#working"].map(part => lab.page.locator(part).boundingBox()));
	assert.ok(working.y >= reading.y + reading.height, "the terminal is not below the chapter");
	for (const id of ["restart", "files-button", "help-button"]) {
		const box = await lab.page.locator(`#${id}`).boundingBox();
		assert.ok(box.x + box.width <= 400, `${id} is cut off`);
	}
	assert.deepEqual(lab.problems, []);
}

// The brightness of rgb(R, G, B), as WCAG reckons it for a contrast.
function brightness(colour) {
	const linear = value => value <= 0.04 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
	const [red, green, blue] = colour.match(/\d+/g).map(value => linear(value / 255));
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
}

// The contrast of each colour that programs print in, on the terminal's background: at least 4.5, as WCAG asks.
export async function colours(lab) {
	await lab.start();
	await lab.open();
	for (const colorScheme of ["light", "dark"]) {
		await lab.page.emulateMedia({ colorScheme });
		await lab.run("printf '\\e[%dmcolour%d\\e[0m ' 3{0..7}{,}; echo", /colour37/);
		const [ground, ...printed] = await lab.page.evaluate(() => {
			const spans = [...document.querySelectorAll("#terminal1 .xterm-rows span")];
			const printed = spans.filter(span => /^colour3\d$/.test(span.textContent)).map(span => getComputedStyle(span).color);
			return [getComputedStyle(document.getElementById("working")).backgroundColor, ...printed];
		});
		assert.equal(printed.length, 8);
		for (const colour of printed) {
			const [low, high] = [brightness(ground), brightness(colour)].sort((a, b) => a - b);
			assert.ok(high / low >= 4.5, `${colorScheme}: ${colour} on ${ground} has a contrast of ${high / low}`);
		}
	}
}

// The line at the bottom: what the page has to say, and how busy the machine is.

const line = document.getElementById("say");
const activity = document.getElementById("activity");

export function say(text) {
	line.textContent = text;
}

// Shows how many instructions of the machine a second has.
export function watchActivity(machine) {
	let before = machine.instructions();
	setInterval(() => {
		const now = machine.instructions();
		const millions = Math.round((now - before) / 1e6);
		before = now;
		activity.dataset.instructions = now;
		activity.textContent = millions < 3 ? "idle" : `${millions} million instructions a second`;
	}, 1000);
}

// The views beside the chapter: two terminals, of which one or both show, and the workshop. And how wide the chapter is.

const tabs = [...document.querySelectorAll("[role=tab]")];
const panels = tabs.map(tab => document.getElementById(tab.getAttribute("aria-controls")));
const both = document.getElementById("both");
const divider = document.getElementById("divider");

export class Views extends EventTarget {
	current = "terminal1";
	#both = false;

	constructor() {
		super();
		for (const [number, tab] of tabs.entries()) {
			tab.addEventListener("click", () => this.show(panels[number].id));
			tab.addEventListener("keydown", event => this.#step(event, number));
		}
		both.addEventListener("click", () => {
			this.#both = !this.#both;
			this.show(this.terminal);
		});
		moveDivider();
	}

	// The terminal that was shown last.
	terminal = "terminal1";

	show(name) {
		this.current = name;
		if (name.startsWith("terminal")) this.terminal = name;
		const shown = panel => panel.id === name || this.#both && name !== "workshop" && panel.id !== "workshop";
		for (const [number, panel] of panels.entries()) {
			panel.hidden = !shown(panel);
			panel.classList.toggle("current", panel.id === name);
			tabs[number].setAttribute("aria-selected", panel.id === name);
			tabs[number].tabIndex = panel.id === name ? 0 : -1;
		}
		both.setAttribute("aria-pressed", this.#both);
		this.dispatchEvent(new CustomEvent("shown", { detail: name }));
	}

	// The arrow keys go from tab to tab.
	#step(event, number) {
		const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
		if (!step) return;
		const next = (number + step + tabs.length) % tabs.length;
		this.show(panels[next].id);
		tabs[next].focus();
	}
}

function moveDivider() {
	const main = document.querySelector("main");
	const stacked = matchMedia("(max-width: 50rem)");
	const set = percent => {
		const share = Math.min(80, Math.max(20, Math.round(percent)));
		main.style.setProperty("--share", `${share}%`);
		divider.setAttribute("aria-valuenow", share);
	};
	divider.addEventListener("pointerdown", event => divider.setPointerCapture(event.pointerId));
	divider.addEventListener("pointermove", event => {
		if (!divider.hasPointerCapture(event.pointerId)) return;
		const box = main.getBoundingClientRect();
		set(100 * (stacked.matches ? (event.clientY - box.top) / box.height : (event.clientX - box.left) / box.width));
	});
	divider.addEventListener("keydown", event => {
		const step = { ArrowLeft: -2, ArrowUp: -2, ArrowRight: 2, ArrowDown: 2 }[event.key];
		if (step) set(Number(divider.getAttribute("aria-valuenow")) + step);
	});
}

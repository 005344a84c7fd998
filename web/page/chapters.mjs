// The chapter beside the machine: a page of tools/docs in a frame. Each command of its transcripts gets a button that types it.

const frame = document.getElementById("frame");
const select = document.getElementById("chapter");
const folder = "chapters/";

const nameOf = address => new URL(address).pathname.match(/([^/]*)\.html$/)?.[1] ?? "index";

export class Chapters {
	#actions;

	// actions: type(command, sign, event) types a command that is for a prompt with this sign; interrupt() presses Ctrl+C.
	constructor(actions, { version, onKeys }) {
		this.#actions = actions;
		frame.addEventListener("load", () => this.#loaded(frame.contentDocument, version, onKeys));
		select.addEventListener("change", () => this.open(select.value));
		addEventListener("hashchange", () => this.#follow());
	}

	// The page's address names the chapter: #v0.4-uts.
	start() {
		if (!this.#follow()) this.open("index");
	}

	#follow() {
		const name = decodeURIComponent(location.hash.slice(1));
		const known = /^[\w.-]+$/.test(name);
		if (known && name !== this.#shown()) this.open(name);
		return known;
	}

	#shown() {
		const address = frame.contentWindow.location.href;
		return address === "about:blank" ? "" : nameOf(address);
	}

	open(name) {
		frame.contentWindow.location.replace(new URL(`${folder}${name}.html`, location));
	}

	focus() {
		frame.contentWindow.focus();
		frame.contentDocument.querySelector("main")?.focus();
	}

	#loaded(page, version, onKeys) {
		const main = page.querySelector("main");
		if (!main) return;
		page.head.insertAdjacentHTML("beforeend", `<link rel="stylesheet" href="../chapter.css?v=${version}">`);
		main.tabIndex = -1;
		onKeys(page);
		listChapters(page);
		openElsewhere(page);
		const name = this.#shown();
		frame.title = page.title;
		history.replaceState(null, "", `#${name}`);
		const step = name.match(/^v\d+\.\d+(?=-[a-z0-9]+$)/)?.[0];
		if (step) this.#addCheckout(main, `scripts/checkout ${step}`);
		for (const typed of main.querySelectorAll("pre.console kbd")) this.#addCommand(typed);
		for (const line of main.querySelectorAll("pre.console code > span")) {
			if (line.textContent === "^C\n") line.prepend(makeButton(page, "▸", "Ctrl+C", this.#actions.interrupt));
		}
	}

	#addCheckout(main, command) {
		const button = makeButton(main.ownerDocument, command, command, event => this.#actions.type(command, "$", event));
		button.classList.add("checkout");
		main.querySelector("h1").after(button);
	}

	#addCommand(typed) {
		const command = typed.textContent;
		const [sign] = typed.previousSibling.textContent.match(/[$#] ?$/)[0];
		typed.before(makeButton(typed.ownerDocument, "▸", command, event => this.#actions.type(command, sign, event)));
	}
}

function makeButton(page, label, typed, action) {
	const button = page.createElement("button");
	button.className = "type";
	button.setAttribute("aria-label", `Type: ${typed}`);
	button.title = "Types it into the terminal";
	button.textContent = label;
	button.addEventListener("click", action);
	return button;
}

// The chapters are those of the page's own navigation.
function listChapters(page) {
	const options = [...page.querySelectorAll("nav.all a")].map(link =>
		new Option(link.textContent, nameOf(link.href), false, link.hasAttribute("aria-current")));
	select.replaceChildren(...options);
	if (!page.querySelector("nav.all a[aria-current]")) select.prepend(new Option(page.title, "", true, true));
	select.disabled = false;
}

// Only the course is shown in the frame.
function openElsewhere(page) {
	for (const link of page.links) {
		if (link.origin === location.origin) continue;
		link.target = "_blank";
		link.rel = "noopener noreferrer";
	}
}

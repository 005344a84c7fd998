// For tests/docs.bats: says what is seen in each frame of a page: its width, how far it scrolls, whether its heading shows, and its
// title. Of a frame with a diff it says the lines, too, from top to bottom.

const facts = ({ contentDocument: page, width, name }) =>
	["page", name, width, page.documentElement.scrollWidth, page.querySelector("h1").offsetHeight > 0, page.title].join(" ")

const lines = ({ contentDocument: page, width, name }) => {
	page.querySelectorAll("details").forEach(part => part.open = true)
	return [...page.querySelectorAll("h2#gcr\\.c ~ * td:not(.n)")].filter(cell => cell.offsetHeight > 0)
		.map(cell => [cell.getBoundingClientRect().top, cell.className, cell.textContent])
		.sort((a, b) => a[0] - b[0])
		.map(([, mark, text]) => `line ${name} ${width} ${{ add: "+", del: "-" }[mark] ?? " "}${text}`)
}

addEventListener("load", () => {
	const frames = [...document.querySelectorAll("iframe")]
	const text = [...frames.map(facts), ...frames.filter(frame => frame.name.endsWith("-diff")).flatMap(lines)].join("\n")
	document.documentElement.innerHTML = "<pre></pre>"
	document.querySelector("pre").textContent = "\n" + text
})

// The page's own keys: Ctrl+Shift with a digit, which no terminal can tell from the digit alone, so that it loses nothing.

export function listenForKeys(actions, target = document) {
	target.addEventListener("keydown", event => {
		const digit = event.code.match(/^Digit(\d)$/)?.[1];
		if (!event.ctrlKey || !event.shiftKey || event.altKey || !actions[digit]) return;
		event.preventDefault();
		actions[digit]();
	});
}

// The workshop's editor: CodeMirror for C, in the colours of the chapters. It shows one file at a time, and keeps each with its history.
import { indentWithTab } from "@codemirror/commands";
import { cpp } from "@codemirror/lang-cpp";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup } from "codemirror";

const colours = HighlightStyle.define([
	{ tag: [tags.keyword, tags.modifier], color: "var(--keyword)" },
	{ tag: [tags.typeName, tags.standard(tags.typeName)], color: "var(--type)" },
	{ tag: [tags.string, tags.character], color: "var(--string)" },
	{ tag: tags.comment, color: "var(--comment)" },
	{ tag: [tags.number, tags.bool, tags.null], color: "var(--number)" },
	{ tag: [tags.processingInstruction, tags.macroName], color: "var(--macro)" },
]);

const theme = EditorView.theme({
	"&": { height: "100%", backgroundColor: "var(--paper)", color: "var(--ink)", fontSize: "14px" },
	".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.45" },
	".cm-content": { caretColor: "var(--ink)" },
	"&.cm-focused": { outline: "none" },
	"&.cm-focused .cm-cursor": { borderLeftColor: "var(--ink)" },
	".cm-gutters": { backgroundColor: "var(--block)", color: "var(--dim)", borderRight: "1px solid var(--rule)" },
	".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--link) 8%, transparent)" },
	".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
		backgroundColor: "color-mix(in srgb, var(--link) 25%, transparent)",
	},
	".cm-panels, .cm-tooltip": { backgroundColor: "var(--block)", color: "var(--ink)", borderColor: "var(--rule)" },
});

export class Editor {
	#view;
	#extensions;
	#states = new Map();
	#name = null;

	// Calls onChange whenever the text changes, and onSave at Ctrl+S.
	constructor(element, { label, onChange, onSave }) {
		this.#extensions = [
			keymap.of([{ key: "Mod-s", preventDefault: true, run: () => (onSave(), true) }, indentWithTab]),
			basicSetup,
			cpp(),
			indentUnit.of("\t"),
			EditorState.tabSize.of(4),
			EditorView.lineWrapping,
			lintGutter(),
			syntaxHighlighting(colours),
			theme,
			EditorView.contentAttributes.of({ "aria-label": label }),
			EditorView.updateListener.of(update => update.docChanged && onChange()),
		];
		this.#view = new EditorView({ parent: element });
	}

	// Shows a file. If it has been shown before, with what was written since; else with this text.
	show(name, text) {
		if (name === this.#name) return;
		if (this.#name !== null) this.#states.set(this.#name, this.#view.state);
		this.#name = name;
		this.#view.setState(this.#states.get(name) ?? EditorState.create({ doc: text, extensions: this.#extensions }));
	}

	// Puts another text in place of the one that shows. Ctrl+Z takes that back.
	replace(text) {
		const { state } = this.#view;
		const head = Math.min(state.selection.main.head, text.length);
		this.#view.dispatch({ changes: { from: 0, to: state.doc.length, insert: text }, selection: { anchor: head } });
	}

	// What is written in a file that was shown.
	text(name) {
		const state = name === this.#name ? this.#view.state : this.#states.get(name);
		return state.doc.toString();
	}

	// Marks lines of the file that shows: [{ line, severity, message }].
	mark(messages) {
		const { doc } = this.#view.state;
		const diagnostics = messages.filter(({ line }) => line >= 1 && line <= doc.lines)
			.map(({ line, severity, message }) => ({ from: doc.line(line).from, to: doc.line(line).to, severity, message }));
		this.#view.dispatch(setDiagnostics(this.#view.state, diagnostics));
	}

	// Goes to the first line that has this text.
	goTo(text) {
		const place = this.#view.state.doc.toString().indexOf(text);
		if (place === -1) return;
		this.#view.dispatch({ selection: { anchor: place }, effects: EditorView.scrollIntoView(place, { y: "start", yMargin: 80 }) });
	}

	focus() {
		this.#view.focus();
	}
}

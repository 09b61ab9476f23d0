/** A source file in CodeMirror, to be read and to set breakpoints in. Loaded when it is first needed. */
import { defaultKeymap } from "@codemirror/commands";
import { cpp } from "@codemirror/lang-cpp";
import { defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { assembly } from "./assembly-language.ts";
import { lineStart, setMarks, sourceMarks } from "./source-marks.ts";

/** CodeMirror's colours and the page's in their place, which differ between light and dark. */
const COLOURS: ReadonlyMap<string, string> = new Map([
  ["#404740", "meta"],
  ["#708", "keyword"],
  ["#219", "number"],
  ["#164", "number"],
  ["#a11", "string"],
  ["#e40", "string"],
  ["#00f", "name"],
  ["#30a", "name"],
  ["#085", "type"],
  ["#167", "type"],
  ["#256", "type"],
  ["#00c", "name"],
  ["#940", "comment"],
]);
const highlighting = HighlightStyle.define(
  defaultHighlightStyle.specs.map(({ color, ...style }) => ({
    ...style,
    color: `var(--syntax-${COLOURS.get(color) ?? "name"})`,
  })),
);

/** Goes to a place by scrolling the source alone, and not the panel around it. */
const scrolling = EditorView.scrollHandler.of((view, { head }, { y }) => {
  if (y !== "center") return false;
  const { scrollDOM } = view;
  scrollDOM.scrollTop = view.lineBlockAt(head).top - scrollDOM.clientHeight / 3;
  return true;
});

export interface SourceEditorOptions {
  readonly parent: HTMLElement;
  /** The user wants a breakpoint at a line, or none. */
  readonly onBreak: (line: number) => void;
}

export class SourceEditor {
  readonly #view: EditorView;
  readonly #options: SourceEditorOptions;
  #file = "";

  constructor(options: SourceEditorOptions) {
    this.#options = options;
    this.#view = new EditorView({ parent: options.parent, state: this.#state("") });
  }

  get file(): string {
    return this.#file;
  }

  /** Line of the caret, where the user is about to do something. */
  get cursorLine(): number {
    const { doc, selection } = this.#view.state;
    return doc.lineAt(selection.main.head).number;
  }

  open(file: string, text: string, withCode: ReadonlySet<number>): void {
    this.#file = file;
    this.#view.setState(this.#state(text));
    this.#view.dispatch({ effects: setMarks.of({ withCode }) });
  }

  setBreakpoints(breakpoints: ReadonlySet<number>): void {
    this.#view.dispatch({ effects: setMarks.of({ breakpoints }) });
  }

  /** `browsing`: the line is looked at, and not where the hart stands. */
  goTo(line: number, browsing: boolean): void {
    const at = lineStart(this.#view.state, line);
    const scroll = at === undefined ? [] : [EditorView.scrollIntoView(at, { y: "center" })];
    this.#view.dispatch({
      effects: [setMarks.of({ line, browsing }), ...scroll],
      ...(at !== undefined && { selection: { anchor: at } }),
    });
  }

  #state(doc: string): EditorState {
    const toggle = (line: number): boolean => {
      this.#options.onBreak(line);
      return true;
    };
    const isAssembly = /\.S$/.test(this.#file);
    return EditorState.create({
      doc,
      extensions: [
        sourceMarks(toggle),
        EditorState.readOnly.of(true),
        EditorState.tabSize.of(4),
        scrolling,
        drawSelection({ cursorBlinkRate: 0 }),
        highlightSelectionMatches(),
        keymap.of([{ key: "Enter", run: () => toggle(this.cursorLine) }, ...searchKeymap, ...defaultKeymap]),
        syntaxHighlighting(highlighting),
        isAssembly ? assembly : cpp(),
        EditorView.contentAttributes.of({
          "aria-label": `Source of ${this.#file}; Enter sets a breakpoint`,
          // Nothing is typed here, so a touch screen needs no keyboard.
          inputmode: "none",
          tabindex: "0",
        }),
      ],
    });
  }
}

/** Marks in the source editor: breakpoints, the line where the hart stands, lines that have code. */
import { type EditorState, type Extension, RangeSet, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  GutterMarker,
  gutter,
  lineNumbers,
} from "@codemirror/view";

interface Marks {
  /** The line where the hart stands, or that is looked at. */
  readonly line: number;
  /** The line is looked at, and not where the hart stands. */
  readonly browsing: boolean;
  readonly breakpoints: ReadonlySet<number>;
  readonly withCode: ReadonlySet<number>;
}

const NO_MARKS: Marks = { line: 0, browsing: true, breakpoints: new Set(), withCode: new Set() };
/** Changes marks. */
export const setMarks = StateEffect.define<Partial<Marks>>();

const marks = StateField.define<Marks>({
  create: () => NO_MARKS,
  update: (value, { effects }) => {
    const changes = effects.filter((effect) => effect.is(setMarks)).map((effect) => effect.value);
    return changes.length > 0 ? Object.assign({}, value, ...changes) : value;
  },
});

class Mark extends GutterMarker {
  constructor(
    readonly text: string,
    readonly name: string,
    readonly title: string,
  ) {
    super();
  }

  override eq(other: Mark): boolean {
    return other.text === this.text && other.name === this.name;
  }

  override toDOM(): Node {
    const span = document.createElement("span");
    Object.assign(span, { className: this.name, textContent: this.text, title: this.title });
    return span;
  }
}

const BREAK = new Mark("●", "break", "Breakpoint");
const WIDEST = new Mark("●▶", "room", "");
const HERE = new Mark("▶", "here", "The hart stands here");
const BREAK_HERE = new Mark("●▶", "break", "Breakpoint, and the hart stands here");
const LOOKED_AT = new Mark("›", "look", "Looked at");
const CODE = new Mark("·", "code", "Click for a breakpoint");

function markOf(line: number, { line: current, browsing, breakpoints, withCode }: Marks): Mark | undefined {
  const stands = line === current && !browsing;
  if (breakpoints.has(line)) return stands ? BREAK_HERE : BREAK;
  if (line === current) return browsing ? LOOKED_AT : HERE;
  return withCode.has(line) ? CODE : undefined;
}

/** Where the line begins; undefined when the file has no such line. */
export function lineStart(state: EditorState, line: number): number | undefined {
  return line >= 1 && line <= state.doc.lines ? state.doc.line(line).from : undefined;
}

function gutterMarks(view: EditorView): RangeSet<GutterMarker> {
  const all = view.state.field(marks);
  const lines = new Set([...all.withCode, ...all.breakpoints, all.line]);
  const ranges = [...lines].flatMap((line) => {
    const [mark, at] = [markOf(line, all), lineStart(view.state, line)];
    return mark && at !== undefined ? [mark.range(at)] : [];
  });
  return RangeSet.of(ranges, true);
}

function lineMark(state: EditorState): DecorationSet {
  const { line, browsing } = state.field(marks);
  const at = lineStart(state, line);
  if (at === undefined) return Decoration.none;
  return Decoration.set([Decoration.line({ class: browsing ? "looked-at" : "current" }).range(at)]);
}

/** The gutters with their marks; `onClick` hears of clicks on lines there. */
export function sourceMarks(onClick: (line: number) => void): Extension {
  const clicks = {
    mousedown: (view: EditorView, { from }: { from: number }): boolean => {
      onClick(view.state.doc.lineAt(from).number);
      return true;
    },
  };
  return [
    marks,
    gutter({
      class: "marks",
      markers: gutterMarks,
      lineMarkerChange: ({ startState, state }) => startState.field(marks) !== state.field(marks),
      initialSpacer: () => WIDEST,
      domEventHandlers: clicks,
    }),
    lineNumbers({ domEventHandlers: clicks }),
    EditorView.decorations.compute([marks], lineMark),
  ];
}

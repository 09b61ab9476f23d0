/** Colours for RISC-V assembly as GNU as and the C preprocessor read it. */
import { StreamLanguage } from "@codemirror/language";

interface State {
  comment: boolean;
  /** Nothing but labels has come on this line yet. */
  begins: boolean;
}

export const assembly = StreamLanguage.define<State>({
  name: "assembly",
  startState: () => ({ comment: false, begins: true }),
  token(stream, state) {
    if (stream.sol()) state.begins = true;
    if (state.comment || stream.match("/*")) {
      state.comment = !stream.match(/^.*?\*\//);
      if (state.comment) stream.skipToEnd();
      return "comment";
    }
    if (stream.eatSpace()) return null;
    if (stream.sol() && stream.match(/^#\s*\w+/)) {
      state.begins = false;
      return "meta";
    }
    if (stream.match(/^(#|\/\/).*/)) return "comment";
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
    if (stream.match(/^[\w.$]+:/)) return "labelName";
    if (state.begins && stream.match(/^\.?[\w.]+/)) {
      state.begins = false;
      return stream.current().startsWith(".") ? "meta" : "keyword";
    }
    if (stream.match(/^(?:x\d+|f\d+|[astf][stap]?\d+|zero|ra|sp|gp|tp|fp)\b/)) return "variableName.special";
    if (stream.match(/^-?(?:0x[0-9a-f]+|\d+)[bf]?\b/i)) return "number";
    if (stream.match(/^[\w.$%]+/)) return "variableName";
    if (stream.eat(";")) {
      state.begins = true;
      return null;
    }
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: "#" } },
});

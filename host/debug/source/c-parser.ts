/** Reads the expressions that people type in a debugger: C without assignments and calls, and `$register`. */
import { HartbeatError } from "../../errors.ts";

export type Expression =
  | { readonly kind: "number"; readonly value: bigint }
  | { readonly kind: "name" | "register"; readonly name: string }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "member"; readonly whole: Expression; readonly name: string }
  | { readonly kind: "index"; readonly array: Expression; readonly index: Expression }
  | { readonly kind: "cast"; readonly type: TypeName; readonly operand: Expression }
  | { readonly kind: "sizeof"; readonly type: TypeName };

/** `struct list_head **`: the name without qualifiers, and how many pointers there are to it. */
export interface TypeName {
  readonly name: string;
  readonly pointers: number;
}

/** Whether a name that no keyword introduces is one of a type. */
export type IsType = (name: string) => boolean;

const TOKEN =
  /\s*(?:(0[xX][0-9a-fA-F]+|\d+)[uUlL]*\b|'(\\?[^'])'|(\$?[A-Za-z_]\w*)|(->|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^~!<>()[\].]))/y;
const TAGS = new Set(["struct", "union", "enum"]);
const QUALIFIERS = new Set(["const", "volatile"]);
const WORDS = new Set([
  "unsigned",
  "signed",
  "long",
  "short",
  "int",
  "char",
  "void",
  "_Bool",
  "bool",
  "float",
  "double",
]);
const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, "0": 0, "\\": 92, "'": 39 };

/** Binary operators, those that bind loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];
const UNARY = new Set(["*", "&", "-", "!", "~", "+"]);
const DEEPEST = 100;

interface Token {
  readonly kind: "number" | "word" | "sign";
  readonly text: string;
  readonly value: bigint;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== "") {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match)
      throw new HartbeatError(`'${text.slice(from).trim()}' is no expression; write C, as in current->pid.`);
    const [, number, character, word, sign] = match;
    if (number !== undefined) tokens.push({ kind: "number", text: number, value: BigInt(number) });
    else if (character !== undefined) {
      const code = character.startsWith("\\") ? ESCAPES[character.slice(1)] : character.charCodeAt(0);
      tokens.push({ kind: "number", text: character, value: BigInt(code ?? 0) });
    } else tokens.push({ kind: word === undefined ? "sign" : "word", text: word ?? sign ?? "", value: 0n });
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #isType: IsType;
  #at = 0;
  #depth = 0;

  constructor(text: string, isType: IsType) {
    this.#tokens = tokensOf(text);
    this.#isType = isType;
  }

  parse(): Expression {
    const expression = this.#binary(0);
    const rest = this.#tokens[this.#at];
    if (rest) throw new HartbeatError(`'${rest.text}' is not expected there.`);
    return expression;
  }

  #is(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind !== "number" && token?.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new HartbeatError(`'${text}' is missing.`);
  }

  #word(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "word") throw new HartbeatError("A name is missing.");
    this.#at += 1;
    return token.text;
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => this.#is(candidate));
      if (operator === undefined) return left;
      this.#at += 1;
      left = { kind: "binary", operator, left, right: this.#binary(level + 1) };
    }
  }

  #unary(): Expression {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new HartbeatError("The expression nests too deeply.");
    try {
      const token = this.#tokens[this.#at];
      if (token?.kind === "sign" && UNARY.has(token.text)) {
        this.#at += 1;
        return { kind: "unary", operator: token.text, operand: this.#unary() };
      }
      if (this.#is("sizeof")) return this.#sizeof();
      const type = this.#is("(") ? this.#typeInParentheses() : undefined;
      return type ? { kind: "cast", type, operand: this.#unary() } : this.#postfix();
    } finally {
      this.#depth -= 1;
    }
  }

  #sizeof(): Expression {
    this.#at += 1;
    const type = this.#typeInParentheses();
    if (!type) throw new HartbeatError("Write sizeof(TYPE).");
    return { kind: "sizeof", type };
  }

  /** A cast's type; undefined, and nothing taken, when the parentheses hold something else. */
  #typeInParentheses(): TypeName | undefined {
    const start = this.#at;
    this.#at += 1;
    const words: string[] = [];
    for (let token = this.#tokens[this.#at]; token?.kind === "word"; token = this.#tokens[this.#at]) {
      const { text } = token;
      const before = words.at(-1);
      const continues = TAGS.has(before ?? "") || (WORDS.has(text) && words.every((word) => WORDS.has(word)));
      const begins = words.length === 0 && (TAGS.has(text) || this.#isType(text));
      if (!QUALIFIERS.has(text)) {
        if (!continues && !begins) break;
        words.push(text);
      }
      this.#at += 1;
    }
    let pointers = 0;
    for (;;) {
      if (this.#take("*")) pointers += 1;
      else if (!this.#take("const") && !this.#take("volatile")) break;
    }
    if (words.length > 0 && this.#take(")")) return { name: words.join(" "), pointers };
    this.#at = start;
    return undefined;
  }

  #postfix(): Expression {
    let whole = this.#primary();
    for (;;) {
      if (this.#take(".") || this.#take("->")) whole = { kind: "member", whole, name: this.#word() };
      else if (this.#take("[")) {
        whole = { kind: "index", array: whole, index: this.#binary(0) };
        this.#expect("]");
      } else return whole;
    }
  }

  #primary(): Expression {
    const token = this.#tokens[this.#at];
    if (!token) throw new HartbeatError("The expression ends too early.");
    this.#at += 1;
    if (token.kind === "number") return { kind: "number", value: token.value };
    if (token.kind === "word") {
      return token.text.startsWith("$")
        ? { kind: "register", name: token.text.slice(1) }
        : { kind: "name", name: token.text };
    }
    if (token.text !== "(") throw new HartbeatError(`'${token.text}' is not expected there.`);
    const inner = this.#binary(0);
    this.#expect(")");
    return inner;
  }
}

/** Throws HartbeatError, saying what is wrong, when the text is no expression. */
export function parseExpression(text: string, isType: IsType): Expression {
  return new Parser(text, isType).parse();
}

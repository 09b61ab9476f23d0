/** The small language in which an instruction's meaning is written: its tree and its parser. See README.md. */

/** An expression of 64-bit values. */
export type Expression =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "number"; readonly value: number }
  | {
      readonly kind: "binary";
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] };

/** What an instruction does. */
export type Statement =
  | { readonly kind: "assign"; readonly target: "rd" | "fd"; readonly value: Expression }
  | {
      readonly kind: "store";
      readonly bits: number;
      readonly address: Expression;
      readonly value: Expression;
    }
  | { readonly kind: "branch"; readonly condition: Expression; readonly target: Expression }
  | { readonly kind: "jump"; readonly target: Expression }
  | { readonly kind: "helper"; readonly name: string }
  /** Nothing, as the instruction named here does with these operands. */
  | { readonly kind: "hint"; readonly general: string }
  | { readonly kind: "nop" };

/** Binary operators by precedence, loosest first. */
const PRECEDENCE = [
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<s", "<u", ">=s", ">=u"],
  ["<<", ">>s", ">>u"],
  ["+", "-"],
  ["*"],
] as const;
export type Operator = (typeof PRECEDENCE)[number][number];

/** Operators whose result is 0 or 1. */
export const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<s", "<u", ">=s", ">=u"]);

const TOKEN = /\s*(>>[su]|<<|>=[su]|<[su]|==|!=|[-+*&|^(),=]|@?[A-Za-z_]\w*|\d+)/y;

class Parser {
  private readonly tokens: string[] = [];
  private position = 0;

  constructor(private readonly text: string) {
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const start = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (!match?.[1]) throw new Error(`cannot read "${text.slice(start)}" in the meaning "${text}"`);
      this.tokens.push(match[1]);
    }
  }

  statement(): Statement {
    const parsed = this.statementBody();
    if (this.position !== this.tokens.length)
      this.fail(`left over: ${this.tokens.slice(this.position).join(" ")}`);
    return parsed;
  }

  private statementBody(): Statement {
    const first = this.next();
    if (first === "nop") return { kind: "nop" };
    if (first === "hint") return { kind: "hint", general: this.next() };
    if (first.startsWith("@")) return { kind: "helper", name: first.slice(1) };
    if (first === "if") {
      const condition = this.expression();
      this.expect("jump");
      return { kind: "branch", condition, target: this.expression() };
    }
    if (first === "jump") {
      const target = this.expression();
      this.expect("link");
      this.expect("rd");
      return { kind: "jump", target };
    }
    const store = /^store(8|16|32|64)$/.exec(first);
    if (store) {
      const [address, value, ...rest] = this.args();
      if (!address || !value || rest.length > 0) this.fail("a store takes an address and a value");
      return { kind: "store", bits: Number(store[1]), address, value };
    }
    if (first !== "rd" && first !== "fd") this.fail(`a statement cannot begin with "${first}"`);
    this.expect("=");
    return { kind: "assign", target: first, value: this.expression() };
  }

  private expression(level = 0): Expression {
    const operators: readonly string[] | undefined = PRECEDENCE[level];
    if (!operators) return this.primary();
    let left = this.expression(level + 1);
    for (;;) {
      const operator = this.tokens[this.position];
      if (operator === undefined || !operators.includes(operator)) return left;
      this.position++;
      left = { kind: "binary", operator: operator as Operator, left, right: this.expression(level + 1) };
    }
  }

  private primary(): Expression {
    const token = this.next();
    if (token === "(") {
      const inner = this.expression();
      this.expect(")");
      return inner;
    }
    if (token === "-") return { kind: "number", value: -Number(this.next()) };
    if (/^\d+$/.test(token)) return { kind: "number", value: Number(token) };
    if (!/^\w+$/.test(token)) this.fail(`"${token}" is not a value`);
    return this.tokens[this.position] === "("
      ? { kind: "call", name: token, args: this.args() }
      : { kind: "name", name: token };
  }

  private args(): Expression[] {
    this.expect("(");
    const args = [this.expression()];
    while (this.tokens[this.position] === ",") {
      this.position++;
      args.push(this.expression());
    }
    this.expect(")");
    return args;
  }

  private next(): string {
    const token = this.tokens[this.position++];
    if (token === undefined) this.fail("it ends too soon");
    return token;
  }

  private expect(token: string): void {
    const found = this.next();
    if (found !== token) this.fail(`expected "${token}", found "${found}"`);
  }

  private fail(why: string): never {
    throw new Error(`meaning "${this.text}": ${why}`);
  }
}

/** Reads one meaning. Throws Error naming the text and the fault. */
export function parseMeaning(text: string): Statement {
  return new Parser(text).statement();
}

/** The expressions of a statement. */
function expressionsOf(statement: Statement): Expression[] {
  switch (statement.kind) {
    case "assign":
      return [statement.value];
    case "store":
      return [statement.address, statement.value];
    case "branch":
      return [statement.condition, statement.target];
    case "jump":
      return [statement.target];
    default:
      return [];
  }
}

/** Every name and every function that occurs in a statement. */
export function namesIn(statement: Statement): { values: Set<string>; functions: Set<string> } {
  const found = { values: new Set<string>(), functions: new Set<string>() };
  const visit = (expression: Expression): void => {
    if (expression.kind === "name") found.values.add(expression.name);
    if (expression.kind === "binary") [expression.left, expression.right].forEach(visit);
    if (expression.kind === "call") {
      found.functions.add(expression.name);
      expression.args.forEach(visit);
    }
  };
  expressionsOf(statement).forEach(visit);
  if (statement.kind === "assign") found.values.add(statement.target);
  return found;
}

/** Whether a statement reads or writes floating-point state, so that mstatus.FS has a say in it. */
export function isFloat(statement: Statement): boolean {
  const { values } = namesIn(statement);
  return ["fd", "fs1", "fs2", "fs3"].some((name) => values.has(name));
}

/** Follows the call stacks of all harts and tasks through an instruction trace, and adds up cycles by stack. */
import type { TraceCursor } from "../core/trace-buffer.ts";
import type { TaskTracker, TracedTask } from "../trace/task-tracker.ts";
import { CallNode } from "./call-tree.ts";
import type { CodeTable } from "./code-table.ts";
import { Flow, type FlowListener, type Handler } from "./flow.ts";
import { type Transfer, transferOf } from "./transfers.ts";
import { trapName } from "./trap-names.ts";

const USER = 0;
const MACHINE = 3;

/** Told of what a hart does, with the cycles of that hart. */
export interface StackListener {
  onOpen(hart: number, node: CallNode, cycle: number): void;
  onClose(hart: number, node: CallNode, cycle: number): void;
}

interface Hart {
  flow: Flow;
  /** Cycle in which the last instruction issued. */
  clock: number;
  privilege: number;
  /** What the last instruction did, until it is seen where that led to. */
  transfer: Transfer | undefined;
  /** Address behind it. */
  behind: number;
}

export class CallStacks {
  readonly root: CallNode;
  readonly #table: CodeTable;
  readonly #tasks: TaskTracker;
  readonly #listener: StackListener | undefined;
  readonly #harts: Hart[] = [];
  readonly #flows = new Map<number, Flow>();

  constructor(table: CodeTable, tasks: TaskTracker, listener?: StackListener) {
    this.root = new CallNode(table.special("all"), undefined);
    this.#table = table;
    this.#tasks = tasks;
    this.#listener = listener;
  }

  /** Cycle up to which a hart has been followed. */
  clock(hart: number): number | undefined {
    return this.#harts[hart]?.clock;
  }

  /** Numbers of the harts that have executed something. */
  get harts(): number[] {
    return [...this.#harts.keys()].filter((hart) => this.#harts[hart]);
  }

  /** What is open on a hart, outermost first. */
  open(hart: number): readonly CallNode[] {
    return this.#harts[hart]?.flow.nodes ?? [];
  }

  /** Takes a record; one of kind `task` after the tracker has taken it, which says what was there `before`. */
  note(record: TraceCursor, before?: TracedTask): void {
    const hart = this.#hart(record);
    if (record.kind === "instruction") this.#execute(record, hart);
    else if (record.kind === "task") this.#switch(record, hart, before);
    else if (record.kind !== "killed") this.#trap(record, hart);
  }

  #hart(record: TraceCursor): Hart {
    const index = record.hart;
    const known = this.#harts[index];
    if (known) return known;
    const flow = new Flow(this.#table, this.#rootOf(this.#tasks.current(index)));
    const clock = record.kind === "instruction" ? record.issued - 1 - record.stall : record.cycle;
    const { privilege } = record;
    const hart: Hart = { flow, clock, privilege, transfer: undefined, behind: 0 };
    this.#harts[index] = hart;
    this.#attach(index, hart, flow);
    return hart;
  }

  #execute(record: TraceCursor, hart: Hart): void {
    const { pc, insn, issued, stall, privilege } = record;
    const { flow } = hart;
    const gap = issued - 1 - stall - hart.clock;
    if (gap > 0) this.#wait(hart, gap);
    this.#arrive(record.hart, hart, pc);
    flow.at(pc, this.#program(record.hart, hart));
    flow.node.cycles += 1 + stall;
    flow.node.instructions += 1;
    hart.clock = issued;
    hart.privilege = privilege;
    hart.transfer = transferOf(insn);
    hart.behind = pc + ((insn & 3) === 3 ? 4 : 2);
  }

  /** The hart slept, or its pipeline ran empty. */
  #wait(hart: Hart, cycles: number): void {
    const node = hart.flow.node.child(this.#table.special("[waiting]"));
    hart.flow.listener?.onOpen(node);
    node.cycles += cycles;
    hart.clock += cycles;
    hart.flow.listener?.onClose(node);
  }

  /** The last transfer has led to `pc`. */
  #arrive(index: number, hart: Hart, pc: number): void {
    const { flow, transfer } = hart;
    if (!transfer) return;
    hart.transfer = undefined;
    const program = this.#program(index, hart);
    if (transfer === "return" || transfer === "exchange") flow.return(pc);
    if (transfer === "call" || transfer === "exchange") flow.call(pc, hart.behind, program);
    if (transfer === "sret") flow.trapReturn(1);
    if (transfer === "mret") flow.trapReturn(3);
  }

  #trap(record: TraceCursor, hart: Hart): void {
    const { kind, pc, insn, privilege } = record;
    this.#arrive(record.hart, hart, pc);
    const name = trapName(kind === "interrupt" ? "interrupt" : "exception", insn);
    const handler: Handler = privilege === MACHINE ? 3 : 1;
    hart.flow.trap(this.#table.special(`[${name}]`), handler);
    hart.privilege = privilege;
  }

  #switch(record: TraceCursor, hart: Hart, before: TracedTask | undefined): void {
    const task = this.#tasks.current(record.hart);
    const address = task.address ?? 0;
    const root = this.#rootOf(task);
    let flow = this.#flows.get(address);
    // What a hart did before it had a task is the past of its first one.
    if (!flow) flow = before?.address === undefined ? hart.flow : new Flow(this.#table, root);
    this.#flows.set(address, flow);
    if (flow !== hart.flow) this.#attach(record.hart, hart, flow);
    if (task.space === 0 || flow.space === task.space) return;
    // The task has begun a program.
    this.#restart(record.hart, hart, root);
    flow.space = task.space;
  }

  /** Has the hart go on with another flow. */
  #attach(index: number, hart: Hart, flow: Flow): void {
    for (const node of hart.flow.nodes.reverse()) hart.flow.listener?.onClose(node);
    hart.flow.listener = undefined;
    hart.flow = flow;
    flow.listener = this.#listenerOf(index, hart);
    for (const node of flow.nodes) flow.listener?.onOpen(node);
  }

  #restart(index: number, hart: Hart, root: CallNode): void {
    const { flow } = hart;
    const listener = this.#listenerOf(index, hart);
    const old = flow.root;
    flow.restart(root);
    listener?.onClose(old);
    listener?.onOpen(root);
  }

  #listenerOf(index: number, hart: Hart): FlowListener | undefined {
    const listener = this.#listener;
    return (
      listener && {
        onOpen: (node) => listener.onOpen(index, node, hart.clock),
        onClose: (node) => listener.onClose(index, node, hart.clock),
      }
    );
  }

  #program(index: number, hart: Hart): string | undefined {
    return hart.privilege === USER ? this.#tasks.current(index).name : undefined;
  }

  #rootOf({ name, pid }: TracedTask): CallNode {
    return this.root.child(this.#table.special(pid === undefined ? name : `${name} (${pid})`));
  }
}

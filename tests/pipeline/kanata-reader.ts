/** Reads Kanata 0004 as its documentation has it, and throws at the first line that it does not allow. */

export interface KanataOp {
  readonly id: number;
  readonly thread: number;
  readonly fetched: number;
  label: string;
  readonly stages: { readonly lane: number; readonly name: string; readonly begin: number; end: number }[];
  retired: { readonly cycle: number; readonly serial: number; readonly flushed: boolean } | undefined;
}

export function readKanata(text: string): KanataOp[] {
  const ops: KanataOp[] = [];
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("the last line does not end");
  if (lines[0] !== "Kanata\t0004") throw new Error("no header of Kanata 0004");
  if (!/^C=\t\d+$/.test(lines[1] ?? "")) throw new Error("no first cycle");
  let cycle = Number(lines[1]?.slice(3));
  for (const line of lines.slice(2)) {
    const [command, ...words] = line.split("\t");
    const numbers = words.map(Number);
    if (command === "C") {
      if (!((numbers[0] ?? 0) > 0)) throw new Error(`time does not go on: ${line}`);
      cycle += numbers[0] ?? 0;
      continue;
    }
    const id = numbers[0] ?? -1;
    if (command === "I") {
      if (id !== ops.length) throw new Error(`numbers do not follow each other: ${line}`);
      ops.push({ id, thread: numbers[2] ?? -1, fetched: cycle, label: "", stages: [], retired: undefined });
      continue;
    }
    const op = ops[id];
    if (!op || op.retired) throw new Error(`of no living instruction: ${line}`);
    const lane = numbers[1] ?? 0;
    const open = op.stages.find((stage) => stage.lane === lane && stage.end < 0);
    if (command === "L") {
      if (lane === 0) op.label += words[2];
    } else if (command === "S") {
      if (open) open.end = cycle;
      op.stages.push({ lane, name: words[2] ?? "", begin: cycle, end: -1 });
    } else if (command === "E") {
      if (open?.name !== words[2]) throw new Error(`ends what is not under way: ${line}`);
      (open as { end: number }).end = cycle;
    } else if (command === "R") {
      for (const stage of op.stages) if (stage.end < 0) stage.end = cycle;
      op.retired = { cycle, serial: lane, flushed: numbers[2] === 1 };
    } else throw new Error(`unknown command: ${line}`);
  }
  return ops;
}

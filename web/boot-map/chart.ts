/** Draws the boot map on a canvas, and turns wheel, keys and touch into zoom, pan and selection. */
import type { BootMapModel, Span } from "./model.ts";

const ROW = 20;
const TITLE = 20;
const GAP = 6;
const AXIS = 34;
/** A label needs this much room. */
const LEAST_LABEL = 26;
/** Dragging farther than this is no click. */
const CLICK_SLOP = 4;
const CLOCK_HZ = 1e9;

interface Box {
  readonly span: Span;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

interface Colours {
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly ground: string;
  readonly accent: string;
  readonly firmware: string;
  readonly kernel: string;
  readonly program: string;
}

/** Cycles as time of the 1 GHz clock. */
export function timeText(cycles: number): string {
  if (cycles >= CLOCK_HZ) return `${(cycles / CLOCK_HZ).toFixed(3)} s`;
  if (cycles >= 1e6) return `${(cycles / 1e6).toFixed(3)} ms`;
  return cycles >= 1000 ? `${(cycles / 1000).toFixed(1)} µs` : `${cycles} ns`;
}

export class BootChart {
  onSelect: (span: Span | undefined) => void = () => {};
  readonly #canvas: HTMLCanvasElement;
  readonly #scroller: HTMLElement;
  readonly #model: BootMapModel;
  #from = 0;
  #to = 1000;
  #follows = true;
  #boxes: Box[] = [];
  #selected: string | undefined;
  #scheduled = false;
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #dragged = 0;

  /** `scroller` scrolls the canvas up and down. */
  constructor(canvas: HTMLCanvasElement, scroller: HTMLElement, model: BootMapModel) {
    this.#canvas = canvas;
    this.#scroller = scroller;
    this.#model = model;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    new ResizeObserver(() => this.draw()).observe(scroller);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event));
    canvas.addEventListener("pointercancel", (event) => this.#pointers.delete(event.pointerId));
  }

  /** The part of guest time that is shown. */
  get range(): readonly [number, number] {
    return [this.#from, this.#to];
  }

  select(span: Span | undefined): void {
    this.#selected = span?.id;
    this.draw();
    this.onSelect(span);
  }

  fitBoot(): void {
    this.#follows = true;
    this.draw();
  }

  fitAll(): void {
    const { start, lastEvent } = this.#model;
    this.#show(start, start + (lastEvent - start) * 1.02);
  }

  fitSpan(span: Span): void {
    const length = Math.max(20, this.#model.drawnEnd(span) - span.start);
    this.#show(span.start - length * 0.1, span.start + length * 1.15);
  }

  /** `factor` above 1 shows more detail; `at` is the place that keeps still, 0 to 1. */
  zoom(factor: number, at = 0.5): void {
    const length = this.#to - this.#from;
    const fixed = this.#from + length * at;
    const next = Math.max(40, length / factor);
    this.#show(fixed - next * at, fixed + next * (1 - at));
  }

  /** Draws soon. */
  draw(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#paint();
    });
  }

  #show(from: number, to: number): void {
    this.#follows = false;
    const start = Math.max(0, from);
    this.#from = start;
    this.#to = Math.max(start + 40, to + start - from);
    this.draw();
  }

  #pan(share: number): void {
    const length = this.#to - this.#from;
    this.#show(Math.max(0, this.#from + share * length), Math.max(0, this.#from + share * length) + length);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const { width } = this.#canvas.getBoundingClientRect();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      this.#pan((event.deltaX || event.deltaY) / width);
    } else this.zoom(1.0015 ** -event.deltaY, event.offsetX / width);
  }

  #key(event: KeyboardEvent): void {
    const actions: Record<string, () => void> = {
      ArrowLeft: () => this.#pan(-0.15),
      ArrowRight: () => this.#pan(0.15),
      "+": () => this.zoom(1.5),
      "=": () => this.zoom(1.5),
      "-": () => this.zoom(1 / 1.5),
      "0": () => this.fitBoot(),
      ArrowUp: () => this.#selectNear(-1),
      ArrowDown: () => this.#selectNear(1),
      Enter: () => {
        const span = this.#model.spans.find(({ id }) => id === this.#selected);
        if (span) this.fitSpan(span);
      },
      Escape: () => this.select(undefined),
    };
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  #selectNear(step: number): void {
    const { spans } = this.#model;
    const at = spans.findIndex(({ id }) => id === this.#selected);
    const span = spans[Math.min(spans.length - 1, Math.max(0, at + step))];
    if (!span) return;
    if (span.start < this.#from || span.start > this.#to) {
      const length = this.#to - this.#from;
      this.#show(span.start - length / 3, span.start + (2 * length) / 3);
    }
    this.select(span);
  }

  #down(event: PointerEvent): void {
    this.#canvas.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.#pointers.size === 1) this.#dragged = 0;
  }

  #move(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const { left, width } = this.#canvas.getBoundingClientRect();
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.#dragged += Math.abs(dx) + Math.abs(dy);
    if (this.#dragged <= CLICK_SLOP) return;
    if (other) {
      const spread =
        Math.max(10, Math.abs(event.clientX - other.x)) / Math.max(10, Math.abs(before.x - other.x));
      this.zoom(spread, ((event.clientX + other.x) / 2 - left) / width);
      return;
    }
    this.#pan(-dx / width);
    this.#scroller.scrollTop -= dy;
  }

  #up(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    if (this.#dragged > CLICK_SLOP) return;
    const { offsetX: x, offsetY: y } = event;
    const hits = this.#boxes.filter(
      (box) => y >= box.y && y < box.y + ROW && x >= box.x - 2 && x < box.x + Math.max(box.width, 4) + 2,
    );
    this.select(hits.sort((a, b) => b.span.start - a.span.start)[0]?.span);
  }

  #colours(): Colours {
    const style = getComputedStyle(this.#canvas);
    const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    return {
      text: of("text"),
      quiet: of("quiet"),
      line: of("line"),
      ground: of("ground"),
      accent: of("accent"),
      firmware: of("firmware"),
      kernel: of("kernel"),
      program: of("program"),
    };
  }

  #paint(): void {
    const width = this.#scroller.clientWidth;
    if (width === 0) return;
    if (this.#follows) {
      this.#from = this.#model.start;
      this.#to = this.#model.bootEnd;
    }
    const content = this.#model.lanes.reduce((sum, { rows }) => sum + TITLE + rows * ROW + GAP, AXIS + 4);
    const height = Math.max(content, this.#scroller.clientHeight - 1);
    const ratio = devicePixelRatio || 1;
    const canvas = this.#canvas;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext("2d");
    if (!context) return;
    const colours = this.#colours();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.textBaseline = "middle";
    this.#axis(context, colours, width, height);
    this.#boxes = [];
    let y = AXIS;
    for (const lane of this.#model.lanes) {
      context.fillStyle = colours.quiet;
      context.font = "600 11.5px system-ui, sans-serif";
      context.fillText(lane.title, 8, y + TITLE / 2 + 1);
      y += TITLE;
      for (const span of lane.spans) this.#span(context, colours, span, y + lane.rowOf(span) * ROW, width);
      y += lane.rows * ROW + GAP;
      context.fillStyle = colours.line;
      context.fillRect(0, y - GAP / 2, width, 1);
    }
  }

  #axis(context: CanvasRenderingContext2D, colours: Colours, width: number, height: number): void {
    const length = this.#to - this.#from;
    const wanted = length / Math.max(2, width / 110);
    const power = 10 ** Math.floor(Math.log10(wanted));
    const step = [1, 2, 5, 10].map((n) => n * power).find((candidate) => candidate >= wanted) ?? wanted;
    context.font = "11px system-ui, sans-serif";
    for (let tick = Math.ceil(this.#from / step) * step; tick <= this.#to; tick += step) {
      const x = ((tick - this.#from) / length) * width;
      context.fillStyle = colours.line;
      context.fillRect(Math.round(x), 16, 1, height);
      context.fillStyle = colours.quiet;
      context.fillText(timeText(tick), Math.min(x + 4, width - 60), 9);
    }
    context.fillStyle = colours.accent;
    for (const { cycle } of this.#model.lines) {
      if (cycle < this.#from || cycle > this.#to) continue;
      const x = ((cycle - this.#from) / length) * width;
      context.beginPath();
      context.moveTo(x - 3.5, 20);
      context.lineTo(x + 3.5, 20);
      context.lineTo(x, 27);
      context.fill();
    }
  }

  #span(context: CanvasRenderingContext2D, colours: Colours, span: Span, y: number, width: number): void {
    const scale = width / (this.#to - this.#from);
    const left = (span.start - this.#from) * scale;
    const right = (this.#model.drawnEnd(span) - this.#from) * scale;
    if (right < -2 || left > width) return;
    const x = Math.max(left, -2);
    const wide = Math.max(1.5, Math.min(right, width + 2) - x - 0.5);
    this.#boxes.push({ span, x, y, width: wide });
    const colour = colours[span.kind];
    context.globalAlpha = span.end === undefined ? 0.55 : 1;
    context.fillStyle = colour;
    context.fillRect(x, y + 1, wide, ROW - 2);
    context.globalAlpha = 1;
    if (span.id === this.#selected) {
      context.strokeStyle = colours.text;
      context.lineWidth = 2;
      context.strokeRect(x, y + 1, Math.max(wide, 3), ROW - 2);
    }
    if (wide < LEAST_LABEL) return;
    context.save();
    context.beginPath();
    context.rect(x, y, wide - 3, ROW);
    context.clip();
    context.fillStyle = colours.text;
    context.font = "11.5px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
    const more = span.end === undefined ? " …" : "";
    context.fillText(label(span) + more, Math.max(x, 0) + 5, y + ROW / 2 + 0.5);
    context.restore();
  }
}

/** A span's name as the map shows it. */
export function label({ name, argument, kind, pid }: Span): string {
  if (kind === "program") return pid === undefined ? name : `${name} (${pid})`;
  return argument === undefined ? name : `${name} ${argument.replace("__initcall_", "")}`;
}

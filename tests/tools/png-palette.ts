/** Makes pictures of a user interface small: at most 256 colours, by the PNG specification's indexed form (section 11.2.1). */
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MOST_COLOURS = 256;
const TRUECOLOUR = 2;
const TRUECOLOUR_ALPHA = 6;
const INDEXED = 3;

interface Picture {
  readonly width: number;
  readonly height: number;
  /** A number of 24 bits for each dot. */
  readonly dots: Uint32Array;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** The predictor of filter type 4 (section 9.4). */
function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

/** Reads 8 bits to a channel, with or without alpha (which is dropped), as browsers write screenshots. */
function read(png: Buffer): Picture {
  const pieces: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") pieces.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const [width, height, colours] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25]];
  if (png[24] !== 8 || (colours !== TRUECOLOUR && colours !== TRUECOLOUR_ALPHA) || png[28] !== 0) {
    throw new Error("this PNG is not a screenshot: 8 bits, RGB or RGBA, not interlaced");
  }
  const bytes = colours === TRUECOLOUR ? 3 : 4;
  const raw = inflateSync(Buffer.concat(pieces));
  const row = width * bytes;
  const lines = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)] ?? 0;
    for (let x = 0; x < row; x++) {
      const at = y * row + x;
      const left = x >= bytes ? (lines[at - bytes] ?? 0) : 0;
      const above = y > 0 ? (lines[at - row] ?? 0) : 0;
      const corner = x >= bytes && y > 0 ? (lines[at - row - bytes] ?? 0) : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0;
      lines[at] = ((raw[y * (row + 1) + 1 + x] ?? 0) + guess) & 255;
    }
  }
  const dots = new Uint32Array(width * height);
  for (let index = 0; index < dots.length; index++) dots[index] = lines.readUIntBE(index * bytes, 3);
  return { width, height, dots };
}

function distance(first: number, second: number): number {
  let sum = 0;
  for (const shift of [0, 8, 16]) sum += (((first >> shift) & 255) - ((second >> shift) & 255)) ** 2;
  return sum;
}

/** Colours that look alike: 5 bits of each channel. Edges of letters have many, which would crowd out a small mark's only one. */
const alike = (colour: number): number => colour & 0xf8f8f8;

/** The most frequent colour of each of the most frequent kinds. */
function choose(colours: readonly number[], counts: ReadonlyMap<number, number>): number[] {
  const kinds = new Map<number, { colour: number; count: number }>();
  for (const colour of colours) {
    const kind = kinds.get(alike(colour));
    const count = counts.get(colour) ?? 0;
    if (kind) kind.count += count;
    else kinds.set(alike(colour), { colour, count });
  }
  const chosen = [...kinds.values()].sort((a, b) => b.count - a.count).slice(0, MOST_COLOURS);
  return chosen.map(({ colour }) => colour);
}

/** The same picture with a palette; a dot whose colour is not in it gets the nearest. */
export function withPalette(png: Buffer): Buffer {
  const { width, height, dots } = read(png);
  const counts = new Map<number, number>();
  for (const dot of dots) counts.set(dot, (counts.get(dot) ?? 0) + 1);
  const colours = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const palette = choose(colours, counts);
  const nearest = (colour: number): number =>
    palette.reduce(
      (best, candidate, index) =>
        distance(candidate, colour) < distance(palette[best] ?? 0, colour) ? index : best,
      0,
    );
  const indices = new Map(colours.map((colour) => [colour, nearest(colour)]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      rows[y * (width + 1) + 1 + x] = indices.get(dots[y * width + x] ?? 0) ?? 0;
  const header = Buffer.from(png.subarray(16, 29));
  header[9] = INDEXED;
  const entries = Buffer.alloc(3 * palette.length);
  for (const [index, colour] of palette.entries()) entries.writeUIntBE(colour, 3 * index, 3);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", entries),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** The cache-block operations with what allows them, and the instructions that change nothing. */

export const [CBIE_FLUSH, CBIE_RESERVED, CBIE_INVAL, CBCFE, CBZE] = [
  1n << 4n,
  2n << 4n,
  3n << 4n,
  1n << 6n,
  1n << 7n,
] as const;
/** What allows each operation below M-mode: bits of menvcfg and senvcfg. */
export const ENABLES = {
  "cbo.inval": CBIE_INVAL,
  "cbo.clean": CBCFE,
  "cbo.flush": CBCFE,
  "cbo.zero": CBZE,
} as const;

export const HINTS_AND_WAITS = [
  "prefetch.i",
  "prefetch.r",
  "prefetch.w",
  "pause",
  "wrs.nto",
  "wrs.sto",
] as const;

/**
 * Tags of the two caches. Replacement takes the first invalid way, then a pseudo-random one; hits change nothing. Lines are
 * physical addresses without the offset; tags hold them plus 1.
 */
import {
  PIPELINE_DCACHESETS,
  PIPELINE_DCACHEWAYS,
  PIPELINE_ICACHESETS,
  PIPELINE_ICACHEWAYS,
  TIMING_DCACHERANDOM,
  TIMING_DCACHETAGS,
  TIMING_ICACHERANDOM,
  TIMING_ICACHETAGS,
} from "../generated/layout";
import { parameter } from "./stamp";

/** 8-bit Galois shift register with the taps of CVA6's lfsr.sv. */
function nextRandom(m: usize, field: usize): u32 {
  const value = load<u32>(m + field);
  store<u32>(m + field, (value >>> 1) ^ (value & 1 ? 0xfa : 0));
  return value;
}

function hasLine(set: usize, ways: usize, line: u64): bool {
  for (let way: usize = 0; way < ways; way++) {
    if (load<u64>(set + (way << 3)) == line + 1) return true;
  }
  return false;
}

function fillLine(m: usize, set: usize, ways: usize, line: u64, random: usize): bool {
  for (let way: usize = 0; way < ways; way++) {
    if (load<u64>(set + (way << 3)) == 0) {
      store<u64>(set + (way << 3), line + 1);
      return false;
    }
  }
  store<u64>(set + (((<usize>nextRandom(m, random)) & (ways - 1)) << 3), line + 1);
  return true;
}

function icacheSet(m: usize, line: u64): usize {
  const ways = <usize>parameter(PIPELINE_ICACHEWAYS);
  return m + TIMING_ICACHETAGS + ((<usize>(line & (parameter(PIPELINE_ICACHESETS) - 1)) * ways) << 3);
}

function dcacheSet(m: usize, line: u64): usize {
  const ways = <usize>parameter(PIPELINE_DCACHEWAYS);
  return m + TIMING_DCACHETAGS + ((<usize>(line & (parameter(PIPELINE_DCACHESETS) - 1)) * ways) << 3);
}

export function icacheHas(m: usize, line: u64): bool {
  return hasLine(icacheSet(m, line), <usize>parameter(PIPELINE_ICACHEWAYS), line);
}

export function icacheFill(m: usize, line: u64): void {
  fillLine(m, icacheSet(m, line), <usize>parameter(PIPELINE_ICACHEWAYS), line, TIMING_ICACHERANDOM);
}

export function icacheClear(m: usize): void {
  const lines = parameter(PIPELINE_ICACHESETS) * parameter(PIPELINE_ICACHEWAYS);
  memory.fill(m + TIMING_ICACHETAGS, 0, (<usize>lines) << 3);
}

export function dcacheHas(m: usize, line: u64): bool {
  return hasLine(dcacheSet(m, line), <usize>parameter(PIPELINE_DCACHEWAYS), line);
}

/** Returns true when another line had to go. */
export function dcacheFill(m: usize, line: u64): bool {
  return fillLine(m, dcacheSet(m, line), <usize>parameter(PIPELINE_DCACHEWAYS), line, TIMING_DCACHERANDOM);
}

/** An atomic's answer invalidates the whole set of its line. */
export function dcacheDropSet(m: usize, line: u64): void {
  memory.fill(dcacheSet(m, line), 0, (<usize>parameter(PIPELINE_DCACHEWAYS)) << 3);
}

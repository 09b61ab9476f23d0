/**
 * Tags of the two caches. Replacement takes the first invalid way, then a pseudo-random one; hits change nothing. Lines are
 * physical addresses without the offset; tags hold them plus 1. Four ways are compared at a time, so sets have room for four at least.
 */
import {
  DCACHE_FILTER,
  PIPELINE_DCACHESETS,
  PIPELINE_DCACHEWAYS,
  PIPELINE_ICACHESETS,
  PIPELINE_ICACHEWAYS,
  PIPELINE_LINEBITS,
  RAM,
  TIMING_DCACHEFILTER,
  TIMING_DCACHERANDOM,
  TIMING_DCACHETAGS,
  TIMING_GENERATION,
  TIMING_ICACHERANDOM,
  TIMING_ICACHETAGS,
} from "../generated/layout";
import { RAM_BASE } from "../generated/riscv";
import { parameter } from "./stamp";

/** 8-bit Galois shift register with the taps of CVA6's lfsr.sv. */
function nextRandom(m: usize, field: usize): u32 {
  const value = load<u32>(m + field);
  store<u32>(m + field, (value >>> 1) ^ (value & 1 ? 0xfa : 0));
  return value;
}

/** Where the set of a line is in the tags of a cache. */
// @ts-ignore: decorator
@inline
function setOf(tags: usize, sets: usize, ways: usize, line: u64): usize {
  const room = max<usize>(ways, 4);
  return tags + ((<usize>(line & (parameter(sets) - 1)) * room) << 2);
}

/** The ways of a set that have a tag, as bits. */
// @ts-ignore: decorator
@inline
function waysWith(set: usize, ways: usize, tag: u32): u32 {
  const wanted = i32x4.splat(tag);
  let found = <u32>i32x4.bitmask(i32x4.eq(v128.load(set), wanted));
  for (let way: usize = 4; way < ways; way += 4) {
    found |= (<u32>i32x4.bitmask(i32x4.eq(v128.load(set + (way << 2)), wanted))) << (<u32>way);
  }
  return found;
}

/** Brings a line into a set. Returns the tag that had to go, 0 when there was room. */
// @ts-ignore: decorator
@inline
function fill(m: usize, set: usize, ways: usize, line: u64, random: usize): u32 {
  const free = waysWith(set, ways, 0) & ((1 << (<u32>ways)) - 1);
  const way = free != 0 ? ctz<u32>(free) : nextRandom(m, random) & (<u32>ways - 1);
  const at = set + ((<usize>way) << 2);
  const gone = load<u32>(at);
  store<u32>(at, <u32>line + 1);
  return gone;
}

/** Bytes of a cache's tags. */
function tagBytes(sets: usize, ways: usize): usize {
  return (<usize>parameter(sets) * max<usize>(<usize>parameter(ways), 4)) << 2;
}

function icacheSet(m: usize, ways: usize, line: u64): usize {
  return setOf(m + TIMING_ICACHETAGS, PIPELINE_ICACHESETS, ways, line);
}

/** Without an instruction cache every line is there. */
export function icacheHas(m: usize, line: u64): bool {
  if (parameter(PIPELINE_ICACHESETS) == 0) return true;
  const ways = <usize>parameter(PIPELINE_ICACHEWAYS);
  return waysWith(icacheSet(m, ways, line), ways, <u32>line + 1) != 0;
}

/** The last number given to a generation of lines. */
let generations: u64 = 0;

/** What was found in the instruction cache may not be there any more. Generations are not shared by harts. */
export function renewGeneration(m: usize): void {
  store<u64>(m, ++generations << 32, TIMING_GENERATION);
}

export function icacheFill(m: usize, line: u64): void {
  const ways = <usize>parameter(PIPELINE_ICACHEWAYS);
  if (fill(m, icacheSet(m, ways, line), ways, line, TIMING_ICACHERANDOM) != 0) renewGeneration(m);
}

export function icacheClear(m: usize): void {
  memory.fill(m + TIMING_ICACHETAGS, 0, tagBytes(PIPELINE_ICACHESETS, PIPELINE_ICACHEWAYS));
  renewGeneration(m);
}

/** Place in the filter of a line by its number in linear memory. */
// @ts-ignore: decorator
@inline
export function filterEntry(m: usize, line: usize): usize {
  return m + TIMING_DCACHEFILTER + ((line & (DCACHE_FILTER - 1)) << 2);
}

/** Number in linear memory of a line of RAM. */
// @ts-ignore: decorator
@inline
function linearLine(line: u64): u32 {
  const bits = parameter(PIPELINE_LINEBITS);
  return <u32>(((line << bits) - RAM_BASE + <u64>RAM) >> bits);
}

export function forgetFilter(m: usize): void {
  memory.fill(m + TIMING_DCACHEFILTER, 0, DCACHE_FILTER << 2);
}

function forgetTag(m: usize, tag: u32): void {
  const linear = linearLine(<u64>(tag - 1));
  const entry = filterEntry(m, <usize>linear);
  if (load<u32>(entry) == linear + 1) store<u32>(entry, 0);
}

/** What a look at the data cache finds. */
export const CACHE_HIT: u32 = 0;
const CACHE_MISS: u32 = 1;
export const CACHE_EVICTION: u32 = 2;

/** Looks for a line, and with `fills` brings it in. */
export function dcacheRead(m: usize, line: u64, fills: bool): u32 {
  const ways = <usize>parameter(PIPELINE_DCACHEWAYS);
  const set = setOf(m + TIMING_DCACHETAGS, PIPELINE_DCACHESETS, ways, line);
  let found = CACHE_HIT;
  if (waysWith(set, ways, <u32>line + 1) == 0) {
    if (!fills) return CACHE_MISS;
    const gone = fill(m, set, ways, line, TIMING_DCACHERANDOM);
    found = gone == 0 ? CACHE_MISS : CACHE_EVICTION;
    if (gone != 0) forgetTag(m, gone);
  }
  const linear = linearLine(line);
  store<u32>(filterEntry(m, <usize>linear), linear + 1);
  return found;
}

/** An atomic's answer invalidates the whole set of its line. */
export function dcacheDropSet(m: usize, line: u64): void {
  const ways = <usize>parameter(PIPELINE_DCACHEWAYS);
  const set = setOf(m + TIMING_DCACHETAGS, PIPELINE_DCACHESETS, ways, line);
  for (let at = set; at < set + (ways << 2); at += 4) {
    if (load<u32>(at) != 0) forgetTag(m, load<u32>(at));
    store<u32>(at, 0);
  }
}

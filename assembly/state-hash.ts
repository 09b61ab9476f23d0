/** A hash of what the guest can see: memory and hart records. For comparing runs, not against forgery. */
import {
  HARTS,
  HART_BYTES,
  HART_FETCHTLB,
  HART_READTLB,
  HART_RESUMEPC,
  HART_SUPERPAGES,
  HART_TRAPPED,
  HART_WRITETLB,
  MACHINE,
  MACHINE_HARTS,
  MACHINE_RAMBYTES,
  RAM,
} from "./generated/layout";

const PRIME: u64 = 0x9e37_79b9_7f4a_7c15;

function mix(hash: u64, word: u64): u64 {
  return rotl(hash ^ (word * PRIME), 29) * PRIME + 1;
}

/** Fields of the hart record that only remember how the engine got here. */
function isEngineState(offset: usize): bool {
  return (
    offset == HART_READTLB ||
    offset == HART_WRITETLB ||
    offset == HART_FETCHTLB ||
    offset == HART_SUPERPAGES ||
    offset == HART_TRAPPED ||
    offset == HART_RESUMEPC ||
    offset == HART_RESUMEPC + 4
  );
}

/** 64-bit hash of RAM and all harts. */
export function hashState(): u64 {
  let hash: u64 = PRIME;
  const end = RAM + <usize>load<u32>(MACHINE, MACHINE_RAMBYTES);
  for (let at = RAM; at < end; at += 8) hash = mix(hash, load<u64>(at));
  const harts = load<u32>(MACHINE, MACHINE_HARTS);
  for (let i: u32 = 0; i < harts; i++) {
    for (let offset: usize = 0; offset < HART_BYTES; offset += 4) {
      if (!isEngineState(offset)) hash = mix(hash, <u64>load<u32>(HARTS + <usize>i * HART_BYTES + offset));
    }
  }
  return hash;
}

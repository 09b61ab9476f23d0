/**
 * What the model cannot know from the pipeline alone: whether a load hits, where the front end went at a branch. Each class asks
 * for its *outcome* at one place, once it knows the cycle; all else about an instruction follows from the state of the pipeline
 * and the outcome. So the way through the pipeline can be rehearsed with an outcome that is given, touching neither caches nor
 * predictors.
 */

/** Whether the model may use what it remembers instead of working everything out. */
export let remembering: bool = false;

export function setRemembering(wanted: bool): void {
  remembering = wanted;
}

/** Whether the model rehearses: the outcome is given, and every line of code is there. */
export let rehearsing: bool = false;
export let givenOutcome: u64 = 0;

/** Cycle at which the last rehearsed instruction had its outcome decided; of a transfer also when it was scanned. */
export let decidedAt: u64 = 0;
export let scannedAt: u64 = 0;

/**
 * What of the store path the last rehearsed load or store could meet: stores in the queues, entries of the write buffer. Of a jump to a
 * register the former tells whether it finds the return stack frozen.
 */
export let storesMet: u32 = 0;
export let entriesMet: u32 = 0;

export function couldMeet(stores: u32, entries: u32): void {
  storesMet = stores;
  entriesMet = entries;
}

/** Addresses of the first and the last line of code that were read while rehearsing, by a word in them. */
export let firstLine: u64 = 0;
export let lastLine: u64 = 0;
export let linesRead: bool = false;

export function rehearse(outcome: u64): void {
  rehearsing = true;
  givenOutcome = outcome;
}

export function beginLines(): void {
  linesRead = false;
}

export function endRehearsal(): void {
  rehearsing = false;
}

export function decided(at: u64, scanned: u64): void {
  decidedAt = at;
  scannedAt = scanned;
}

export function noteLine(va: u64): void {
  if (!linesRead) firstLine = va;
  linesRead = true;
  lastLine = va;
}

/** What the core asks of the host: the bus beyond memory, and to take trace records. Nothing else crosses this way. */

/** Reads `size` (1, 2, 4) bytes at a physical address; sets MACHINE_BUSFAULT when nothing answers. */
// @ts-ignore: decorator
@external("host", "mmioRead")
export declare function mmioRead(address: u32, size: u32): u32;

/** The supervisor timer of hart `hart` was set anew, or switched: when it fires is the host's to know. */
// @ts-ignore: decorator
@external("host", "supervisorTimerChanged")
export declare function supervisorTimerChanged(hart: u32): void;

/** Writes `size` (1, 2, 4) bytes at a physical address; sets MACHINE_BUSFAULT when nothing answers. */
// @ts-ignore: decorator
@external("host", "mmioWrite")
export declare function mmioWrite(address: u32, size: u32, value: u32): void;

/** The trace region is full, or its last record is of interest now: the host reads the records and sets MACHINE_TRACECOUNT to 0. */
// @ts-ignore: decorator
@external("host", "takeTrace")
export declare function takeTrace(): void;

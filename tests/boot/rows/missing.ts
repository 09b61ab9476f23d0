/** Rows of the boot path that are not true yet. A row that has become true must leave this list. */
export const MISSING: readonly string[] = [];

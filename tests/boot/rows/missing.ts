/** Rows of the boot path that are not true yet. A row that has become true must leave this list. */
export const MISSING: readonly string[] = [
  "0.3 compressed image",
  "7.22 integrity_load_keys, load_default_modules",
];

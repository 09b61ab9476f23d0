/** How long tests wait for what has to come. Only what hangs gets there, so it is long enough for the busiest host. */
export const PATIENCE_MS = 400_000;
/** For a whole test: longer, so that whoever waited in vain can say for what. */
export const TEST_LIMIT_MS = 500_000;

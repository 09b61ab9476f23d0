/** Before each file: properties are tried on the same cases in every run, and on others with HARTBEAT_LONG=1. */
import fc from "fast-check";

if (process.env.HARTBEAT_LONG !== "1") fc.configureGlobal({ seed: 2026 });

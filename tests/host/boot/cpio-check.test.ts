/** Archives that the kernel could not unpack are told before it starts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { writeCpio } from "../../../host/boot/cpio.ts";
import { checkCpio } from "../../../host/boot/cpio-check.ts";
import { HartbeatError } from "../../../host/errors.ts";

const archive = writeCpio([
  { kind: "directory", path: "bin" },
  { kind: "file", path: "bin/sh", bytes: new Uint8Array(1000).fill(7), executable: true },
  { kind: "link", path: "init", target: "bin/sh" },
]);

test("a whole archive is taken", () => {
  expect(() => checkCpio(archive, "initial RAM disk 'x'")).not.toThrow();
});

test("each way to be broken has its sentence", () => {
  const check = (bytes: Uint8Array) => () => checkCpio(bytes, "initial RAM disk 'x'");
  expect(check(new TextEncoder().encode("hello"))).toThrow(
    /^The initial RAM disk 'x' cannot be used: it is not a cpio/,
  );
  expect(check(new Uint8Array(0))).toThrow(/not a cpio archive/);
  expect(check(archive.subarray(0, 60))).toThrow(/middle of a file's header/);
  expect(check(archive.subarray(0, 600))).toThrow(/cut off/);
  const wrong = archive.slice();
  wrong.fill(0x7a, 54, 62);
  expect(check(wrong)).toThrow(/has "zzzzzzzz" for a number/);
});

test("random changes give a clear error or pass, and never hang", () => {
  fc.assert(
    fc.property(fc.nat(archive.length - 1), fc.nat(255), fc.nat(archive.length), (at, byte, length) => {
      const bytes = archive.slice(0, length);
      if (at < length) bytes[at] = byte;
      try {
        checkCpio(bytes, "archive");
      } catch (error) {
        expect(error).toBeInstanceOf(HartbeatError);
      }
    }),
    { numRuns: 2000 },
  );
});

/** The header of a flat kernel image. */
import { expect, test } from "vitest";
import { looksLikeImage, readImageHeader } from "../../../host/boot/image.ts";
import { expectOnlyHartbeatErrors } from "./garbage.ts";
import { buildImage } from "./image-builder.ts";

test("the header is read", () => {
  const image = buildImage({ textOffset: 0x20_0000n, imageSize: 0x1000n });
  expect(looksLikeImage(image)).toBe(true);
  expect(readImageHeader(image, "kernel")).toEqual({
    textOffset: 0x20_0000,
    imageSize: 0x1000,
    versionMajor: 0,
    versionMinor: 2,
  });
});

test("an image without a size takes the room of its file", () => {
  const image = buildImage({ textOffset: 0n, imageSize: 0n });
  expect(readImageHeader(image, "kernel").imageSize).toBe(image.length);
});

test("other files are not images", () => {
  expect(looksLikeImage(new Uint8Array(0))).toBe(false);
  expect(looksLikeImage(new Uint8Array(100))).toBe(false);
  expect(() => readImageHeader(new Uint8Array(100), "kernel 'x'")).toThrow(/kernel 'x' cannot be used/);
});

test("big-endian and monstrous images are refused", () => {
  expect(() => readImageHeader(buildImage({ flags: 1n }), "kernel")).toThrow(/big-endian/);
  expect(() => readImageHeader(buildImage({ imageSize: 1n << 60n }), "kernel")).toThrow(/image size/);
  expect(() => readImageHeader(buildImage({ textOffset: 1n << 60n }), "kernel")).toThrow(/text offset/);
});

test("garbage never gives anything but a HartbeatError", () => {
  expectOnlyHartbeatErrors(buildImage({}), (bytes) => readImageHeader(bytes, "kernel"));
});

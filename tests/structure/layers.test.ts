/** Every layer imports only what stands below it. */
import { describe, expect, it } from "vitest";
import { importsOf, trackedFiles } from "../tools/sources.ts";

/** Files that match `files` may import only what matches one of `may`. */
interface Rule {
  readonly layer: string;
  readonly files: RegExp;
  readonly may: readonly RegExp[];
}

const RULES: readonly Rule[] = [
  { layer: "spec holds facts and imports nothing else", files: /^spec\/(?!generate)/, may: [/^spec\//] },
  { layer: "the generators read spec alone", files: /^spec\/generate\//, may: [/^spec\//, /^node:/] },
  {
    layer: "the core imports spec and generated code",
    files: /^assembly\//,
    may: [/^assembly\//, /^spec\//, /^generated\//],
  },
  {
    layer: "a device knows the device interface, the clock, the device tree and the machine map",
    files: /^host\/devices\//,
    may: [/^host\/devices\//, /^host\/(clock|errors)\.ts$/, /^host\/boot\/fdt-writer\.ts$/, /^spec\//],
  },
  {
    layer: "host without host/node runs anywhere",
    files: /^host\/(?!node\/)/,
    may: [/^host\/(?!node\/)/, /^spec\//, /^generated\//, /^@assemblyscript\/loader/],
  },
  {
    layer: "the page uses no Node",
    files: /^web\/(?!(build|payload)\.ts)/,
    may: [/^web\//, /^host\/(?!node\/)/, /^spec\//, /^@(xterm|codemirror)\//],
  },
  {
    layer: "only tests and benchmarks import the tests' tools",
    files: /^(spec|assembly|host|web)\//,
    may: [/^(?!tests\/)/],
  },
];

const sources = trackedFiles().filter((path) => path.endsWith(".ts"));

describe("layers", () => {
  for (const { layer, files, may } of RULES) {
    it(layer, () => {
      const wrong = sources
        .filter((path) => files.test(path))
        .flatMap((path) =>
          importsOf(path)
            .filter((target) => !may.some((pattern) => pattern.test(target)))
            .map((target) => `${path} imports ${target}`),
        );
      expect(wrong).toEqual([]);
    });
  }

  it("no device knows another", () => {
    const wrong = sources
      .filter((path) => /^host\/devices\/[^/]+\.ts$/.test(path))
      .flatMap((path) =>
        importsOf(path)
          .filter((target) => /^host\/devices\/(?!(device|saved-state)\.ts|virtio)/.test(target))
          .map((target) => `${path} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it("finds the imports it judges", () => {
    expect(importsOf("tests/structure/layers.test.ts")).toEqual(["vitest", "tests/tools/sources.ts"]);
  });
});

/** The archive of a machine's own release is found in both forms of apt's source lists. */
import { expect, test } from "vitest";
import { archivesIn } from "../tools/debian-packages.ts";

test("deb822: comments, several suites and paragraphs, sources and what is switched off are told apart", () => {
  const text = `Types: deb
# a comment between fields
URIs: http://archive.test/debian
Suites: stable stable-updates
Components: main

Types: deb deb-src
URIs: http://one.test/debian
 http://two.test/debian
Suites: testing

Types: deb-src
URIs: http://source.test/debian
Suites: stable

Enabled: no
Types: deb
URIs: http://off.test/debian
Suites: stable
`;
  expect(archivesIn(text, "sources")).toEqual([
    { uri: "http://archive.test/debian", suites: ["stable", "stable-updates"] },
    { uri: "http://one.test/debian", suites: ["testing"] },
    { uri: "http://two.test/debian", suites: ["testing"] },
  ]);
});

test("one-line: with and without options", () => {
  const text = `# deb http://comment.test/debian stable main
deb http://archive.test/debian stable main contrib
deb [arch=amd64 signed-by=/usr/share/keyrings/some.gpg] http://other.test/debian stable-security main
deb-src http://source.test/debian stable main
`;
  expect(archivesIn(text, "list")).toEqual([
    { uri: "http://archive.test/debian", suites: ["stable"] },
    { uri: "http://other.test/debian", suites: ["stable-security"] },
  ]);
});

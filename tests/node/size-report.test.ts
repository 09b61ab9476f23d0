/** The answer to a request for the cursor's position. */
import { expect, it } from "vitest";
import { SizeReport } from "../../host/node/size-report.ts";

const feed = (report: SizeReport, text: string): string | undefined => {
  const answer = report.answer(new TextEncoder().encode(text));
  return answer && new TextDecoder().decode(answer);
};

it("answers a request, once", () => {
  const report = new SizeReport();
  expect(feed(report, "hello\r\n")).toBeUndefined();
  expect(feed(report, "\x1b7\x1b[999;999H\x1b[6n\x1b8# ")).toBe("\x1b[24;80R");
  expect(feed(report, "ls\r\n")).toBeUndefined();
});

it("sees a request that comes in pieces", () => {
  const report = new SizeReport();
  expect(feed(report, "x\x1b[")).toBeUndefined();
  expect(feed(report, "6")).toBeUndefined();
  expect(feed(report, "n")).toBe("\x1b[24;80R");
  expect(feed(report, "n")).toBeUndefined();
});

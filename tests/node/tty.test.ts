/** The command line on a terminal: raw mode while it runs, the terminal as it was on every way out. */
import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { COMMAND } from "../tools/hartbeat-process.ts";
import { PATIENCE_MS } from "../tools/patience.ts";
import { requireTool } from "../tools/require-tool.ts";

const SETTINGS = "stty -g | sed s/^/tty:/";
const BOOT = `sh -c 'echo pid:$$; exec "${process.execPath}" "${COMMAND}" boot`;

/** Boots on a terminal of its own, types or kills once the login prompt is there, and gives what was shown. */
async function onTerminal(
  action: { keys: string } | { signal: NodeJS.Signals },
  options = "",
): Promise<string> {
  const script = `${SETTINGS}; ${BOOT} ${options}'; echo "status:$?"; ${SETTINGS}`;
  const child = spawn("script", ["-qec", script, "/dev/null"], { cwd: PACKAGE_ROOT });
  let shown = "";
  let acted = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    if (acted || !/login: $/.test(shown)) return;
    acted = true;
    if ("keys" in action) child.stdin.write(action.keys);
    else process.kill(Number(/pid:(\d+)/.exec(shown)?.[1]), action.signal);
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  return shown;
}

function expectEnd(shown: string, status: number): void {
  expect(shown).toMatch(new RegExp(`^status:${status}\\r?$`, "m"));
  const settings = [...shown.matchAll(/^tty:(.+?)\r?$/gm)].map((match) => match[1]);
  expect(settings).toHaveLength(2);
  expect(settings[1]).toBe(settings[0]);
}

requireTool("script")("on a terminal", () => {
  it("Ctrl-A x leaves, Ctrl-A h helps", async () => {
    const shown = await onTerminal({ keys: "\x01h\x01x" });
    expect(shown).toContain("Ctrl-A x  leave");
    expectEnd(shown, 0);
  });

  it("Ctrl-A x leaves a guest that is busy in a pipeline's time", async () => {
    expectEnd(await onTerminal({ keys: "root\nwhile :; do :; done\n\x01x" }, "--timing"), 0);
  });

  it("Ctrl-C goes to the guest", async () => {
    expectEnd(await onTerminal({ keys: "\x03\x01x" }), 0);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ] as const)("%s restores the terminal", async (signal, status) => {
    expectEnd(await onTerminal({ signal }), status);
  });
});

/** The launch.json in docs/debugger.md is one that the debug adapter takes: sources, variables, and steps back come with it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { attachOnly, LAUNCH_ONLY, LaunchedMachine } from "../../../host/node/dap/debuggee.ts";
import { serveDap } from "../../../host/node/dap/server.ts";
import { PACKAGE_ROOT } from "../../../host/node/files.ts";
import { DapClient } from "./client.ts";

const document = readFileSync(join(PACKAGE_ROOT, "docs/debugger.md"), "utf8");
const [, block = ""] = /```json\n(.*?)```/s.exec(document) ?? [];
const { configurations } = JSON.parse(block.replaceAll(/\$\{workspaceFolder\}/g, PACKAGE_ROOT)) as {
  configurations: { request: "launch" | "attach"; type: string; debugServer: number }[];
};

it.each(configurations)("a configuration with request: $request works", async (configuration) => {
  expect(configuration).toMatchObject({ type: "hartbeat", debugServer: 4711 });
  const attaches = configuration.request === "attach";
  const host = attaches ? attachOnly(await LaunchedMachine.launch({}, () => {})) : LAUNCH_ONLY;
  const [input, output] = [new PassThrough(), new PassThrough()];
  const ended = serveDap(input, output, host);
  const client = new DapClient(output, input);
  const { supportsStepBack } = await client.open(configuration.request, configuration);
  expect(supportsStepBack).toBe(true);
  await client.request("setFunctionBreakpoints", { breakpoints: [{ name: "kernel_thread" }] });
  await client.stopAfter("configurationDone", {});
  const { threadId } = await client.stopAfter("continue");
  const look = async (): Promise<{ line: number; path: string; names: string[] }> => {
    const { stackFrames } = await client.request("stackTrace", { threadId });
    const { scopes } = await client.request("scopes", { frameId: stackFrames[0].id });
    const { variables } = await client.request("variables", {
      variablesReference: scopes[0].variablesReference,
    });
    return {
      line: stackFrames[0].line,
      path: stackFrames[0].source.path,
      names: variables.map(({ name }: { name: string }) => name),
    };
  };
  const { line, path, names } = await look();
  expect(path).toBe(join(PACKAGE_ROOT, "kernel-image/kernel/fork.c"));
  expect(existsSync(path)).toBe(true);
  expect(names).toContain("fn");
  await client.stopAfter("next", { threadId });
  expect((await look()).line).not.toBe(line);
  await client.stopAfter("stepBack", { threadId });
  expect((await look()).line).toBe(line);
  await client.request("disconnect", { terminateDebuggee: true });
  await ended;
});

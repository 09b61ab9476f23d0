/** The page's side of `<hartbeat-machine>`: what the page that embeds this one may ask over a message port. */
import type { MachineClient } from "./client.ts";
import type { PageHook } from "./hook.ts";

export type EmbedderRequest =
  | { readonly id: number; readonly name: "send"; readonly text: string }
  | { readonly id: number; readonly name: "pause" | "resume" | "reset" };

/** Accepts one port; only text goes in, only the console's output and the status come out. */
export function serveEmbedder(client: MachineClient, hook: PageHook): void {
  if (window.parent === window) return;
  addEventListener("message", ({ data, ports: [port], source }) => {
    if (source !== window.parent || data !== "hartbeat:connect" || !port) return;
    client.on("output", ({ bytes }) => port.postMessage({ type: "output", bytes }));
    client.on("status", (status) => port.postMessage({ type: "status", status }));
    port.onmessage = async ({ data: request }: MessageEvent<EmbedderRequest>) => {
      try {
        if (request.name === "send") hook.send(String(request.text));
        else await client.ask(request.name);
        port.postMessage({ type: "answer", id: request.id });
      } catch (error) {
        port.postMessage({ type: "refusal", id: request.id, message: (error as Error).message });
      }
    };
    port.postMessage({ type: "output", bytes: Uint8Array.from(hook.output, (c) => c.charCodeAt(0)) });
    if (hook.status) port.postMessage({ type: "status", status: hook.status });
  });
  window.parent.postMessage("hartbeat:ready", "*");
}

/** What a page's machine and `hartbeat gdb-bridge` say to each other beside the bytes of the GDB protocol. */

/** WebSocket subprotocol: whoever answers with it is a bridge. */
export const BRIDGE_PROTOCOL = "hartbeat-gdb";
/** TCP ports on loopback: QEMU's for GDB, and the one where a page finds a bridge. */
export const DEFAULT_GDB_PORT = 1234;
export const DEFAULT_BRIDGE_PORT = 1235;

/** Text from the bridge: where GDB may connect, that one did, that it left. Bytes of the protocol are binary messages. */
export type FromBridge =
  | { readonly type: "ready"; readonly gdb: string }
  | { readonly type: "attached" }
  | { readonly type: "gone" };

/** Text from the page: it lets GDB go, and why. */
export interface FromPage {
  readonly type: "refused";
  readonly why: string;
}

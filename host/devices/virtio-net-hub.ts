/** An Ethernet segment: what one port sends reaches all others, of the same machine or of several. */
import type { NetworkPort } from "./virtio-net.ts";

export class NetworkHub {
  private readonly ports = new Set<HubPort>();

  /** A socket for one network card. */
  plug(): NetworkPort {
    const port = new HubPort((frame, sender) => {
      for (const other of this.ports) if (other !== sender) other.deliver(frame);
    });
    this.ports.add(port);
    return port;
  }
}

class HubPort implements NetworkPort {
  private receive: (frame: Uint8Array) => void = () => {};
  private readonly forward: (frame: Uint8Array, sender: HubPort) => void;

  constructor(forward: (frame: Uint8Array, sender: HubPort) => void) {
    this.forward = forward;
  }

  send(frame: Uint8Array): void {
    this.forward(frame, this);
  }

  connect(receive: (frame: Uint8Array) => void): void {
    this.receive = receive;
  }

  deliver(frame: Uint8Array): void {
    this.receive(frame);
  }
}

/** A host on the other end of the cable that answers ARP (RFC 826) and ping (RFC 792), for tests of a network card. */
import type { NetworkPort } from "../../host/devices/virtio-net.ts";

const ETHERTYPE = 12;
const ETHERNET_BYTES = 14;
const TYPE_IP = 0x0800;
const TYPE_ARP = 0x0806;

const ARP_OPERATION = ETHERNET_BYTES + 6;
const ARP_SENDER = ETHERNET_BYTES + 8;
const ARP_TARGET = ETHERNET_BYTES + 18;
const ARP_TARGET_IP = ETHERNET_BYTES + 24;
const ARP_PAIR_BYTES = 10;
const ARP_REPLY = 2;

const IP_PROTOCOL = ETHERNET_BYTES + 9;
const IP_SOURCE = ETHERNET_BYTES + 12;
const IP_TARGET = ETHERNET_BYTES + 16;
const PROTOCOL_ICMP = 1;
const ICMP_TYPE = ETHERNET_BYTES + 20;
const ICMP_CHECKSUM = ICMP_TYPE + 2;
const ECHO_REQUEST = 8;
const ECHO_REPLY = 0;

const MAC = [0x52, 0x55, 0x0a, 0x00, 0x02, 0x02];

export class EchoHost implements NetworkPort {
  #receive: (frame: Uint8Array) => void = () => {};
  /** Echo requests that were answered. */
  answered = 0;

  connect(receive: (frame: Uint8Array) => void): void {
    this.#receive = receive;
  }

  send(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    const type = view.getUint16(ETHERTYPE);
    if (type === TYPE_ARP) this.#answerArp(frame.slice());
    const echo =
      type === TYPE_IP && frame[IP_PROTOCOL] === PROTOCOL_ICMP && frame[ICMP_TYPE] === ECHO_REQUEST;
    if (echo) this.#answerEcho(frame.slice());
  }

  #answerArp(frame: Uint8Array): void {
    const asked = frame.slice(ARP_TARGET_IP, ARP_TARGET_IP + 4);
    frame.copyWithin(ARP_TARGET, ARP_SENDER, ARP_SENDER + ARP_PAIR_BYTES);
    frame.set([...MAC, ...asked], ARP_SENDER);
    frame[ARP_OPERATION + 1] = ARP_REPLY;
    this.#return(frame);
  }

  #answerEcho(frame: Uint8Array): void {
    const source = frame.slice(IP_SOURCE, IP_SOURCE + 4);
    frame.copyWithin(IP_SOURCE, IP_TARGET, IP_TARGET + 4);
    frame.set(source, IP_TARGET);
    frame[ICMP_TYPE] = ECHO_REPLY;
    // The type is the high byte of a word of the ones' complement sum.
    const view = new DataView(frame.buffer);
    const sum = view.getUint16(ICMP_CHECKSUM) + (ECHO_REQUEST << 8);
    view.setUint16(ICMP_CHECKSUM, (sum & 0xffff) + (sum >> 16));
    this.answered += 1;
    this.#return(frame);
  }

  #return(frame: Uint8Array): void {
    frame.copyWithin(0, 6, 12);
    frame.set(MAC, 6);
    this.#receive(frame);
  }
}

/** Random numbers that are a function of a seed (sfc32), and the operand values where bugs like to sit. */

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = (seed / 2 ** 32) | 0;
    this.#c = 0x9e3779b9;
    for (let i = 0; i < 16; i++) this.bits32();
  }

  /** 32 random bits, unsigned. */
  bits32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor((this.bits32() / 2 ** 32) * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.bits32() < probability * 2 ** 32;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.int(0, choices.length - 1)];
    if (choice === undefined) throw new Error("nothing to pick from");
    return choice;
  }

  bits64(): bigint {
    return (BigInt(this.bits32()) << 32n) | BigInt(this.bits32());
  }

  /** A 64-bit value at or near an edge, or any. */
  operand(): bigint {
    const power = 1n << BigInt(this.int(0, 63));
    const near = BigInt(this.int(-2, 2));
    switch (this.int(0, 8)) {
      case 0:
        return BigInt(this.int(-8, 8));
      case 1:
        return power + near;
      case 2:
        return near - power;
      case 3:
        return 0x7fffffffffffffffn + near;
      case 4:
        return 0x7fffffffn + near;
      case 5:
        return BigInt.asIntN(32, this.bits64());
      case 6:
        return this.bits64() & 0xffffffffn;
      case 7:
        return this.pick([
          0x5555555555555555n,
          0xaaaaaaaaaaaaaaaan,
          0xff00ff00ff00ff00n,
          0x0123456789abcdefn,
        ]);
      default:
        return this.bits64();
    }
  }
}

/** The gpus of a host, by what their driver calls them: each for one job at a time. */
export class Devices {
  #free: readonly string[];
  readonly #hasAny: boolean;

  constructor(names: readonly string[]) {
    this.#free = names;
    this.#hasAny = names.length > 0;
  }

  /** Takes so many that are free; there are as many. */
  take(count: number): readonly string[] {
    const taken = this.#free.slice(0, count);
    this.#free = this.#free.slice(count);
    return taken;
  }

  giveBack(taken: readonly string[]): void {
    this.#free = [...this.#free, ...taken];
  }

  /**
   * What programs find their gpus by, NVIDIA's and AMD's. One that asked for none sees none; a host that hands out none says
   * nothing of them.
   */
  visible(taken: readonly string[]): Readonly<Record<string, string>> {
    const names = taken.join(',');
    return this.#hasAny ? { CUDA_VISIBLE_DEVICES: names, ROCR_VISIBLE_DEVICES: names } : {};
  }
}

/** As drivers number them. */
export function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

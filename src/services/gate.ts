/** Lets many in together, or one alone: a suspect runs while nothing else in its process does. Those who wait enter in order. */
export class Gate {
  readonly #waiting: { readonly alone: boolean; readonly enter: () => void }[] = [];
  #inside = 0;
  #locked = false;

  /** True when inside; otherwise nothing has changed, and `enter` waits. */
  tryEnter(alone: boolean): boolean {
    const isOpen = this.#waiting.length === 0 && this.#admits(alone);
    if (isOpen) this.#take(alone);
    return isOpen;
  }

  /** Resolves when inside. */
  async enter(alone: boolean): Promise<void> {
    if (!this.tryEnter(alone)) await new Promise<void>((enter) => this.#waiting.push({ alone, enter }));
  }

  leave(): void {
    this.#inside -= 1;
    this.#locked = false;
    this.#admit();
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#admits(next.alone); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#take(next.alone);
      next.enter();
    }
  }

  #take(alone: boolean): void {
    this.#inside += 1;
    this.#locked = alone;
  }

  #admits(alone: boolean): boolean {
    return !this.#locked && (!alone || this.#inside === 0);
  }
}

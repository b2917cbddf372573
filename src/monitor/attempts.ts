import type { Clock } from '../core/clock.ts';

/** After the first failure it is counted for so long (ms); then all is forgotten, so nobody is locked out for longer. */
const window = 15 * 60_000;
/** Failures from one place, whoever is tried: a control room behind one address mistypes, too. */
const fromPlace = 30;
/** Failures of one user from a place where that user is logged in, or from all other places together. */
const ofUser = 10;
/** More different ones are not remembered; then the oldest is forgotten. */
const remembered = 10_000;

interface Count {
  failures: number;
  readonly until: number;
}

/**
 * Counts logins that fail. Who guesses at a user's password from elsewhere cannot keep that user from logging in where
 * he or she already is; and a user is guessed at no faster from a thousand places than from one.
 */
export class Attempts {
  readonly #clock: Clock;
  readonly #counts = new Map<string, Count>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Counts a try as failed until it is taken back: of a hundred at the same time no more get through. Returns how many
   * seconds to wait in place of trying, 0 for none.
   */
  begin(user: string, place: string, isKnown: boolean): number {
    const counts = this.#keys(user, place, isKnown).map(([key, limit]) => ({ key, limit, count: this.#count(key) }));
    const full = counts.filter(({ count, limit }) => count.failures >= limit);
    if (full.length > 0) {
      const until = Math.max(...full.map(({ count }) => count.until));
      return Math.max(1, Math.ceil((until - this.#clock.now()) / 1000));
    }
    for (const { key, count } of counts) {
      count.failures += 1;
      this.#counts.set(key, count);
    }
    this.#forget();
    return 0;
  }

  /** It did not fail. */
  takeBack(user: string, place: string, isKnown: boolean): void {
    for (const [key] of this.#keys(user, place, isKnown)) {
      const count = this.#count(key);
      count.failures = Math.max(0, count.failures - 1);
    }
  }

  #keys(user: string, place: string, isKnown: boolean): readonly (readonly [key: string, limit: number])[] {
    return [
      [`from ${place}`, fromPlace],
      [isKnown ? `${user} from ${place}` : `${user} from elsewhere`, ofUser],
    ];
  }

  #count(key: string): Count {
    const now = this.#clock.now();
    const count = this.#counts.get(key);
    return count && count.until > now ? count : { failures: 0, until: now + window };
  }

  #forget(): void {
    const oldest = this.#counts.keys();
    for (let more = this.#counts.size - remembered; more > 0; more -= 1) this.#counts.delete(oldest.next().value ?? '');
  }
}

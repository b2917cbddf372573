import type { SessionView, UserView } from '../../../src/monitor/api.ts';
import { loginNeeded, request, RequestFailure, send } from '../server/request.ts';

/** Who sits before the page, as far as the monitor knows. */
export type Person =
  | { readonly kind: 'asking' }
  | { readonly kind: 'stranger'; readonly passwords: boolean; readonly wasKnown: boolean }
  /** `passwords`: whether one could log in as somebody else. */
  | { readonly kind: 'known'; readonly user: UserView; readonly passwords: boolean }
  /** The monitor did not say. Status 0: it does not answer, which the feed tells, and asks about again. */
  | { readonly kind: 'unclear'; readonly failure: RequestFailure };

/** Knows who sits before the page, and asks again whenever the monitor wants a login. */
export class Session {
  readonly #subscribers = new Set<() => void>();
  #person: Person = { kind: 'asking' };
  #isAsking = false;

  start(): void {
    window.addEventListener(loginNeeded, this.ask);
    this.ask();
  }

  readonly subscribe = (subscriber: () => void): (() => void) => {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  };

  readonly current = (): Person => this.#person;

  /** Asks the monitor who this is. */
  readonly ask = (): void => {
    if (this.#isAsking) return;
    this.#isAsking = true;
    void this.#ask().finally(() => {
      this.#isAsking = false;
    });
  };

  /** Rejects with a `RequestFailure`, in words for the person. */
  async logIn(name: string, password: string): Promise<void> {
    this.#take(await send<SessionView>('POST', '/api/session', { name, password }));
  }

  /** Rejects with a `RequestFailure`. */
  async logOut(): Promise<void> {
    await send('DELETE', '/api/session');
    this.#person = { kind: 'asking' };
    await this.#ask();
  }

  async #ask(): Promise<void> {
    try {
      this.#take(await request<SessionView>('/api/session', AbortSignal.timeout(10_000)));
    } catch (error) {
      const failure =
        error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.');
      // Whoever was known stays so while the monitor is away.
      if (failure.status !== 0 || this.#person.kind === 'asking') this.#set({ kind: 'unclear', failure });
    }
  }

  #take({ user, passwords }: SessionView): void {
    if (user) this.#set({ kind: 'known', user, passwords });
    else this.#set({ kind: 'stranger', passwords, wasKnown: this.#person.kind === 'known' || this.#wasKnown });
  }

  get #wasKnown(): boolean {
    return this.#person.kind === 'stranger' && this.#person.wasKnown;
  }

  #set(person: Person): void {
    if (JSON.stringify(person) === JSON.stringify(this.#person)) return;
    this.#person = person;
    for (const subscriber of this.#subscribers) subscriber();
  }
}

import { isObject } from '../core/json.ts';
import type { Client } from '../stomp/client.ts';
import { names } from './names.ts';
import type { Suspect } from './suspects.ts';

/** Who is told of suspects, and knows of some: a supervisor. */
interface Knowing {
  suspects(): readonly Suspect[];
  learn(suspect: Suspect): void;
}

/**
 * What supervisors on different hosts tell each other of suspects, on the topic `baton.suspects`. Nobody hears what was
 * told while he was away: so whoever comes, or comes back, tells all that he knows, and asks the others for the same.
 */
export class SuspectNews {
  readonly #client: Client;
  readonly #name: string;
  readonly #supervisor: Knowing;

  /** `name`: how this supervisor is known to the others, `host.pid`. */
  constructor(client: Client, name: string, supervisor: Knowing) {
    this.#client = client;
    this.#name = name;
    this.#supervisor = supervisor;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const destination = this.#client.topic(names.suspects);
    await this.#client.subscribe({ destination, ack: 'auto' }, ({ body }) => this.#hear(body.toString('utf8')));
    this.#client.events.on('connected', () => this.#comeIn());
    this.#comeIn();
  }

  /** Tells the others; those who cannot be reached hear of it when they are back. */
  tell(suspect: Suspect): void {
    this.#send({ ...suspect });
  }

  #comeIn(): void {
    this.#send({ question: 'suspects' });
    this.#tellAll();
  }

  #tellAll(): void {
    for (const suspect of this.#supervisor.suspects()) this.tell(suspect);
  }

  #hear(text: string): void {
    const news = parsed(text);
    if (!isObject(news) || news['from'] === this.#name) return;
    if (news['question'] === 'suspects') return this.#tellAll();
    const suspect = suspectFrom(news);
    if (suspect) this.#supervisor.learn(suspect);
  }

  #send(news: object): void {
    const body = JSON.stringify({ ...news, from: this.#name });
    this.#client.send({ destination: this.#client.topic(names.suspects), body }).catch(() => undefined);
  }
}

function suspectFrom({ messageId, deaths, lastOutput }: Readonly<Record<string, unknown>>): Suspect | undefined {
  if (typeof messageId !== 'string' || typeof lastOutput !== 'string' || !Array.isArray(deaths)) return undefined;
  return deaths.every((death) => typeof death === 'string') ? { messageId, deaths, lastOutput } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

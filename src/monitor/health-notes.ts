import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { writeDurably } from '../core/durable.ts';
import { messageOf } from '../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import type { HealthCheck, ServiceView } from './api.ts';
import type { Told } from './alerts.ts';
import type { Sample } from './oldest.ts';
import type { Reading } from './rise.ts';

/** What a monitor that starts must know of what was before, lest it tell something false. */
export interface HealthNotes {
  /** Since when each check has been in its state. */
  readonly checks: readonly HealthCheck[];
  /** A service that was lost before the start is lost still. */
  readonly services: readonly ServiceView[];
  readonly oldest: Readonly<Record<string, Sample>>;
  readonly deadLetters: readonly Reading[];
  readonly overBudget: readonly Reading[];
  /** By receiver: what it was told last. */
  readonly told: Readonly<Record<string, Told>>;
}

const fileName = 'health.json';
/** ms between two writings. */
const interval = 10_000;

/** Reads the notes in the folder. Those that are not there, or no notes, are empty: they are a help and no more. */
export async function readHealthNotes(folder: string): Promise<HealthNotes> {
  const text = await readFile(join(folder, fileName), 'utf8').catch(() => '{}');
  const found = parsed(text);
  const list = (name: keyof HealthNotes, isOne: (value: Json) => boolean): readonly Json[] => {
    const value = found[name];
    return Array.isArray(value) ? (value as readonly Json[]).filter(isOne) : [];
  };
  const record = (name: keyof HealthNotes, isOne: (value: Json) => boolean): JsonObject => {
    const value = found[name];
    return Object.fromEntries(Object.entries(isObject(value) ? value : {}).filter(([, one]) => isOne(one)));
  };
  return {
    checks: list('checks', (one) => hasTexts(one, 'check', 'state')),
    services: list('services', (one) => hasTexts(one, 'host', 'service', 'serviceClass')),
    oldest: record('oldest', isPair),
    deadLetters: list('deadLetters', isPair),
    overBudget: list('overBudget', isPair),
    told: record('told', isObject),
  } as unknown as HealthNotes;
}

/** Writes the notes every ten seconds, and at the end. A disk that takes none harms nothing but them. */
export class NotesKeeper {
  readonly #path: string;
  readonly #read: () => HealthNotes;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  #keeping: Promise<void> | undefined;

  constructor(folder: string, read: () => HealthNotes, clock: Clock, log: Log) {
    this.#path = join(folder, fileName);
    this.#read = read;
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#keeping = this.#keep();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#keeping;
  }

  async #keep(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#clock.sleep(interval, signal).catch(() => undefined);
      try {
        await writeDurably(this.#path, JSON.stringify(this.#read()));
      } catch (error) {
        this.#log.debug({ reason: messageOf(error) }, 'the notes of the health checks were not written');
      }
    }
  }
}

function parsed(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function hasTexts(value: Json, ...names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => typeof value[name] === 'string');
}

function isPair(value: Json): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number');
}

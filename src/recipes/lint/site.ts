import type { JsonObject } from '../../core/json.ts';
import type { DescribedService } from '../schema.ts';
import { ParameterSchema } from '../parameter-schema.ts';

/** What the linter wants to know of a service. */
export interface KnownService extends DescribedService {
  readonly defaultChannel: string | undefined;
  readonly joins: boolean;
}

/** What recipes may ask of a program of the site. */
export interface KnownProgram {
  /** JSON Schema of its arguments; none are permitted where absent. */
  readonly arguments?: JsonObject;
}

/** What is known of the site that recipes are for. */
export interface SiteFacts {
  /** The services installed, whether they run or not. */
  readonly services: readonly KnownService[];
  /** The programs that the service `command` runs there, by name; absent where that is not known. */
  readonly programs?: Readonly<Record<string, KnownProgram>>;
  /** Queues that somebody reads. */
  readonly readers: ReadonlySet<string>;
  /** How that is known. */
  readonly source: 'configuration' | 'heartbeats';
  /** What services call themselves that were heard of. */
  readonly heard?: readonly string[];
}

/** A site, as rules ask about it. */
export class LintSite {
  readonly facts: SiteFacts;
  readonly #byQueue: ReadonlyMap<string, KnownService>;
  readonly #schemas = new Map<KnownService | KnownProgram, ParameterSchema>();

  constructor(facts: SiteFacts) {
    this.facts = facts;
    this.#byQueue = new Map(facts.services.map((service) => [service.queue, service]));
  }

  /** The installed service whose queue that is. */
  serviceAt(queue: string | undefined): KnownService | undefined {
    return queue === undefined ? undefined : this.#byQueue.get(queue);
  }

  /** The installed service of that name, or so described. */
  serviceCalled(name: string): KnownService | undefined {
    const meant = name.toLowerCase();
    return this.facts.services.find((service) =>
      [service.name, service.description].some((known) => known.toLowerCase() === meant),
    );
  }

  isRead(queue: string): boolean {
    return this.facts.readers.has(queue);
  }

  /** All queues that a recipe may name here. */
  queues(): readonly string[] {
    return [...new Set([...this.#byQueue.keys(), ...this.facts.readers])];
  }

  /** The schema of a service's parameters, compiled once. */
  parametersOf(service: KnownService): ParameterSchema {
    const schema = this.#schemas.get(service) ?? new ParameterSchema(service.parameters);
    this.#schemas.set(service, schema);
    return schema;
  }

  /** The same of what recipes may give a program of the site, under `arguments`; undefined where there is no such program. */
  argumentsOf(name: string): ParameterSchema | undefined {
    const { programs = {} } = this.facts;
    const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
    if (!program) return undefined;
    const { arguments: permitted = { type: 'array', maxItems: 0 } } = program;
    const schema =
      this.#schemas.get(program) ?? new ParameterSchema({ type: 'object', properties: { arguments: permitted } });
    this.#schemas.set(program, schema);
    return schema;
  }
}

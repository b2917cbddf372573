import type { Backend } from '../../../compute/backend.ts';
import { Permissions } from './permitted.ts';
import type { Program, Programs } from './program.ts';
import { unknownBackend, unknownProgram } from './errors.ts';

/** A program of the site, with what reads the wishes of recipes for it. */
export interface KnownProgram {
  readonly name: string;
  readonly program: Program;
  readonly permissions: Permissions;
}

/** What programs there are, and where they run: the first backend where a recipe names none. */
export class CommandSite {
  readonly #programs: ReadonlyMap<string, KnownProgram>;
  readonly #backends: ReadonlyMap<string, Backend>;

  constructor(programs: Programs, backends: readonly Backend[]) {
    const known = Object.entries(programs).map(
      ([name, program]) => [name, { name, program, permissions: new Permissions(name, program) }] as const,
    );
    this.#programs = new Map(known);
    this.#backends = new Map(backends.map((backend) => [backend.name, backend]));
  }

  /** Throws `command.unknown-program`. */
  program(name: string): KnownProgram {
    const found = this.#programs.get(name);
    if (!found) throw unknownProgram({ name, known: [...this.#programs.keys()] });
    return found;
  }

  /** Throws `command.unknown-backend`. */
  backend(name?: string): Backend {
    const [first] = this.#backends.keys();
    const found = this.#backends.get(name ?? first ?? '');
    if (!found) throw unknownBackend({ name: name ?? '', known: [...this.#backends.keys()] });
    return found;
  }

  /** Its jobs are handed over. False where there is no such backend. */
  outlives(name?: string): boolean {
    const [first] = this.#backends.keys();
    return this.#backends.get(name ?? first ?? '')?.submit !== undefined;
  }

  async start(): Promise<void> {
    for (const backend of this.#backends.values()) await backend.start();
  }

  async stop(): Promise<void> {
    await Promise.all(Array.from(this.#backends.values(), async (backend) => backend.stop()));
  }
}

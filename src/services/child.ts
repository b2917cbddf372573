import { fork, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { backoffSeconds, jittered, type Backoff } from '../core/backoff.ts';
import { BatonError, messageOf } from '../core/errors.ts';
import type { Events } from '../core/events.ts';
import type { Json } from '../core/json.ts';
import { partStopped } from './errors.ts';
import type { SupervisorEvents } from './events.ts';
import type { ToChild, ToSupervisor } from './ipc.ts';
import type { GuardFolder } from './guard-folder.ts';
import type { Suspect } from './suspects.ts';

/** One process that the supervisor keeps alive. */
export interface PartDefinition {
  /** Unique under one supervisor. */
  readonly name: string;
  /** What the process is told to be, as JSON. */
  readonly begin: Json;
  /** Options of Node for the process, beside those of this one. */
  readonly nodeOptions?: readonly string[];
  /** By how much it stands back behind other processes, as nice(2) has it; and with it whatever it starts. */
  readonly niceness?: number;
}

interface ChildOptions {
  readonly entry: URL;
  readonly backoff: Backoff;
  readonly stopWithin: number;
  readonly events: Events<SupervisorEvents>;
  readonly guard: GuardFolder;
  /** Tells everybody what is known of a message now. */
  readonly found: (suspect: Suspect) => void;
}

/** The last in line (nice(2)). */
const mostNice = constants.priority.PRIORITY_LOW;
/** A process that was ready for so long (ms) counts as healthy: its next death is the first again. */
const healthyAfter = 5_000;
/** The last output kept of a process: what a dead-lettered message tells of the death. */
const outputLines = 20;

/** One part: its process, what that runs, and its restarts. */
export class Child {
  readonly name: string;
  readonly #part: PartDefinition;
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  /** What the guard calls the process. */
  #grave = '';
  #exited: Promise<void> = Promise.resolve();
  #output: string[] = [];
  #deaths = 0;
  #wasReady = false;
  #hasEnded = false;
  #readySince = Infinity;
  #stopping = false;
  #restart: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;

  constructor(part: PartDefinition, options: ChildOptions) {
    this.name = part.name;
    this.#part = part;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get messages(): readonly string[] {
    return [...this.#options.guard.running(this.#grave).keys()];
  }

  /** Resolves when the part is ready for the first time; rejects when it refuses to start. A death before that is restarted like any other. */
  async start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const mine = ({ part }: { readonly part: string }): boolean => part === this.name;
    const ends = [
      this.#options.events.on('ready', (event) => mine(event) && resolve()),
      this.#options.events.on('refused', (event) => mine(event) && reject(event.error)),
      this.#options.events.on('stopped', (event) => mine(event) && reject(partStopped(event))),
    ];
    this.#watch = setInterval(() => this.#killOverdue(), 1_000);
    this.#spawn();
    await promise.finally(() => {
      for (const end of ends) end();
    });
  }

  /** Asks the process to end, kills it when it does not, and resolves when it has. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    clearInterval(this.#watch);
    this.tell({ type: 'stop' });
    const kill = setTimeout(() => this.#process?.kill('SIGKILL'), this.#options.stopWithin * 1000);
    await this.#exited;
    clearTimeout(kill);
  }

  tell(message: ToChild): void {
    // A process that is just dying takes no message, and needs none: its replacement is told everything.
    if (this.#process?.connected) this.#process.send(message, () => undefined);
  }

  #spawn(): void {
    const { entry, guard, events } = this.#options;
    const execArgv = [...process.execArgv, ...(this.#part.nodeOptions ?? [])];
    const child = fork(entry, [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv });
    this.#process = child;
    this.#grave = guard.nextName(child.pid ?? 0);
    this.#hasEnded = false;
    this.#readySince = Infinity;
    this.#output = [];
    child.on('message', (message) => this.#hear(message as ToSupervisor));
    child.stdout?.on('data', (chunk: Buffer) => this.#heard(chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.#heard(chunk));
    this.#exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        resolve();
        this.#ended(signal ?? code ?? 'unknown');
      });
      child.once('error', (error) => events.emit('output', { part: this.name, text: `${error.message}\n` }));
    });
    const places = guard.placesOf(this.#grave);
    this.tell({ type: 'begin', begin: this.#part.begin, guard: places, suspects: guard.suspects.all() });
    events.emit('started', { part: this.name, pid: child.pid ?? 0 });
  }

  /** With all threads that it has: on Linux each has a priority of its own, which those that come later have from who starts them. */
  #standBack(pid: number | undefined): void {
    const { niceness = 0 } = this.#part;
    if (pid === undefined || niceness === 0) return;
    try {
      for (const thread of threadsOf(pid)) setPriority(thread, Math.min(mostNice, getPriority() + niceness));
    } catch (error) {
      // It has ended already, or the system does not let it: it works all the same.
      this.#options.events.emit('output', { part: this.name, text: `${messageOf(error)}\n` });
    }
  }

  #hear(message: ToSupervisor): void {
    const { events, guard, found } = this.#options;
    switch (message.type) {
      case 'ready':
        this.#wasReady = true;
        this.#standBack(this.#process?.pid);
        this.#readySince = performance.now();
        return events.emit('ready', { part: this.name, details: message.details });
      case 'refused':
        // What refuses a part that was up before, a taken port perhaps, may be over at the next try.
        this.#stopping ||= !this.#wasReady;
        return events.emit('refused', { part: this.name, error: BatonError.of(message) });
      case 'ended':
        this.#hasEnded = true;
        return;
      case 'cleared':
        if (guard.suspects.get(message.id)) found({ messageId: message.id, deaths: [], lastOutput: '' });
    }
  }

  #heard(chunk: Buffer): void {
    const text = chunk.toString('utf8');
    this.#output = [...this.#output, ...text.split('\n').filter((line) => line !== '')].slice(-outputLines);
    this.#options.events.emit('output', { part: this.name, text });
  }

  /** A handler that ignores its time-out and signal loses its process, also when it blocks the event loop. */
  #killOverdue(): void {
    if (this.#options.guard.isOverdue(this.#grave)) this.#process?.kill('SIGKILL');
  }

  #ended(how: string | number): void {
    const { events, backoff, guard, found } = this.#options;
    this.#process = undefined;
    if (this.#stopping || (this.#hasEnded && how === 0)) {
      guard.forget(this.#grave);
      return events.emit('stopped', { part: this.name });
    }
    const end = typeof how === 'number' ? `(exit code ${how})` : `(${how})`;
    const suspects = guard.bury(this.#grave, [...this.#output, end].join('\n'));
    for (const suspect of suspects) found(suspect);
    const wasHealthy = performance.now() > this.#readySince + healthyAfter;
    this.#deaths = wasHealthy ? 1 : this.#deaths + 1;
    const restartIn = jittered(backoffSeconds(backoff, this.#deaths));
    const running = suspects.map(({ messageId }) => messageId);
    events.emit('died', { part: this.name, how: String(how), running, restartIn, lastOutput: this.#output });
    this.#restart = setTimeout(() => this.#spawn(), restartIn * 1000);
  }
}

/** By the numbers that the system has for them; where it does not tell, the process itself. */
function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}

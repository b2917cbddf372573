import { fork, type ChildProcess } from 'node:child_process';
import { backoffSeconds, jittered, type Backoff } from '../core/backoff.ts';
import { BatonError } from '../core/errors.ts';
import type { Events } from '../core/events.ts';
import type { Json } from '../core/json.ts';
import { partStopped } from './errors.ts';
import type { SupervisorEvents } from './events.ts';
import { grace } from './handle.ts';
import type { ToChild, ToSupervisor } from './ipc.ts';
import type { Suspect, Suspects } from './suspects.ts';

/** One process that the supervisor keeps alive. */
export interface PartDefinition {
  /** Unique under one supervisor. */
  readonly name: string;
  /** What the process is told to be, as JSON. */
  readonly begin: Json;
}

interface ChildOptions {
  readonly entry: URL;
  readonly backoff: Backoff;
  readonly stopWithin: number;
  readonly events: Events<SupervisorEvents>;
  readonly suspects: Suspects;
  readonly learn: (suspect: Suspect) => void;
}

/** A process that was ready for so long (ms) counts as healthy: its next death is the first again. */
const healthyAfter = 5_000;
/** The last output kept of a process: what a dead-lettered message tells of the death. */
const outputLines = 20;

/** One part: its process, what that runs, and its restarts. */
export class Child {
  readonly name: string;
  readonly #part: PartDefinition;
  readonly #options: ChildOptions;
  /** Until when what runs should have ended, by a clock that nobody sets: `performance.now()`. */
  readonly #running = new Map<string, number>();
  #process: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #output: string[] = [];
  #deaths = 0;
  #wasReady = false;
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
    return [...this.#running.keys()];
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
    const { entry, suspects, events } = this.#options;
    const child = fork(entry, [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#process = child;
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
    this.tell({ type: 'begin', begin: this.#part.begin, suspects: suspects.all() });
    events.emit('started', { part: this.name, pid: child.pid ?? 0 });
  }

  #hear(message: ToSupervisor): void {
    const { events, suspects } = this.#options;
    switch (message.type) {
      case 'ready':
        this.#wasReady = true;
        this.#readySince = performance.now();
        return events.emit('ready', { part: this.name, details: message.details });
      case 'refused':
        // What refuses a part that was up before, a taken port perhaps, may be over at the next try.
        this.#stopping ||= !this.#wasReady;
        return events.emit('refused', { part: this.name, error: BatonError.of(message) });
      case 'notes':
        for (const [id, seconds] of message.started) this.#running.set(id, performance.now() + seconds * 1000);
        for (const id of message.ended) this.#running.delete(id);
        return;
      case 'cleared':
        if (suspects.get(message.id)) this.#options.learn({ messageId: message.id, deaths: 0, lastOutput: '' });
    }
  }

  #heard(chunk: Buffer): void {
    const text = chunk.toString('utf8');
    this.#output = [...this.#output, ...text.split('\n').filter((line) => line !== '')].slice(-outputLines);
    this.#options.events.emit('output', { part: this.name, text });
  }

  /** A handler that ignores its time-out and signal loses its process, also when it blocks the event loop. */
  #killOverdue(): void {
    const overdue = [...this.#running.values()].some((deadline) => performance.now() > deadline + 2 * grace * 1000);
    if (overdue) this.#process?.kill('SIGKILL');
  }

  #ended(how: string | number): void {
    const { events, backoff } = this.#options;
    this.#process = undefined;
    const running = this.messages;
    this.#running.clear();
    if (this.#stopping || how === 0) return events.emit('stopped', { part: this.name });
    for (const messageId of running) this.#suspect(messageId);
    const wasHealthy = performance.now() > this.#readySince + healthyAfter;
    this.#deaths = wasHealthy ? 1 : this.#deaths + 1;
    const seconds = jittered(backoffSeconds(backoff, this.#deaths));
    events.emit('died', { part: this.name, how: String(how), running, restartIn: seconds, lastOutput: this.#output });
    this.#restart = setTimeout(() => this.#spawn(), seconds * 1000);
  }

  #suspect(messageId: string): void {
    const deaths = (this.#options.suspects.get(messageId)?.deaths ?? 0) + 1;
    this.#options.learn({ messageId, deaths, lastOutput: this.#output.join('\n') });
  }
}

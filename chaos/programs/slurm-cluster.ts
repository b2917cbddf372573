import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { TestSlurm } from '../../test/fixtures/slurm.ts';
import { signalled } from '../scene.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Absence, Elsewhere } from './elsewhere.ts';

type Daemon = 'slurmctld' | 'slurmd';

/** ms that a daemon is away. */
const away = 3_000;
const cores = 8;
/** ms between two looks of its operator. */
const patrol = 1_000;

/** A cluster of one node, this host. */
export class SlurmCluster implements Elsewhere {
  readonly weights = { slurmctld: 4, slurmd: 4, keeper: 3 };
  readonly emptied = [];
  readonly absences: readonly Absence[] = [];
  readonly #slurm: TestSlurm;
  readonly #folder: string;
  readonly #away = new Map<Daemon, Promise<void>>();
  readonly #patrol: NodeJS.Timeout;

  private constructor(slurm: TestSlurm, folder: string) {
    this.#slurm = slurm;
    this.#folder = folder;
    this.#patrol = setInterval(() => void this.#resume().catch(() => undefined), patrol);
  }

  static async start(folder: string): Promise<SlurmCluster> {
    const own = join(folder, 'slurm');
    mkdirSync(own, { mode: 0o700 });
    return new SlurmCluster(await TestSlurm.start({ cores }), own);
  }

  get compute(): JsonObject {
    return { slurm: { folder: this.#folder, conf: this.#slurm.conf } };
  }

  get folders(): readonly string[] {
    return [join(this.#folder, 'nodes', hostname())];
  }

  start(): void {
    // Its node runs.
  }

  async kill(target: string, which: number): Promise<boolean> {
    if (target !== 'keeper') return this.#killDaemon(target as Daemon, which);
    const keepers = this.#keepers();
    const pid = keepers[Math.floor(which * keepers.length)];
    return Promise.resolve(pid !== undefined && signalled(pid, 'SIGKILL'));
  }

  killAll(which: number): void {
    for (const pid of this.#keepers()) signalled(pid, 'SIGKILL');
    for (const daemon of ['slurmctld', 'slurmd'] as const) this.#killDaemon(daemon, which);
  }

  async back(): Promise<void> {
    await Promise.all(this.#away.values());
  }

  async jobs(): Promise<readonly string[]> {
    const lines = (await this.#slurm.run('squeue', '-h', '-o', '%i %T %j')).split('\n');
    return lines.filter((line) => line !== '').map((line) => `in Slurm ${line}`);
  }

  async stop(): Promise<void> {
    await this.back();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#patrol);
    await this.back();
    await this.#slurm[Symbol.asyncDispose]();
  }

  /** A node that Slurm trusts no more is put back, as its operator does: a controller that has lost its last seconds gives numbers twice. */
  async #resume(): Promise<void> {
    const nodes = (await this.#slurm.run('sinfo', '-h', '-N', '-o', '%N %T'))
      .split('\n')
      .map((line) => line.split(' '));
    for (const [name = '', state = ''] of nodes)
      if (/^(?:drain|down)/.test(state))
        await this.#slurm.run('scontrol', 'update', `NodeName=${name}`, 'State=RESUME');
  }

  #killDaemon(daemon: Daemon, which: number): boolean {
    if (this.#away.has(daemon)) return false;
    const gone = this.#restart(daemon, which * away).finally(() => this.#away.delete(daemon));
    this.#away.set(daemon, gone);
    return true;
  }

  async #restart(daemon: Daemon, pause: number): Promise<void> {
    await this.#slurm.kill(daemon);
    await setTimeout(pause);
    await this.#slurm.begin(daemon);
  }

  /** Baton's own processes on the node, each with a program. */
  #keepers(): readonly number[] {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map(Number).filter((pid) => {
      try {
        const words = readFileSync(`/proc/${String(pid)}/cmdline`, 'latin1');
        return words.includes('node-main') && words.includes(this.#folder);
      } catch {
        return false;
      }
    });
  }
}

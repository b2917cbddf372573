import { chmod, mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Backend, Ended, Job, JobListener } from '../../src/compute/backend.ts';
import { noAccount, notStarted, tooLarge } from '../../src/compute/errors.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { processesBelow } from './processes.ts';

/** A backend of a test, started, with two cores and 4 GB. */
export type StartBackend = (folder: string) => Promise<Backend>;

const megabyte = 1024 * 1024;

/** What every backend does, whatever runs its programs. The programs are real ones, in shell and Node. */
export function exerciseBackend(start: StartBackend): void {
  const site = async (): Promise<Site> => await Site.start(start);

  describe('a job', () => {
    it('gets its arguments as they are, its input, its environment and no other, and its folder', async () => {
      await using here = await site();
      const script = 'printf "%s|" "$@"; cat; echo; cat "$BATON_MESSAGE"; env | sort; pwd; ulimit -c';
      const ended = await here.run({ script, given: ['a b', '$(id)', ';', ''], input: 'from the message' });
      expect(ended).toMatchObject({ exitCode: 0, left: [] });
      const lines = ended.log.split('\n').filter((line) => !/^(?:PWD|OLDPWD|SHLVL|_)=/.test(line));
      expect(lines.slice(0, 2)).toEqual(['a b|$(id)|;||from the message', 'the message']);
      const names = lines.filter((line) => line.includes('=')).map((line) => line.split('=')[0]);
      expect(names).toEqual(['BATON_MESSAGE', 'BATON_OUTPUT', 'HOME', 'PATH', 'SECOND', 'TMPDIR']);
      expect(lines.slice(-3)).toEqual([here.work, '0', '']);
    });

    it('tells its exit code, or the signal that ended it, and what it printed', async () => {
      await using here = await site();
      expect(await here.run({ script: 'echo out; echo err >&2; exit 3' })).toMatchObject({
        exitCode: 3,
        log: 'out\nerr\n',
      });
      const killed = await here.run({ script: 'kill -SEGV $$' });
      expect(killed).toMatchObject({ signal: 'SIGSEGV' });
      expect(killed).not.toHaveProperty('exitCode');
    });

    it('tells how much memory and processor time it took', async () => {
      await using here = await site();
      const hungry = `const b = Buffer.alloc(${200 * megabyte}, 1); const t = Date.now(); while (Date.now() - t < 1500);`;
      const {
        peakMemory = 0,
        cpuSeconds = 0,
        seconds,
      } = await here.run({ program: process.execPath, given: ['-e', hungry] });
      expect(peakMemory).toBeGreaterThan(200 * megabyte);
      expect(peakMemory).toBeLessThan(600 * megabyte);
      expect(cpuSeconds).toBeGreaterThan(0.2);
      expect(seconds).toBeGreaterThan(1.4);
    });

    it('whose program or folder is not there, or is no program, is not started, and says so', async () => {
      await using here = await site();
      await expect(here.run({ program: '/nowhere/at/all' })).rejects.toThrow(
        '/nowhere/at/all cannot be started: ENOENT',
      );
      await expect(here.run({ program: '/etc/passwd' })).rejects.toMatchObject({ code: notStarted.code });
      await expect(here.run({ script: 'true', directory: '/nowhere' })).rejects.toThrow('the folder /nowhere');
    });

    it('that asks for more than there is is refused', async () => {
      await using here = await site();
      const resources = { cores: 3, memory: 0, gpus: 0 };
      await expect(here.run({ script: 'true', resources })).rejects.toMatchObject({ code: tooLarge.code });
    });

    it('is ended when its time is over, with all that it started, though it ignores TERM', async () => {
      await using here = await site();
      const script = 'trap "" TERM; sleep 600 & sleep 600';
      const ended = await here.run({ script, limits: { seconds: 0.3 } });
      expect(ended).toMatchObject({ exceeded: 'time', signal: 'SIGKILL', left: [] });
      expect(await here.processes()).toEqual([]);
    });

    it('may write what it has when its time is over', async () => {
      await using here = await site();
      const script = 'trap "echo saved; exit 0" TERM; while :; do sleep 0.05; done';
      expect(await here.run({ script, limits: { seconds: 0.3 } })).toMatchObject({
        exceeded: 'time',
        exitCode: 0,
        log: expect.stringContaining('saved\n') as string,
      });
    });

    it('is ended when it takes more memory than it may', async () => {
      await using here = await site();
      const hungry = 'const all = []; for (;;) all.push(Buffer.alloc(10e6, 1));';
      const limits = { memory: 300 * megabyte };
      const ended = await here.run({ program: process.execPath, given: ['-e', hungry], limits });
      expect(ended).toMatchObject({ exceeded: 'memory', signal: 'SIGKILL', left: [] });
    });

    it('is ended when it has more processes than it may', async () => {
      await using here = await site();
      const script = 'for i in 1 2 3 4 5 6 7 8; do sleep 600 & done; wait';
      expect(await here.run({ script, limits: { processes: 5 } })).toMatchObject({ exceeded: 'processes', left: [] });
      expect(await here.processes()).toEqual([]);
    });

    it('is ended when it prints a gigabyte; the beginning and the end of what it printed are kept', async () => {
      await using here = await site();
      const script = 'echo first; head -c 1000000000 /dev/zero | tr "\\\\0" x; sleep 600';
      const ended = await here.run({ script, limits: { outputBytes: megabyte } });
      expect(ended).toMatchObject({ exceeded: 'output', left: [] });
      expect(ended.log).toMatch(/^first\nx+\n… \d+ bytes left out …\nx+$/);
      expect(ended.log.length).toBeLessThan(70_000);
    });

    it('that answered a gigabyte, and has ended, is found, too', async () => {
      await using here = await site();
      const script = 'head -c 2000000 /dev/zero > "$BATON_OUTPUT"';
      const ended = await here.run({ script, limits: { outputBytes: megabyte } });
      expect(ended).toMatchObject({ exceeded: 'output' });
    });

    it('has no more open files, and no larger ones, than it may', async () => {
      await using here = await site();
      const script = 'ulimit -n; head -c 5000 /dev/zero > large; wc -c < large';
      const ended = await here.run({ script, limits: { files: 40, fileBytes: 4096 } });
      expect(ended.log).toMatch(/^40\n[^]*\n4096\n$/);
    });

    it('that starts others and ends takes them with it, however they left it', async () => {
      await using here = await site();
      const daemon = '(env -i setsid sleep 600 </dev/null >/dev/null 2>&1 &) & setsid sleep 600 & echo started';
      expect(await here.run({ script: daemon })).toMatchObject({ exitCode: 0, log: 'started\n', left: [] });
      expect(await here.processes()).toEqual([]);
    });

    it('writes nothing after its end: nobody is left who could', async () => {
      await using here = await site();
      const script = '(sleep 0.2; echo late >> late) & setsid sh -c "sleep 0.2; echo late >> late" & exit 0';
      expect(await here.run({ script })).toMatchObject({ exitCode: 0, left: [] });
      expect(await here.processes()).toEqual([]);
      expect(await readdir(here.work)).toEqual([]);
    });

    it.runIf(process.getuid?.() === 0)(
      'runs as the account that it is to run as, and may not become another',
      async () => {
        await using here = await site();
        const script = 'id -un; id -gn; echo mine > mine; cat "$1"; grep NoNewPrivs /proc/self/status';
        const ended = await here.run({ script, given: ['/etc/shadow'], user: 'nobody' });
        expect(ended.log.split('\n')).toEqual([
          'nobody',
          'nogroup',
          'cat: /etc/shadow: Permission denied',
          'NoNewPrivs:\t1',
          '',
        ]);
        expect(await readdir(here.work)).toEqual(['mine']);
        await expect(here.run({ script, user: 'no-such-account' })).rejects.toMatchObject({ code: noAccount.code });
      },
    );

    it('is ended when its signal is aborted, with all that it started', async () => {
      await using here = await site();
      const running = here.run({ script: 'trap "" TERM; echo up > up; setsid sleep 600 & sleep 600' });
      await here.comes('up');
      here.abort(Object.assign(new Error('Nobody wants it.'), { code: 'cancelled' }));
      expect(await running).toMatchObject({ signal: 'SIGKILL' });
      expect(await here.processes()).toEqual([]);
    });
  });

  describe('jobs', () => {
    it('wait until there is room for them, in the order asked', async () => {
      await using here = await site();
      const book = join(here.path, 'book');
      const note = (does: string): string => `echo "$2+" >> "$1"; ${does}; echo "$2-" >> "$1"`;
      // The last two have to meet.
      const meets = 'until grep -q "2+" "$1" && grep -q "3+" "$1"; do sleep 0.05; done';
      const jobs = [1, 2, 1, 1].map((cores, index) => {
        const resources = { cores, memory: 0, gpus: 0 };
        const script = note(index < 2 ? 'sleep 0.3' : meets);
        return here.job({ script, given: [book, String(index)], resources, key: `job ${index}` });
      });
      const { signal } = new AbortController();
      const ended = await Promise.all(jobs.map(async (job) => here.backend.run(job, signal)));
      const lines = (await readFile(book, 'utf8')).trim().split('\n');
      expect(lines.slice(0, 4)).toEqual(['0+', '0-', '1+', '1-']);
      expect(lines.slice(4, 6).sort()).toEqual(['2+', '3+']);
      expect(ended[1]?.waited).toBeGreaterThan(0.2);
    });

    it('that wait can be given up, and hold up no other', async () => {
      await using here = await site();
      const [large, gone] = [{ cores: 2, memory: 0, gpus: 0 }, new AbortController()];
      const first = here.job({ script: 'sleep 0.3', key: 'first' });
      const givenUp = here.job({ script: 'true', key: 'given up', resources: large });
      const last = here.job({ script: 'true', key: 'last' });
      const { signal } = new AbortController();
      const running = here.backend.run(first, signal);
      const given = here.backend.run(givenUp, gone.signal);
      const ended = Promise.all([running, here.backend.run(last, signal)]);
      gone.abort(Object.assign(new Error('Not any more.'), { code: 'cancelled' }));
      await expect(given).rejects.toThrow('Not any more.');
      expect(await ended).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
    });
  });
}

/** What a test says of a job; the rest is what most jobs have. */
interface Wanted {
  /** For /bin/sh; `program` is another program. */
  readonly script?: string;
  readonly program?: string;
  readonly given?: readonly string[];
  readonly input?: string;
  readonly key?: string;
  readonly directory?: string;
  readonly user?: string;
  readonly priority?: number;
  readonly run?: string;
  readonly name?: string;
  readonly beamline?: string;
  readonly resources?: Job['resources'];
  readonly limits?: Partial<Job['limits']>;
}

/** A backend with a folder of its own, whose jobs all carry a mark in their arguments by which a test finds them. */
class Site implements AsyncDisposable {
  readonly path: string;
  readonly backend: Backend;
  readonly #folder: AsyncDisposable;
  readonly #stopping = new AbortController();
  #jobs = 0;
  /** Where jobs work that say nothing else. */
  get work(): string {
    return join(this.path, 'work');
  }

  private constructor(path: string, backend: Backend, folder: AsyncDisposable) {
    this.path = path;
    this.backend = backend;
    this.#folder = folder;
  }

  static async start(start: StartBackend): Promise<Site> {
    const folder = await temporaryFolder();
    for (const name of ['jobs', 'work']) await mkdir(join(folder.path, name));
    await chmod(folder.path, 0o755);
    await chmod(join(folder.path, 'work'), 0o777);
    return new Site(folder.path, await start(join(folder.path, 'jobs')), folder);
  }

  job({
    script,
    program,
    given = [],
    input = '',
    key = `job ${(this.#jobs += 1)}`,
    user,
    priority = 6,
    ...wanted
  }: Wanted): Job {
    const { run = key, name: called = 'work', beamline } = wanted;
    return {
      key,
      origin: { run, step: 1, program: called, priority, ...(beamline === undefined ? {} : { beamline }) },
      message: 'the message\n',
      input,
      command: program === undefined ? ['/bin/sh', '-c', script ?? '', 'sh', ...given] : [program, ...given],
      environment: { PATH: '/usr/bin:/bin', SECOND: '2' },
      directory: wanted.directory ?? this.work,
      ...(user === undefined ? {} : { user }),
      resources: wanted.resources ?? { cores: 1, memory: 0, gpus: 0 },
      limits: { seconds: 60, outputBytes: 64 * megabyte, ...wanted.limits },
    };
  }

  async run(wanted: Wanted, listener?: JobListener): Promise<Ended> {
    return await this.backend.run(this.job(wanted), this.#stopping.signal, listener);
  }

  abort(reason: Error): void {
    this.#stopping.abort(reason);
  }

  /** Resolves when the program has made that file. */
  async comes(name: string): Promise<void> {
    const path = (): string => join(this.work, name);
    while (!(await stat(path()).catch(() => undefined))) await turn(5);
  }

  /** The processes that work below the site's folder. */
  async processes(): Promise<readonly string[]> {
    return await processesBelow(this.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.backend.stop();
    await this.#folder[Symbol.asyncDispose]();
  }
}

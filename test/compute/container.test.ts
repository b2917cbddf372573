import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Container, Ended, Job } from '../../src/compute/backend.ts';
import { enter } from '../../src/compute/container.ts';
import { LocalBackend } from '../../src/compute/local.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { processesBelow } from './processes.ts';

const charliecloud = '/usr/bin/ch-run';

requireOrSkip('Charliecloud', existsSync(charliecloud))('a program in a container', () => {
  it('sees its image and what is bound, gets its arguments, message and input as they are, and answers', async () => {
    await using here = await Image.make();
    const script =
      'ls /; cat "$BATON_MESSAGE"; cat; printf "%s|" "$@"; echo "$SECOND"; pwd; echo answer > "$BATON_OUTPUT"';
    const ended = await here.run(script, ['a b', '--cd=/etc', '$(id)', ';']);
    expect(ended).toMatchObject({ exitCode: 0, left: [], answers: { text: 'answer\n' } });
    const lines = ended.log.trimEnd().split('\n');
    expect(lines).toContain('only-here');
    expect(lines).not.toContain('root');
    expect(lines.slice(-3)).toEqual(['the message', 'the inputa b|--cd=/etc|$(id)|;|from $(the) recipe', here.work]);
  });

  it('works in the folder of the step, and leaves its files there', async () => {
    await using here = await Image.make();
    expect(await here.run('echo kept > result; echo gone > "$TMPDIR/x"; echo gone > "$HOME/x"')).toMatchObject({
      exitCode: 0,
    });
    expect(await readFile(join(here.work, 'result'), 'utf8')).toBe('kept\n');
    expect(await readdir(here.jobs)).toHaveLength(1);
  });

  it('is ended when its time is over, with all that it started in there, though it ignores TERM', async () => {
    await using here = await Image.make();
    const script =
      'trap "" TERM; setsid sleep 600 & (env -i setsid sleep 600 < /dev/null > /dev/null 2>&1 &) ; sleep 600';
    const ended = await here.run(script, [], { seconds: 0.5 });
    expect(ended).toMatchObject({ exceeded: 'time', left: [] });
    expect(await processesBelow(here.path)).toEqual([]);
  });

  it('tells the exit code of the program, and has its memory watched', async () => {
    await using here = await Image.make();
    expect(await here.run('exit 7')).toMatchObject({ exitCode: 7 });
    const hungry = 'x=$(head -c 400000000 /dev/zero | tr "\\\\0" x); sleep 600';
    expect(await here.run(hungry, [], { memory: 200e6 })).toMatchObject({ exceeded: 'memory', left: [] });
  });

  it('whose engine is not there, or whose image is none, fails and says so', async () => {
    await using here = await Image.make();
    await expect(here.run('true', [], {}, { engine: '/nowhere/ch-run' })).rejects.toThrow(
      '/nowhere/ch-run cannot be started',
    );
    const ended = await here.run('true', [], {}, { image: '/nowhere' });
    expect(ended.exitCode).not.toBe(0);
    expect(ended.log).toContain('/nowhere');
  });
});

describe('what enters a container', () => {
  const inside = { folder: '/store/jobs/7', directory: '/data/visit', home: '/store/jobs/7/work' };

  it('is Apptainer with nothing of the host but what the job and the site need, and no shell that reads variables', () => {
    const container = {
      engine: '/usr/bin/apptainer',
      image: '/sw/dials.sif',
      binds: ['/dls:/dls:ro'],
      options: ['--nv'],
    };
    expect(enter(container, inside).join(' ')).toBe(
      '/usr/bin/apptainer exec --contain --no-eval --home /store/jobs/7/work --bind /store/jobs/7 --bind /data/visit ' +
        '--bind /dls:/dls:ro --pwd /data/visit --nv /sw/dials.sif',
    );
  });

  it('binds the folder of the job once where the program works in there', () => {
    const own = { ...inside, directory: '/store/jobs/7/work' };
    expect(enter({ engine: '/opt/singularity', image: '/i' }, own).filter((word) => word === '--bind')).toHaveLength(1);
  });

  it('takes no folder whose name an engine would read as several', () => {
    for (const directory of ['/data/a:/etc', '/data/a,b']) {
      expect(() => enter({ engine: '/usr/bin/apptainer', image: '/i' }, { ...inside, directory })).toThrow(directory);
    }
  });
});

/** An image that has what the host has in /usr, and a backend. */
class Image implements AsyncDisposable {
  readonly path: string;
  readonly jobs: string;
  readonly work: string;
  readonly #backend: LocalBackend;

  private constructor(path: string) {
    this.path = path;
    this.jobs = join(path, 'jobs');
    this.work = join(path, 'work');
    this.#backend = new LocalBackend({ folder: this.jobs, capacity: { cores: 2, memory: 4e9 } });
  }

  static async make(): Promise<Image> {
    // Below /tmp nothing can be bound: that is bound itself. Elsewhere ch-run makes the places in an image that it may write.
    const image = new Image(await mkdtemp('/var/tmp/baton-test-'));
    for (const name of ['usr', 'etc', 'dev', 'proc', 'sys', 'tmp', 'home', 'only-here']) {
      await mkdir(join(image.#image, name), { recursive: true });
    }
    for (const name of ['bin', 'lib', 'lib64']) await symlink(`usr/${name}`, join(image.#image, name));
    // ch-run puts those of the host in their place.
    for (const name of ['passwd', 'group', 'hosts', 'resolv.conf'])
      await writeFile(join(image.#image, 'etc', name), '');
    await mkdir(image.work);
    await mkdir(image.jobs);
    await image.#backend.start();
    return image;
  }

  get #image(): string {
    return join(this.path, 'image');
  }

  async run(
    script: string,
    given: readonly string[] = [],
    limits: Partial<Job['limits']> = {},
    container: Partial<Container> = {},
  ): Promise<Ended> {
    const job: Job = {
      key: 'job',
      origin: { run: 'run', step: 1, program: 'work', priority: 6 },
      command: ['/bin/sh', '-c', script, 'sh', ...given],
      container: { engine: charliecloud, image: this.#image, binds: ['/usr'], options: ['--write'], ...container },
      environment: { PATH: '/usr/bin:/bin', SECOND: 'from $(the) recipe' },
      message: 'the message\n',
      input: 'the input',
      directory: this.work,
      resources: { cores: 1, memory: 0, gpus: 0 },
      limits: { seconds: 60, outputBytes: 1e6, ...limits },
    };
    return await this.#backend.run(job, new AbortController().signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#backend.stop();
    await rm(this.path, { recursive: true, force: true });
  }
}

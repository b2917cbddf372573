import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { python, stompPyAvailable } from '../fixtures/debian-programs.ts';
import { run, startBaton, type TestBaton } from '../fixtures/baton.ts';
import { describeWithRealData, thaumatinGrid } from '../fixtures/real-data.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';

/** A whole acquisition on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

const examples = resolve(import.meta.dirname, '../../examples');

interface Rehearsed {
  readonly run: string;
  readonly frames: number;
  readonly spots: readonly number[];
  readonly result: Record<string, unknown>;
  readonly truth: { readonly centre_x_box: number } | null;
  readonly latency: { readonly lastFrameToResultMs: number };
  readonly right: boolean;
}

interface RunSummary {
  readonly id: string;
  readonly state: string;
  readonly waiting: number;
}

/** The main job as its users do it, from outside: a Baton in processes of its own, on the broker that is given. */
export function exerciseMainJob(
  broker: () => Promise<(AsyncDisposable & { address(namespace?: string): string }) | undefined>,
): void {
  let other: Awaited<ReturnType<typeof broker>>;
  let baton: TestBaton;
  beforeAll(async () => {
    other = await broker();
    baton = await startBaton(other?.address('e2e'));
  });
  afterAll(async () => {
    await baton[Symbol.asyncDispose]();
    await other?.[Symbol.asyncDispose]();
  });

  it.each([
    ['horizontal', []],
    ['vertical and snaked', ['--orientation', 'vertical', '--snaked', '--seed', '5']],
  ])('a rehearsed grid scan, %s, finds the crystal where it is', async (_which, options) => {
    const size = ['--frames', '24', '--rate', '24', '--size', '512x512'];
    const ended = await baton.baton('rehearse', 'gridscan', '--json', ...size, ...options);
    expect(ended.stderr).toBe('');
    const found = ended.json<Rehearsed>();
    expect(found).toMatchObject({ frames: 24, right: true, result: { status: 'ok', missing_frames: 0 } });
    expect(found.spots).toHaveLength(24);
    expect(found.truth).not.toBeNull();
    expect(found.latency.lastFrameToResultMs).toBeGreaterThan(0);
    expect(ended.code).toBe(0);
    const shown = await baton.baton('run', found.run, '--json');
    expect(shown.json()).toMatchObject({
      id: found.run,
      state: 'finished',
      waiting: 0,
      replies: [{ status: 'accepted' }, { status: 'result' }, { status: 'finished' }],
    });
  });

  it('the result is on disk, as a line of JSON', async () => {
    const lines = (await readFile(join(baton.folder, 'services/record-result/rehearsal.jsonl'), 'utf8'))
      .trim()
      .split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ beamline: 'rehearsal', result: { status: 'ok' } });
  });

  it('every run has ended, and nothing waits', async () => {
    const { runs } = (await baton.baton('runs', '--json')).json<{ runs: readonly RunSummary[] }>();
    expect(runs.length).toBeGreaterThanOrEqual(4);
    expect(runs.filter(({ state, waiting }) => state !== 'finished' || waiting !== 0)).toEqual([]);
  });

  it('an announcement that no rule applies to is refused, in words, by the command line', async () => {
    const ended = await baton.baton(
      'announce',
      '--set',
      'event=start',
      '--set',
      'experiment_type=yoga',
      '--wait',
      '--json',
    );
    expect(ended.code).toBe(1);
    expect(ended.json()).toMatchObject({ error: { code: 'cli.not-started' } });
    expect(ended.stderr).toContain('experiment_type is "yoga", expected "gridscan"');
  });

  it('the doctor finds this set-up in order, but for the announcement just refused', async () => {
    const { findings } = (await baton.baton('doctor', '--json')).json<{
      findings: readonly { check: string; state: string }[];
    }>();
    const states = Object.fromEntries(findings.map(({ check, state }) => [check, state]));
    expect(states).toMatchObject({ store: 'pass', recipes: 'pass', services: 'pass', broker: 'pass' });
  });

  it('a second Baton on the same store or port says so, and what to choose instead', async () => {
    if (other) return;
    const onStore = await baton.baton('up');
    expect(onStore.code).toBe(1);
    expect(onStore.stderr).toContain('in use by another broker');
    const onPort = await startBaton(undefined, { stomp: Number(new URL(baton.brokerUrl).port) }).catch(String);
    expect(onPort).toContain('another process has that port');
    expect(onPort).toContain('--stomp PORT');
  });

  describeWithRealData('a real grid scan', () => {
    it('is found in the frames of a real detector', async () => {
      const ended = await baton.baton('rehearse', 'gridscan', '--json', '--from', thaumatinGrid, '--rate', '10');
      const found = ended.json<Rehearsed>();
      expect(found).toMatchObject({
        frames: 19,
        truth: null,
        right: true,
        result: { status: 'ok', best_image: 3, centre_x_box: 6.5, centre_y_box: 0.5 },
      });
    });

    const announcement = JSON.stringify({
      parameters: {
        event: 'start',
        experiment_type: 'gridscan',
        beamline: 'i24',
        file_pattern: join(thaumatinGrid, 'thau_3_2_%04d.cbf.gz'),
        number_of_frames: 19,
        steps_x: 19,
        steps_y: 1,
      },
    });

    it('is announced by a shell script, which gets the result', async () => {
      const ended = await run(
        'bash',
        [join(examples, 'acquisition.sh'), '--broker', baton.brokerUrl, '--timeout', '60', '-'],
        announcement,
      );
      expect(ended.json()).toMatchObject({ status: 'result', result: { status: 'ok', best_image: 3 } });
      expect(ended.code).toBe(0);
    });

    requireOrSkip('stomp.py', stompPyAvailable())('with Python', () => {
      it('is announced by a Python program, which gets the result', async () => {
        const ended = await run(
          python,
          [join(examples, 'acquisition.py'), '--broker', baton.brokerUrl, '--timeout', '60', '-'],
          announcement,
        );
        expect(ended.json()).toMatchObject({ status: 'result', result: { status: 'ok', best_image: 3 } });
        expect(ended.code).toBe(0);
      });
    });
  });

  describe('at the end', () => {
    it('everything ends in good order when it is asked to over the broker', async () => {
      const exited = new Promise<number | null>((done) => baton.process.once('exit', done));
      expect((await baton.baton('shutdown', '--all')).code).toBe(0);
      expect(await exited).toBe(0);
    });
  });
}

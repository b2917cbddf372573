import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GuardFolder } from '../../src/services/guard-folder.ts';
import { holdLifeLine } from '../../src/services/life-line.ts';
import { NotesFile } from '../../src/services/notes-file.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { KeptSupervisor } from '../fixtures/kept-supervisor.ts';
import { Site } from '../fixtures/site.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

describe('the guard', () => {
  it('finds the message that takes its supervisor and everything with it, and no other that ran beside it', async () => {
    await using here = await kept();
    await here.site.run({
      1: { queue: 'work' },
      start: ['fine', 'take all down', 'fine', 'fine', 'fine'].map((payload) => [1, payload]),
    });
    await here.site.settled(1, 'done', 4);
    const [dead] = await here.site.settled(1, 'dead');
    expect(dead?.cause).toMatchObject({ code: 'crashed' });
    expect(here.supervisor.starts).toBe(4);
  });

  it('suspects nothing that was finished in good order after its supervisor was killed', async () => {
    await using here = await kept();
    await here.site.run({ 1: { queue: 'work' }, start: [[1, 'kill the supervisor']] });
    await here.site.settled(1, 'done');
    using guard = new GuardFolder(here.guard);
    expect(guard.suspects.all()).toEqual([]);
  });

  it('counts a death once, whoever finds it, and only when the process is dead', async () => {
    await using folder = await temporaryFolder();
    const killed = new GuardFolder(folder.path);
    const name = killed.nextName(process.pid);
    const { alive, notes } = killed.placesOf(name);
    const life = holdLifeLine(alive);
    const written = new NotesFile(notes, () => undefined);
    await Promise.all([written.started('runs', 60), written.started('ends', 60)]);
    written.ended('ends');
    await written.started('runs, too', 60);
    using living = new GuardFolder(folder.path);
    expect(living.buryOrphans()).toEqual({ found: [], living: 0 });
    killed[Symbol.dispose]();
    expect(living.buryOrphans()).toEqual({ found: [], living: 1 });
    life[Symbol.dispose]();
    const suspects = ['runs', 'runs, too'].map((messageId) => ({ messageId, deaths: [name], lastOutput: '' }));
    expect(living.buryOrphans()).toEqual({ found: suspects, living: 0 });
    expect(living.suspects.learn({ messageId: 'runs', deaths: [name], lastOutput: 'late news' }).deaths).toEqual([
      name,
    ]);
    using next = new GuardFolder(folder.path);
    expect(next.suspects.all()).toEqual(suspects);
  });

  it('ends a process that a handler keeps for ever when its supervisor is dead, and suspects what it ran', async () => {
    await using folder = await temporaryFolder();
    const process = spawn('sleep', ['600']);
    const ended = once(process, 'exit');
    const dead = new GuardFolder(folder.path);
    const { alive, notes } = dead.placesOf(dead.nextName(process.pid ?? 0));
    const life = holdLifeLine(alive);
    await new NotesFile(notes, () => undefined).started('blocks', -60);
    dead[Symbol.dispose]();
    using living = new GuardFolder(folder.path);
    expect(living.buryOrphans()).toEqual({ found: [], living: 1 });
    expect(await ended).toEqual([null, 'SIGKILL']);
    life[Symbol.dispose]();
    expect(living.buryOrphans().found.map(({ messageId }) => messageId)).toEqual(['blocks']);
  });

  it('keeps its notes short, and reads them whatever was being written', async () => {
    await using folder = await temporaryFolder();
    using guard = new GuardFolder(folder.path);
    const { notes } = guard.placesOf('it');
    const written = new NotesFile(notes, () => undefined);
    await written.started('long', 3_600);
    for (let n = 0; n < 6_000; n += 1) {
      await written.started(`ID:a-message-of-ActiveMQ-${n}`, 60);
      written.ended(`ID:a-message-of-ActiveMQ-${n}`);
    }
    await written.started('last', 60);
    const { size } = await stat(notes);
    expect(size).toBeLessThan(300_000);
    await appendFile(notes, '[[["half');
    expect([...guard.running('it').keys()]).toEqual(['long', 'last']);
  });

  it('takes nothing for running, or overdue, that it could not note on a full disk, and notes all when there is room', async () => {
    await using folder = await temporaryFolder();
    using guard = new GuardFolder(folder.path);
    const { notes } = guard.placesOf('it');
    const written = new NotesFile(notes, () => undefined);
    // So long that the next note is written with all others, anew.
    const long = 'x'.repeat(70_000);
    await written.started(long, -60);
    expect(guard.isOverdue('it')).toBe(true);
    await symlink('/dev/full', `${notes}.new`);
    written.ended(long);
    await written.started('one', 60);
    expect(guard.isOverdue('it')).toBe(false);
    await rm(`${notes}.new`);
    await written.started('two', 60);
    expect([...guard.running('it').keys()]).toEqual(['one', 'two']);
  });
});

/** A supervisor of the fragile service that is started again when it dies, and a site to send it messages. */
async function kept(): Promise<{ supervisor: KeptSupervisor; site: Site; guard: string } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await startEmbeddedBroker());
  const folder = stack.use(await temporaryFolder());
  const site = stack.use(await Site.start(broker.address(), []));
  const guard = join(folder.path, 'guard');
  const supervisor = stack.use(new KeptSupervisor({ address: broker.address(), folder: folder.path }, guard));
  const all = stack.move();
  return { supervisor, site, guard, [Symbol.asyncDispose]: async () => all.disposeAsync() };
}

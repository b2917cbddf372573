import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attend, type SupervisedProcess } from '../../src/services/attend.ts';
import type { RunningNotes } from '../../src/services/suspects.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const patience = 50;

/** A process as its supervisor sees it, with a part that never comes to its end. */
async function withEndlessPart(): Promise<{ child: Child; notes: RunningNotes } & AsyncDisposable> {
  const folder = await temporaryFolder();
  const child = new Child();
  const begun = Promise.withResolvers<RunningNotes>();
  const part = { details: {}, stop: () => new Promise<void>(() => undefined) };
  attend(
    child as unknown as SupervisedProcess,
    async (_begin, { notes }) => {
      begun.resolve(notes);
      return part;
    },
    patience,
  );
  const guard = { alive: join(folder.path, 'alive'), notes: join(folder.path, 'notes') };
  child.emit('message', { type: 'begin', begin: {}, guard, suspects: [] });
  return { child, notes: await begun.promise, [Symbol.asyncDispose]: async () => folder[Symbol.asyncDispose]() };
}

class Child extends EventEmitter {
  connected = true;
  exitCode: number | undefined;

  send(): void {}

  exit(code: number): void {
    this.exitCode ??= code;
  }

  loseSupervisor(): void {
    this.connected = false;
    this.emit('disconnect');
  }
}

describe('a process whose supervisor is gone', () => {
  it('ends although its part does not', async () => {
    await using here = await withEndlessPart();
    here.child.loseSupervisor();
    await expect.poll(() => here.child.exitCode).toBe(1);
  });

  it('does not end before its handlers have', async () => {
    await using here = await withEndlessPart();
    await using idle = await withEndlessPart();
    await here.notes.started('message', 60);
    here.child.loseSupervisor();
    idle.child.loseSupervisor();
    await expect.poll(() => idle.child.exitCode).toBe(1);
    expect(here.child.exitCode).toBeUndefined();
    here.notes.ended('message');
    await expect.poll(() => here.child.exitCode).toBe(1);
  });
});

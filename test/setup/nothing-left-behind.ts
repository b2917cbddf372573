import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll } from 'vitest';

/**
 * Runs in every test file: the file fails when, after its last hook, it still has sockets, servers, timers, workers or
 * child processes that keep the process alive. The pipes that vitest itself talks over are there from the start.
 */
const words: Readonly<Record<string, string>> = {
  TCPSocketWrap: 'TCP socket',
  TCPServerWrap: 'TCP server',
  PipeWrap: 'pipe',
  ProcessWrap: 'child process',
  FSEventWrap: 'file watcher',
  Timeout: 'timer',
};

/** Closing takes a few turns of the event loop, and longer on a busy machine; vitest's own timers live a tenth of a second. */
const graceMs = 5_000;

const workers = new Set<Worker>();
process.on('worker', (worker) => {
  workers.add(worker);
  worker.once('exit', () => workers.delete(worker));
});

let pipesOfVitest = 0;

// The hooks of a set-up file are the first and the last of the test file.
beforeAll(() => {
  // Node opens these on first use, which may be a test's.
  void [process.stdin, process.stdout, process.stderr];
  pipesOfVitest = activeResources().filter((type) => type === 'PipeWrap').length;
});

afterAll(async () => {
  const deadline = performance.now() + graceMs;
  let left = leftBehind();
  while (left.length > 0 && performance.now() < deadline) {
    await turn();
    left = leftBehind();
  }
  if (left.length > 0) throw new Error(`This file leaves behind what keeps the process alive: ${left.join(', ')}.`);
}, graceMs * 2);

function leftBehind(): string[] {
  const counts = new Map<string, number>([
    ['worker', workers.size],
    ['PipeWrap', -pipesOfVitest],
  ]);
  for (const type of activeResources()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([type, count]) => `${String(count)} × ${words[type] ?? type}`);
}

function activeResources(): string[] {
  return process.getActiveResourcesInfo().filter((type) => type in words);
}

/** A timer that does not keep the process alive, and so is not counted itself. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 20).unref());
}

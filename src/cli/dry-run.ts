import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { BatonError, messageOf } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { moduleBeside } from '../core/module-beside.ts';
import { noTrial, tooMany } from '../monitor/errors.ts';
import type { DryRun } from '../monitor/api.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { substitute } from '../recipes/substitute.ts';
import type { TrialAnswer, TrialWish } from './trial-main.ts';

const limits = { atOnce: 2, runSeconds: 6, startSeconds: 30, megabytes: 256 };

/**
 * Makes the function that runs recipes dry: each in a process of its own, which is killed when it takes too long, because a
 * recipe can be made to send without end. Its broker, its ledger and its folder go with it.
 */
export function dryRunner(config: Config): (recipe: JsonObject, parameters: JsonObject) => Promise<DryRun> {
  let running = 0;
  return async (recipe, parameters) => {
    if (running >= limits.atOnce) throw tooMany({ what: 'dry runs at the same time', limit: limits.atOnce });
    running += 1;
    try {
      const filled = substitute(recipe as Recipe, parameters);
      return await tried({ config, source: recipe, recipe: filled, parameters, seconds: limits.runSeconds });
    } finally {
      running -= 1;
    }
  };
}

async function tried(wish: TrialWish): Promise<DryRun> {
  // Of a process that is killed nothing else would remove what it had there.
  const folder = await mkdtemp(join(tmpdir(), 'baton-dry-run-'));
  const child = fork(moduleBeside(import.meta.url, 'trial-main'), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [...process.execArgv, `--max-old-space-size=${String(limits.megabytes)}`],
    env: { ...process.env, TMPDIR: folder },
  });
  const closed = once(child, 'close');
  try {
    child.send(wish);
    const signal = AbortSignal.timeout((limits.runSeconds + limits.startSeconds) * 1_000);
    const answer = await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as TrialAnswer),
      closed.then((): TrialAnswer => ({ failure: 'its process ended before the run did' })),
    ]);
    if ('failure' in answer) throw noTrial({ reason: answer.failure });
    return viewOf(answer);
  } catch (cause) {
    if (cause instanceof BatonError) throw cause;
    throw noTrial({ reason: messageOf(cause) }, { cause });
  } finally {
    child.kill('SIGKILL');
    await closed;
    await rm(folder, { recursive: true, force: true });
  }
}

function viewOf({ trial: { run, answers } }: Extract<TrialAnswer, { readonly trial: unknown }>): DryRun {
  if (run) return { state: run.state, run };
  const { reason } = answers[0] ?? {};
  return { state: 'refused', ...(reason === undefined ? {} : { reason }) };
}

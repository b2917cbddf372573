/**
 * `npm run chaos -- --broker embedded|activemq --messages N --kills N --harms KINDS --seed N --json`: thousands of
 * messages through a whole Baton while its processes, its broker, its connections, its clock and its disk are harmed at
 * random; then everything is accounted for. Exit 1, with the seed and the history of what is concerned, when anything is
 * not as promised. `--programs local|bullmq|slurm`: programs are run, and everything that runs them is killed. docs/chaos.md tells how to read it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasOwnMounts, withOwnMounts } from './disk.ts';
import { readOptions, type Asked } from './options.ts';
import { runProgramChaos } from './programs/run.ts';
import { runChaos } from './run.ts';

const asked = readOptions(process.argv.slice(2));
const [program, ...before] = asked.harms.includes('disk-full') ? (withOwnMounts() ?? []) : [];
if (program === undefined) await run(asked);
else again(program, before);

/** The same again, where a small disk can be mounted that ends with it. */
function again(program: string, before: readonly string[]): void {
  const args = process.argv.slice(1);
  // Drawn once: what is started again is told.
  const child = spawn(program, [...before, process.execPath, ...args, '--seed', String(asked.seed)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill('SIGTERM'));
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
}

async function run({ json, programs, fsync, ...asked }: Asked): Promise<void> {
  const impossible = asked.harms.includes('disk-full') && !hasOwnMounts();
  const harms = asked.harms.filter((kind) => kind !== 'disk-full' || !impossible);
  const folder = mkdtempSync(join(tmpdir(), 'baton-chaos-'));
  const say = (line: string): void => console.error(`chaos: ${line}`);
  if (impossible) say('disk-full is left out: nobody may mount a small disk here (unshare --mount).');
  say(`seed ${String(asked.seed)}, everything in ${folder}`);
  // Whoever ends this ends all of it: the parts see that their supervisor is gone, and the broker is killed.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const around = { ...asked, folder, progress: say };
  const { histories, findings, ...figures } = programs
    ? await runProgramChaos({ ...around, programs, fsync })
    : await runChaos({ ...around, harms });
  for (const { kind, run, what } of findings) say(`${kind}: ${run}: ${what}`);
  for (const [run, lines] of Object.entries(histories)) {
    const file = join(folder, `history-${run}.txt`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    console.error([`History of ${run}:`, ...lines].join('\n  '));
  }
  if (findings.length === 0) rmSync(folder, { recursive: true, force: true });
  else {
    say(`something is wrong. Seed ${String(asked.seed)}; stores, logs and journals are in ${folder}.`);
    process.exitCode = 1;
  }
  const shown = { ...figures, impossible: impossible ? ['disk-full'] : [] };
  if (json) console.log(JSON.stringify(shown));
  else for (const [name, value] of Object.entries(shown)) console.log(`${name.padEnd(22)}${JSON.stringify(value)}`);
}

import type { Command } from 'commander';
import { createLog } from '../core/log.ts';
import type { Page, RunSummary } from '../monitor/api.ts';
import { addressText } from '../stomp/address.ts';
import { askMonitor, monitorAddress, monitorAt, type MonitorPlace } from './ask-monitor.ts';
import { configOf, withCommon } from './options.ts';
import { exitCodes, output } from './output.ts';
import { brokerAddress } from './part-tools.ts';
import { rehearseGridscan, report, withScan, type GridscanOptions } from './rehearse.ts';
import { partsOf, supervise } from './supervise.ts';
import { logToFiles, tellDeaths, untilAsked } from './up.ts';

interface StartOptions extends GridscanOptions {
  readonly once?: boolean;
}

/** `baton start`, which is `npm start`: everything up, a grid scan rehearsed on it, and then at your service. */
export function startCommand(program: Command): void {
  withScan(withCommon(program.command('start')))
    .description('start everything, rehearse a grid scan, and stay up (what `npm start` does)')
    .option('--once', 'end after the result: exit 0 when it is right, 1 when not')
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const config = await configOf(options);
  const out = output(options.json === true);
  const ended = untilAsked();
  await using up = await supervise(partsOf(config), config, createLog('silent', 'supervisor'), ended.ask);
  await logToFiles(up, config);
  tellDeaths(up, out);
  out.say('Starting broker, ledger, status page, dispatcher and services …');
  // Whoever ends it before the result has not seen that it is right.
  if (options.once === true) process.exitCode = exitCodes.failed;
  if (!(await ended.before(up.start()))) return;
  out.say(
    `Up: broker ${addressText(brokerAddress(config))}, status page ${monitorAddress(config)}${await earlier(monitorAt(config))}.`,
  );
  out.say('Rehearsing a grid scan: a simulated detector writes frames, Baton finds the crystal …');
  const found = await rehearseGridscan(config, options, out, ended.signal).catch((error: unknown) => {
    if (!ended.signal.aborted) throw error;
  });
  if (!found) return out.say('Ending before the result …');
  report(found, config, out);
  process.exitCode = found.right ? exitCodes.ok : exitCodes.failed;
  if (options.once === true) return;
  out.say('Baton stays up until Ctrl-C. Announce to it with `npx baton announce`, or see examples/.');
  await ended.promise;
  out.say('Ending: what runs is finished first …');
}

/** What an earlier start left in the ledger, in words. */
async function earlier(monitor: MonitorPlace): Promise<string> {
  const { items, next } = await askMonitor<Page<RunSummary>>(monitor, '/api/runs?limit=100');
  if (items.length === 0) return '';
  const runs =
    next === undefined ? (items.length === 1 ? '1 run' : `${items.length} runs`) : `more than ${items.length} runs`;
  return ` (the ledger holds ${runs} from before)`;
}

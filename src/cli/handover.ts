import { InvalidArgumentError, type Command } from 'commander';
import type { HandoverView } from '../monitor/api.ts';
import { askMonitor, monitorOf, withMonitor, type MonitorOptions } from './ask-monitor.ts';
import { usage } from './errors.ts';
import { handoverLines } from './handover-lines.ts';
import { withCommon } from './options.ts';
import { output } from './output.ts';

interface HandoverOptions extends MonitorOptions {
  readonly last?: boolean;
  readonly from?: number;
  readonly to?: number;
  readonly remark?: string;
}

/** `baton handover`: what a shift hands over, as Markdown. */
export function handoverCommand(program: Command): void {
  withMonitor(withCommon(program.command('handover')))
    .description('show what a shift hands over, as Markdown: accounts, what changed, remarks')
    .option('--last', 'the shift before this one')
    .option('--from <time>', 'a stretch of time of your own, as 2026-11-21T08:00', moment)
    .option('--to <time>', 'where it ends; now where absent', moment)
    .option('--remark <text>', 'write this down first, for the next shift')
    .action(async (options: HandoverOptions) => {
      const { last = false, from, to, remark } = options;
      if (last && (from !== undefined || to !== undefined)) throw usage({ problem: 'Give --last, or --from and --to' });
      if (from === undefined && to !== undefined) throw usage({ problem: 'Give --from with --to' });
      const place = await monitorOf(options);
      if (remark !== undefined) await askMonitor(place, '/api/handover/remarks', { text: remark }, 'operator');
      // What was done, and by whom, is told to operators.
      const ask = async (begin?: number, end?: number): Promise<HandoverView> => {
        const query = new URLSearchParams();
        if (begin !== undefined) query.set('from', String(begin));
        if (end !== undefined) query.set('to', String(end));
        return await askMonitor<HandoverView>(place, `/api/handover?${query.toString()}`, undefined, 'operator');
      };
      const present = await ask(from, from === undefined ? undefined : (to ?? Date.now()));
      const before = present.shifts[1];
      const handover = last && before ? await ask(before.from, before.to) : present;
      output(options.json === true).result(handover, () => handoverLines(handover));
    });
}

/** A time of this host's clock, or with an offset. */
function moment(text: string): number {
  const time = Date.parse(text);
  if (Number.isFinite(time) && time >= 0) return time;
  throw new InvalidArgumentError('Expected a time, as 2026-11-21T08:00.');
}

import type { Command } from 'commander';
import type { OrderPreview, OrderState, OrderTarget, OrderView, ServiceOrder } from '../monitor/api.ts';
import { askMonitor, monitorOf, withMonitor, type MonitorOptions } from './ask-monitor.ts';
import { colours } from './colours.ts';
import { notObeyed, usage } from './errors.ts';
import { withCommon } from './options.ts';
import { output } from './output.ts';

interface OrderOptions extends MonitorOptions {
  readonly host?: string;
  readonly service?: string;
  readonly all?: boolean;
  readonly reason?: string;
  readonly dryRun?: boolean;
}

/** `baton pause`, `baton resume` and `baton drain-service`: what services are told, over the status page, which keeps who did it and why. */
export function orderCommands(program: Command): void {
  orderCommand(
    program,
    'pause',
    'pause',
    'have services take no more: what they work on is finished, the rest goes to others',
  );
  orderCommand(program, 'resume', 'resume', 'have services that were paused go on');
  orderCommand(program, 'drain-service', 'drain', 'have services finish what they work on, and end');
}

function orderCommand(program: Command, name: string, order: ServiceOrder, description: string): void {
  withMonitor(withCommon(program.command(name)))
    .description(description)
    .option('--service <name>', 'the service, on all hosts where none is named')
    .option('--host <name>', 'the machine, or one process on it (host.pid); all its services where none is named')
    .option('--all', 'all services on all hosts')
    .option('--reason <text>', 'why, for the page, the hand-over and the audit')
    .option('--dry-run', 'show whom it would reach, and do nothing')
    .action(async (options: OrderOptions) => {
      const { host = '*', service = '*', all = false, reason, dryRun = false } = options;
      if (all === (options.host !== undefined || options.service !== undefined))
        throw usage({ problem: 'Name a --service, a --host, or both; or --all and neither' });
      if (!dryRun && reason === undefined) throw usage({ problem: 'Say why, with --reason' });
      const place = await monitorOf(options);
      const out = output(options.json === true);
      if (dryRun) {
        const query = new URLSearchParams({ order, service, host });
        const path = `/api/services/orders?${query.toString()}`;
        const preview = await askMonitor<OrderPreview>(place, path, undefined, 'operator');
        return out.result(preview, () => previewLines(preview));
      }
      const given = await askMonitor<OrderView>(place, `/api/services/${order}`, { service, host, reason }, 'operator');
      out.result(given, () => lines(given.targets, stateOf));
      const silent = given.targets.filter(({ state }) => state === 'silent').map(nameOf);
      if (silent.length > 0) throw notObeyed({ who: silent });
    });
}

function previewLines({ order, who, targets }: OrderPreview): readonly string[] {
  return [
    `${order} ${who} would reach:`,
    ...lines(targets, ({ obeys, note }) => note ?? (obeys ? 'obeys' : 'does not know it')),
  ];
}

function lines<Target extends OrderTarget>(
  targets: readonly Target[],
  of: (target: Target) => string,
): readonly string[] {
  if (targets.length === 0) return ['None of them lives now; whoever starts later obeys.'];
  return targets.map((target) => `${nameOf(target)}: ${of(target)}`);
}

function nameOf({ serviceClass, host }: OrderTarget): string {
  return `${serviceClass} on ${host}`;
}

function stateOf({ state, note }: OrderState): string {
  switch (state) {
    case 'silent':
      return colours.yellow('has not answered');
    case 'cannot':
      return colours.yellow(note ?? 'does not know this order');
    case 'pausing':
    case 'ending':
      return 'finishes what it works on';
    case 'paused':
    case 'resumed':
    case 'ended':
      return state;
    default:
      return state satisfies never;
  }
}

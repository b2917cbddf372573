import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { figures, seriesAtMost } from '../src/monitor/metrics.ts';
import type { Figure } from '../src/monitor/metrics/figure.ts';
import { checkout } from './prepare.ts';

/** The text of docs/metrics.md, from the metrics themselves. */
export async function metricsReference(): Promise<string> {
  const table = ['| metric | kind | unit | labels | meaning |', '| --- | --- | --- | --- | --- |', ...figures.map(row)];
  const text = `${preface}\n${table.join('\n')}\n\n${rest}`;
  return await format(text, { ...(await resolveConfig(join(checkout, 'docs/metrics.md'))), parser: 'markdown' });
}

const preface = `# Metrics

\`GET /metrics\` of the [monitor](monitor.md) answers in Prometheus’ text format. This table is written by \`npm run docs\` from the
metrics themselves. Each has at most ${String(seriesAtMost)} series; those that come last are left out.
`;

const rest = `Counters begin anew with what counts them: those of queues with the broker, those of receivers, heartbeats and the process with the
monitor, all others never.

## Alarms

\`\`\`yml
groups:
  - name: baton
    rules:
      - { alert: BatonMonitorGone, expr: 'absent(baton_build_info)', for: 1m }
      - { alert: BatonInError, expr: 'max by (check) (baton_health) == 3', for: 30s }
      - { alert: BatonServiceLost, expr: 'baton_service_lost > 0', for: 1m }
      - { alert: BatonOverBudget, expr: 'increase(baton_steps_over_budget_total[10m]) > 0' }
      - { alert: BatonAlertsNotTaken, expr: 'increase(baton_alerts_total{outcome="failed"}[10m]) > 3' }
      - { alert: BatonJobsUntaken, expr: 'baton_jobs_untaken > 0', for: 1m }
      - { alert: BatonJobsLost, expr: 'sum(increase(baton_jobs_ended_total{end="lost"}[10m])) > 0' }
      - { alert: BatonQueueWaits, expr: 'max by (queue) (baton_queue_oldest_seconds) > 1800', for: 1m }
\`\`\`

The monitor tells those who stand under \`alerts\` in its configuration [by itself](monitor.md#alerts); a monitor that is gone tells
nobody, which is what \`absent\` is for.
`;

function row({ name, kind, help, labels }: Figure): string {
  const told = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${values}`);
  return `| \`${name}\` | ${kind} | ${unitOf(name)} | ${told.join('; ')} | ${help} |`;
}

function unitOf(name: string): string {
  const found = /_(seconds|bytes|ratio)(_total)?$/.exec(name)?.[1];
  return found ?? '';
}

import type { DeliveryView, LogLevel, RunDetail } from '../../../src/monitor/api.ts';
import { addressOf } from '../routing/place.ts';

/** Which deliveries of a run are shown, and which lines of its log. */
export interface DeliveryFilter {
  readonly step: number | undefined;
  readonly outcome: string | undefined;
  /** Of log lines: this level, and graver ones. */
  readonly level?: LogLevel | undefined;
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** The filter that the page's query names. */
export function deliveryFilter(query: URLSearchParams): DeliveryFilter {
  const step = query.get('step');
  return {
    step: step !== null && /^\d+$/.test(step) ? Number(step) : undefined,
    outcome: query.get('outcome') ?? undefined,
    level: levels.find((level) => level === query.get('level')),
  };
}

/** The address of a run's page with a filter. */
export function deliveryAddress(run: RunDetail['id'], { step, outcome, level }: DeliveryFilter): string {
  const query = new URLSearchParams({
    step: step === undefined ? '' : String(step),
    outcome: outcome ?? '',
    level: level ?? '',
  });
  return addressOf(`/runs/${encodeURIComponent(run)}`, query);
}

export function fits(delivery: DeliveryView, { step, outcome }: DeliveryFilter): boolean {
  return (step === undefined || delivery.step === step) && (outcome === undefined || delivery.outcome === outcome);
}

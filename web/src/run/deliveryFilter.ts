import type { DeliveryView, LogLevel, RunDetail } from '../../../src/monitor/api.ts';
import { addressOf } from '../routing/place.ts';
import { outcomes } from '../words/states.ts';

/** Which deliveries of a run are shown, and which lines of its log. */
export interface DeliveryFilter {
  readonly step: number | undefined;
  readonly outcome: DeliveryView['outcome'] | undefined;
  /** Of log lines: this level, and graver ones. */
  readonly level?: LogLevel | undefined;
  /** Deliveries before those of another page. */
  readonly cursor?: string | undefined;
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** The filter that the page's query names. */
export function deliveryFilter(query: URLSearchParams): DeliveryFilter {
  const step = query.get('step');
  const known = Object.keys(outcomes) as readonly DeliveryView['outcome'][];
  return {
    step: step !== null && /^\d{1,9}$/.test(step) ? Number(step) : undefined,
    outcome: known.find((outcome) => outcome === query.get('outcome')),
    level: levels.find((level) => level === query.get('level')),
    cursor: query.get('cursor') ?? undefined,
  };
}

/** The address of a run's page with a filter. */
export function deliveryAddress(run: RunDetail['id'], { level, ...filter }: DeliveryFilter): string {
  const query = queryOf(filter);
  query.set('level', level ?? '');
  return addressOf(`/runs/${encodeURIComponent(run)}`, query);
}

/** What the monitor is asked for a page of the deliveries that are shown. */
export function deliveriesPath(run: RunDetail['id'], filter: DeliveryFilter, limit: number): string {
  const query = queryOf(filter);
  query.set('limit', String(limit));
  return addressOf(`/api/runs/${encodeURIComponent(run)}/deliveries`, query);
}

function queryOf({ step, outcome, cursor }: DeliveryFilter): URLSearchParams {
  return new URLSearchParams({
    step: step === undefined ? '' : String(step),
    outcome: outcome ?? '',
    cursor: cursor ?? '',
  });
}

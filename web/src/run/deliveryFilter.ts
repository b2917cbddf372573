import type { DeliveryView, RunDetail } from '../../../src/monitor/api.ts';
import { addressOf } from '../routing/place.ts';

/** Which deliveries of a run are shown. */
export interface DeliveryFilter {
  readonly step: number | undefined;
  readonly outcome: string | undefined;
}

/** The filter that the page's query names. */
export function deliveryFilter(query: URLSearchParams): DeliveryFilter {
  const step = query.get('step');
  return {
    step: step !== null && /^\d+$/.test(step) ? Number(step) : undefined,
    outcome: query.get('outcome') ?? undefined,
  };
}

/** The address of a run's page with a filter. */
export function deliveryAddress(run: RunDetail['id'], { step, outcome }: DeliveryFilter): string {
  const query = new URLSearchParams({ step: step === undefined ? '' : String(step), outcome: outcome ?? '' });
  return addressOf(`/runs/${encodeURIComponent(run)}`, query);
}

export function fits(delivery: DeliveryView, { step, outcome }: DeliveryFilter): boolean {
  return (step === undefined || delivery.step === step) && (outcome === undefined || delivery.outcome === outcome);
}

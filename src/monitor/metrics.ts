import { Counter, Gauge, Registry } from 'prom-client';
import { backfillFigures } from './metrics/backfills.ts';
import type { Figure, Value } from './metrics/figure.ts';
import { healthFigures } from './metrics/health.ts';
import { jobFigures } from './metrics/jobs.ts';
import { queueFigures } from './metrics/queues.ts';
import { runFigures } from './metrics/runs.ts';
import { serviceFigures } from './metrics/services.ts';
import type { Site } from './site.ts';

/** Series of one metric at most: whatever broadcasts, or is named as a queue, Prometheus is not drowned in it. */
export const seriesAtMost = 500;

/** All metrics, as documents list them. */
export const figures: readonly Figure[] = [
  ...healthFigures,
  ...queueFigures,
  ...serviceFigures,
  ...runFigures,
  ...jobFigures,
  ...backfillFigures,
];

/** The figures at `/metrics`, read anew each time they are asked for. */
export function createMetrics(site: Site): Registry {
  const registry = new Registry();
  for (const figure of figures) register(figure, site, registry);
  return registry;
}

function register({ name, kind, help, labels, read }: Figure, site: Site, registry: Registry): void {
  const common = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  const values = (): readonly Value[] => read(site).slice(0, seriesAtMost);
  if (kind === 'gauge') {
    new Gauge({
      ...common,
      collect() {
        this.reset();
        for (const [of, value] of values()) this.set(of, value);
      },
    });
  } else {
    new Counter({
      ...common,
      collect() {
        this.reset();
        for (const [of, value] of values()) this.inc(of, value);
      },
    });
  }
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figures, seriesAtMost } from '../../src/monitor/metrics.ts';
import { openMonitor, type OpenMonitor } from './open-monitor.ts';

interface Family {
  readonly type: string;
  readonly help: string;
  /** By their labels as written. */
  readonly samples: Map<string, number>;
}

const value = String.raw`"(?:[^"\\\n]|\\["\\n])*"`;
const labels = `[a-z_][a-z0-9_]*=${value}`;
const sample = new RegExp(`^([a-z_:][a-z0-9_:]*)(?:\\{(${labels}(?:,${labels})*)?\\})? (\\S+)$`);

/** Reads the text format as strictly as Prometheus does: each sample below the HELP and TYPE of its family, and once. */
function familiesOf(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, Family>();
  let help = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, helped, words] = /^# HELP (\w+) (.+)$/.exec(line) ?? [];
    const [, typed, type] = /^# TYPE (\w+) (gauge|counter)$/.exec(line) ?? [];
    const [, name, of = '', number] = sample.exec(line) ?? [];
    if (helped !== undefined) help = `${helped} ${words ?? ''}`;
    else if (typed !== undefined && type !== undefined) {
      if (!help.startsWith(`${typed} `) || families.has(typed)) throw new Error(`TYPE out of place: ${line}`);
      families.set(typed, { type, help, samples: new Map() });
    } else {
      const family = [...families].at(-1);
      if (family?.[0] !== name || family?.[1].samples.has(of)) throw new Error(`no sample, or not here: ${line}`);
      if (!Number.isFinite(Number(number))) throw new Error(`no number: ${line}`);
      family?.[1].samples.set(of, Number(number));
    }
  }
  return families;
}

describe('the metrics', () => {
  let site: OpenMonitor;
  beforeAll(async () => {
    site = await openMonitor();
    await using listening = await site.listen();
    await site.beat({
      host: 'a.1',
      service: 'wo"rk\\er\n',
      serviceclass: 'w',
      status: 4,
      utilization: { 2: 0.25, 4: 0.75 },
    });
    await site.beat({ host: 'a.2', service: 'other', serviceclass: 'o', status: 99, utilization: {} });
    await listening.next('service', ({ service }) => service.host === 'a.2');
  });
  afterAll(() => site[Symbol.asyncDispose]());

  const scrape = async (): Promise<ReadonlyMap<string, Family>> => familiesOf((await site.get('/metrics')).text);

  it('are those of the documents, in the format of Prometheus, whatever services and queues are called', async () => {
    const families = await scrape();
    expect([...families].map(([name, { type }]) => [name, type])).toEqual(
      figures.map(({ name, kind }) => [name, kind]),
    );
    expect(families.get('baton_services')?.samples.get(String.raw`service="wo\"rk\\er\n",status="processing"`)).toBe(1);
    expect(families.get('baton_services')?.samples.get('service="other",status="other"')).toBe(1);
    expect(families.get('baton_service_busy_ratio')?.samples.get(String.raw`service="wo\"rk\\er\n"`)).toBe(0.75);
  });

  it('have names that tell their kind and unit', () => {
    for (const { name, kind, help } of figures) {
      expect(name).toMatch(/^(baton|process)_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(kind === 'counter');
      expect(help).toMatch(/^[A-Z1].*\.$/);
    }
  });

  it('have few series, however many queues there are: the deepest', async () => {
    const { client } = site;
    const send = Array.from({ length: seriesAtMost + 20 }, (_, n) => ({
      destination: client.queue(`many.${String(n)}`),
      body: 'x',
    }));
    await client.transact({ ack: [], send });
    const deep = { destination: client.queue('deep'), body: 'x' };
    await client.transact({ ack: [], send: [deep, deep, deep] });
    await expect
      .poll(async () => (await scrape()).get('baton_queue_consumers')?.samples.size, { timeout: 10_000 })
      .toBe(seriesAtMost);
    await expect
      .poll(async () => (await scrape()).get('baton_queue_messages')?.samples.get('queue="deep",state="waiting"'))
      .toBe(3);
  });
});

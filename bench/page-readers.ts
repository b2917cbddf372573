import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Asker } from './asker.ts';
import { idOf } from './ledger-records.ts';
import { percentile } from './percentiles.ts';

/** Who reads the page. */
export interface Readers {
  /** Pages that are open on something: each listens. */
  readonly pages: number;
  /** Of these, pages that show a run which goes on, and ask for it anew as often as the page does. */
  readonly runPages: number;
  /** Programs that list and search, one question after the other, five a second. */
  readonly listing: number;
}

/** Readers at work. */
export interface Reading extends AsyncDisposable {
  /** Answers so far. */
  readonly answers: number;
  /** Bytes of events that came to all pages. */
  readonly eventBytes: number;
  /** Milliseconds that 95 of 100 answers took until their first byte. */
  readonly firstByteP95Ms: number;
}

/** What `useRequest` waits between two questions for the same thing. */
const pause = 400;
const listingPause = 200;

/** Opens the pages, and asks on, until it is disposed of. `liveRun`: the number of a run that goes on. */
export async function startReading(port: number, readers: Readers, liveRun: () => number): Promise<Reading> {
  const asker = new Asker(port);
  const ending = new AbortController();
  const times: number[] = [];
  const streams: IncomingMessage[] = [];
  let eventBytes = 0;
  for (let page = 0; page < readers.pages; page += 1) {
    const asking = get({ host: '127.0.0.1', port, path: '/api/events', agent: false });
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    response.on('data', (chunk: Buffer) => (eventBytes += chunk.length));
    // A stream that is cut is not what is measured: there would be fewer bytes of events.
    for (const each of [asking, response]) each.on('error', () => undefined);
    streams.push(response);
  }
  const ask = async (pathOf: (round: number) => string, wait: number): Promise<void> => {
    for (let round = 0; !ending.signal.aborted; round += 1) {
      const { status, firstByteMs } = await asker.get(pathOf(round), [200, 404]);
      if (status === 200) times.push(firstByteMs);
      await setTimeout(wait, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const asking = [
    ...Array.from({ length: readers.runPages }, async (_, page) =>
      ask(() => `/api/runs/${idOf(Math.max(0, liveRun() - (page % 20)))}`, pause),
    ),
    ...Array.from({ length: readers.listing }, async (_, program) =>
      ask((round) => listings[(program + round) % listings.length] ?? '', listingPause),
    ),
  ];
  for (const each of asking) each.catch(() => undefined);
  return {
    get answers() {
      return times.length;
    },
    get eventBytes() {
      return eventBytes;
    },
    get firstByteP95Ms() {
      return percentile(times, 0.95);
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      for (const stream of streams) stream.destroy();
      await Promise.all(asking).finally(() => asker[Symbol.dispose]());
    },
  };
}

const listings = [
  '/api/runs',
  '/api/runs?state=failed',
  '/api/runs?text=gridscan',
  '/api/runs?text=autoproc&beamline=i07',
  '/api/runs?beamline=i03&state=finished',
  '/api/health',
  '/api/queues',
];

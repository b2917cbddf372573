import type { BackfillRequest, Pace } from '../../../src/monitor/api.ts';
import { addressOf } from '../routing/place.ts';
import type { JsonObject } from '../server/types.ts';

/** What may be said of the runs that are wanted. The same names stand in the page's address. */
export const wishNames = [
  ...(['numbers', 'visit', 'beamline', 'collection', 'recipe', 'state', 'lacks', 'from', 'to'] as const),
  ...(['use', 'name', 'rate', 'atOnce'] as const),
];
export type WishName = (typeof wishNames)[number];

/** What is asked of the monitor: what is not said of the pace is as the site has it. */
export type Asked = Omit<BackfillRequest, 'pace'> & { readonly pace: Partial<Pace> };

/** The wish that stands in the address; undefined while it says nothing of the runs. */
export function askedOf(query: URLSearchParams, parameters: JsonObject): Asked | undefined {
  const text = (name: WishName): string | undefined => query.get(name)?.trim() || undefined;
  const words = ['numbers', 'visit', 'beamline', 'collection', 'recipe', 'state', 'lacks'] as const;
  const times = ['from', 'to'] as const;
  const selection = {
    ...Object.fromEntries(words.map((name) => [name, text(name)])),
    ...Object.fromEntries(times.map((name) => [name, timeOf(text(name))])),
  };
  const said = Object.entries(selection).filter(([, value]) => value !== undefined);
  if (said.length === 0) return undefined;
  const use = text('use');
  const name = text('name');
  const pace = { runsPerMinute: numberOf(text('rate')), atOnce: numberOf(text('atOnce')) };
  return {
    selection: Object.fromEntries(said),
    recipe: use === 'named' && name !== undefined ? { use, name } : { use: use === 'current' ? use : 'stored' },
    parameters,
    pace: Object.fromEntries(Object.entries(pace).filter(([, value]) => value !== undefined)),
  };
}

/** The page's address with one thing changed. */
export function withWish(query: URLSearchParams, name: WishName, value: string): string {
  const changed = new URLSearchParams(query);
  changed.set(name, value);
  return addressOf('/reprocess', changed);
}

function numberOf(text: string | undefined): number | undefined {
  const number = Number(text);
  return text !== undefined && Number.isFinite(number) && number > 0 ? number : undefined;
}

/** A time of day is the reader's own. */
function timeOf(text: string | undefined): number | undefined {
  const time = text === undefined ? NaN : new Date(text).getTime();
  return Number.isFinite(time) ? time : undefined;
}

import { badQuery } from './errors.ts';

/** Where a page of a list ended, as the asker keeps it: nothing to be read or made by others. */
export function cursorAt(list: string, place: string): string {
  return Buffer.from(`${list} ${place}`).toString('base64url');
}

/** The place that a cursor of this list is for; undefined without one. Throws `monitor.bad-query` for anything else. */
function placeOf(list: string, cursor: string | undefined, form = /^/): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  const place = text.slice(list.length + 1);
  if (cursorAt(list, place) === cursor && form.test(place)) return place;
  throw badQuery({ reason: 'the cursor is not the next of a page of this list' });
}

/** Places that are numbers of rows. */
const rowNumber = /^[0-9]{1,15}$/;

/** The question as the store takes it: with the place in place of the cursor. */
export function atPlace<Question extends { readonly cursor?: string | undefined }>(
  list: string,
  { cursor, ...question }: Question,
  form = rowNumber,
): Omit<Question, 'cursor'> & { readonly cursor?: string } {
  const place = placeOf(list, cursor, form);
  return { ...question, ...(place === undefined ? {} : { cursor: place }) };
}

/** A page of the store with its end as a cursor. */
export function withCursor<Page extends { readonly next?: string }>(list: string, page: Page): Page {
  return page.next === undefined ? page : { ...page, next: cursorAt(list, page.next) };
}

/** What is asked of a list that is in memory. */
export interface PageQuestion {
  readonly cursor?: string;
  readonly limit: number;
}

/** One page of a list in memory, by the key of its items; what comes and goes between two pages moves nothing else. */
export function pageOf<Item>(
  list: string,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { cursor, limit }: PageQuestion,
): { readonly items: readonly Item[]; readonly next?: string } {
  const after = placeOf(list, cursor);
  const left = items
    .map((item) => ({ key: keyOf(item), item }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const shown = left.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => item),
    ...(left.length > limit && last ? { next: cursorAt(list, last.key) } : {}),
  };
}

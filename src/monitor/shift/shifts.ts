/** When shifts begin at a site. */
export interface ShiftPlan {
  /** Times of day, as `08:00`. */
  readonly starts: readonly string[];
  /** As `Europe/London`. */
  readonly timeZone: string;
}

/** A stretch of time, in milliseconds since 1970. */
export interface Shift {
  readonly from: number;
  readonly to: number;
}

/** Of a site that says nothing: three shifts, in the time zone of the host. */
export const standardShifts: ShiftPlan = {
  starts: ['00:00', '08:00', '16:00'],
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
};

const day = 24 * 3600 * 1000;

/** The shift that `now` is in, and those before it, the latest first. One over a change of the clocks is as long as it was. */
export function shiftsUntil(now: number, { starts, timeZone }: ShiftPlan, count: number): readonly Shift[] {
  const days = Math.ceil(count / starts.length) + 2;
  const begins = Array.from({ length: days + 2 }, (_, ago) => dayOf(now + day - ago * day, timeZone))
    .flatMap((date) => starts.map((start) => timeAt(date, start, timeZone)))
    .sort((a, b) => b - a);
  const distinct = begins.filter((begin, index) => begin !== begins[index - 1]);
  const current = distinct.findIndex((begin) => begin <= now);
  const lengthOf = (index: number): number => distinct[index - 1] ?? (distinct[index] ?? 0) + day;
  return distinct.slice(current, current + count).map((from, index) => ({ from, to: lengthOf(current + index) }));
}

/** `2026-11-21`, by the site's calendar. */
function dayOf(time: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(time);
}

/** When the clocks of the site show this; a time that they leave out is the one after. */
function timeAt(date: string, start: string, timeZone: string): number {
  const utc = Date.parse(`${date}T${start.padStart(5, '0')}:00Z`);
  // The offset there and then: that at the first guess may be the one before a change.
  const guess = utc - offsetAt(utc, timeZone);
  return utc - offsetAt(guess, timeZone);
}

/** ms by which the site's clocks are ahead of UTC. */
function offsetAt(time: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  }).formatToParts(time);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '00';
  const local = Date.parse(`${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}:${of('second')}Z`);
  return local - Math.floor(time / 1000) * 1000;
}

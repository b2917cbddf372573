const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** A point in time as short as it stays clear: the time today, with the day before that, with the year in other years. */
export function moment(time: number, now: number): string {
  const then = new Date(time);
  const today = new Date(now);
  if (then.toDateString() === today.toDateString()) return clock.format(then);
  const date = then.getFullYear() === today.getFullYear() ? day.format(then) : dayOfYear.format(then);
  return `${date}, ${clock.format(then).slice(0, 5)}`;
}

/** The time of day with milliseconds, for lines that follow one another. */
export function clockTime(time: number): string {
  return `${clock.format(time)}.${String(((time % second) + second) % second).padStart(3, '0')}`;
}

/** How long something took (milliseconds), with two units at most. */
export function duration(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  if (length < second) return `${Math.round(length)} ms`;
  if (length < 10 * second) return `${Number((length / second).toFixed(1))} s`;
  if (length < minute) return `${Math.floor(length / second)} s`;
  if (length < hour) return pair(length, minute, 'min', second, 's');
  if (length < 24 * hour) return pair(length, hour, 'h', minute, 'min');
  return pair(length, 24 * hour, 'd', hour, 'h');
}

/** How long ago, in one unit: what counts on by the second draws the eye for nothing. What was just heard of is `now`. */
export function age(time: number, now: number): string {
  const length = now - time;
  if (length < 8 * second) return 'now';
  const unit = [hour * 24, hour, minute, second].find((each) => length >= each) ?? second;
  return `${duration(Math.floor(length / unit) * unit)} ago`;
}

function pair(length: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((length % big) / small);
  return `${Math.floor(length / big)} ${bigName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

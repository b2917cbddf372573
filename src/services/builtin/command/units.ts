/** `8G` as JSON Schema knows it: a number of bytes, or one with a unit of 1024. */
export const sizePattern = '^\\d+(?:\\.\\d+)?\\s*[KMGT]?(?:i?B)?$';
/** `2h`: seconds, or a number with a unit. */
export const timePattern = '^\\d+(?:\\.\\d+)?\\s*[smhd]?$';

/** Bytes. What has not the form of `sizePattern` is NaN. */
export function bytesOf(size: number | string): number {
  if (typeof size === 'number') return size;
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/.exec(size) ?? [];
  return Math.floor(Number(number) * 1024 ** ' KMGT'.indexOf(unit === '' ? ' ' : unit));
}

/** Seconds. What has not the form of `timePattern` is NaN. */
export function secondsOf(time: number | string): number {
  if (typeof time === 'number') return time;
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)\s*([smhd]?)$/.exec(time) ?? [];
  return Number(number) * { s: 1, m: 60, h: 3600, d: 86_400 }[(unit === '' ? 's' : unit) as 's' | 'm' | 'h' | 'd'];
}

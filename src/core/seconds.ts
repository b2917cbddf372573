/** A time to wait that came out of foreign code, in seconds. Throws a TypeError for what no clock comes to. */
export function waitingSeconds(given: number): number {
  if (typeof given === 'number' && given >= 0 && Number.isFinite(given)) return given;
  throw new TypeError(`a delay of ${String(given)} is none, expected seconds, at least 0`);
}

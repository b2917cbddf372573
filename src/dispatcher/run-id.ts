import { digest } from '../core/json.ts';

/** The id of a run whose announcer chooses none, always the same for the same parts. As a UUID, version 8 (RFC 9562: custom). */
export function runIdOf(...parts: readonly string[]): string {
  const hex = digest(...parts);
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

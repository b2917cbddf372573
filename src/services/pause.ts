import { isObject, type Json } from '../core/json.ts';

/** Stands for every service, or every machine. */
export const anyone = '*';

/** Services that take no more until somebody says otherwise. */
export interface Pause {
  /** The class of the services (`serviceclass` in heartbeats), or `*`. */
  readonly service: string;
  /** The machine they run on, or `*`: processes come and go, with other ids. */
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly who: string;
  readonly reason: string;
}

/** The machine, of `host.pid`. */
export function machineOf(host: string): string {
  return host.replace(/\.\d+$/, '');
}

/** Whether what is said of these services is said of this one. */
export function isMeant(
  { service, host }: Pick<Pause, 'service' | 'host'>,
  one: { readonly serviceClass: string; readonly host: string },
): boolean {
  return (
    (service === anyone || service === one.serviceClass) &&
    (host === anyone || host === one.host || host === machineOf(one.host))
  );
}

/** Reads a list of pauses that came from outside; undefined for anything else. */
export function readPauses(value: Json | undefined): readonly Pause[] | undefined {
  return Array.isArray(value) && value.every(isPause) ? value : undefined;
}

function isPause(value: Json): boolean {
  if (!isObject(value)) return false;
  const { service, host, since, who, reason } = value;
  return typeof since === 'number' && [service, host, who, reason].every((text) => typeof text === 'string');
}

import { resolve } from 'node:path';
import { limits, standardLimits, type Levels, type LimitName } from '../monitor/limits.ts';
import type { AlertConfig, Config } from './config.ts';
import { standardAlerts } from './standard.ts';

/** `health` of the configuration file as written. */
export interface HealthFile {
  readonly limits?: Partial<Record<LimitName, Partial<Levels>>>;
  readonly forgetLostSeconds?: number;
}

/** One of `alerts` of the configuration file as written. */
export type AlertFile = Partial<AlertConfig>;

/** The limits of a site: what it does not say is as usual. */
export function healthConfig(read: HealthFile): Config['health'] {
  const all: Record<LimitName, Levels> = { ...standardLimits };
  for (const name of Object.keys(limits) as readonly LimitName[]) all[name] = { ...all[name], ...read.limits?.[name] };
  const { forgetLostSeconds = standardAlerts.forgetLostSeconds } = read;
  return { limits: all, forgetLostSeconds };
}

/** The receivers of a site. Paths are of the folder. */
export function alertsConfig(read: Readonly<Record<string, AlertFile>>, folder: string): Config['alerts'] {
  return Object.fromEntries(Object.entries(read).map(([name, file]) => [name, alertConfig(file, folder)]));
}

function alertConfig({ urlFile, headers = {}, headerFiles = {}, ...rest }: AlertFile, folder: string): AlertConfig {
  const { minimum, holdSeconds, quietSeconds } = standardAlerts;
  const files = Object.entries(headerFiles).map(([header, file]) => [header, resolve(folder, file)]);
  return {
    ...{ minimum, holdSeconds, quietSeconds },
    ...rest,
    headers,
    headerFiles: Object.fromEntries(files) as Readonly<Record<string, string>>,
    ...(urlFile === undefined ? {} : { urlFile: resolve(folder, urlFile) }),
  };
}

/** What is wrong with the receivers that their schema does not say. */
export function alertProblems(read: Readonly<Record<string, AlertFile>>): readonly string[] {
  return Object.entries(read).flatMap(([name, { url, urlFile, headers = {}, headerFiles = {} }]) => [
    ...(url === undefined && urlFile === undefined ? [`alerts.${name} needs a url, or a urlFile`] : []),
    ...(url !== undefined && urlFile !== undefined ? [`alerts.${name} has a url and a urlFile: only one counts`] : []),
    ...(url === undefined || isWebAddress(url) ? [] : [`alerts.${name}.url must be an address of http:// or https://`]),
    ...Object.entries(headers).flatMap(([header, value]) => headerProblem(`alerts.${name}.headers`, header, value)),
    ...Object.keys(headerFiles).flatMap((header) => headerProblem(`alerts.${name}.headerFiles`, header, '')),
  ]);
}

/** True for an address that something can be posted to. */
export function isWebAddress(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}

const token = /^[!#$%&'*+.^_`|~\w-]+$/;
/** What frames a request is not a site's to say. */
const ours = /^(connection|content-length|content-type|host|transfer-encoding)$/i;

/** Says nothing of the value, which may be a secret. */
function headerProblem(where: string, header: string, value: string): readonly string[] {
  const isGood = token.test(header) && !ours.test(header) && /^[\t\x20-\x7e]*$/.test(value);
  return isGood ? [] : [`${where}.${header} can be no header of the request`];
}

import type { AlertConfig, Config } from '../config/config.ts';
import { secretUnusable } from '../config/errors.ts';
import { isWebAddress } from '../config/health-config.ts';
import { readPasscode } from '../config/secret.ts';
import type { AlertReceiver } from '../monitor/alerts.ts';

/** The receivers of alerts, with what their files hold. Throws `config.secret-unusable`. */
export async function alertReceivers(alerts: Config['alerts']): Promise<readonly AlertReceiver[]> {
  return await Promise.all(Object.entries(alerts).map(async ([name, alert]) => await receiver(name, alert)));
}

async function receiver(name: string, alert: AlertConfig): Promise<AlertReceiver> {
  const { minimum, holdSeconds: hold, quietSeconds: quiet, headers, headerFiles } = alert;
  const secrets = Object.entries(headerFiles).map(async ([header, file]) => [
    header,
    await readPasscode(`alerts.${name}.headerFiles.${header}`, file),
  ]);
  const all = { ...headers, ...(Object.fromEntries(await Promise.all(secrets)) as Record<string, string>) };
  return { name, url: await urlOf(name, alert), headers: all, minimum, hold, quiet };
}

async function urlOf(name: string, { url, urlFile }: AlertConfig): Promise<string> {
  if (urlFile === undefined) return url ?? '';
  const key = `alerts.${name}.urlFile`;
  const read = (await readPasscode(key, urlFile)).trim();
  if (isWebAddress(read)) return read;
  throw secretUnusable({ key, file: urlFile, reason: 'its first line is no address of http:// or https://' });
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { openApi } from '../src/monitor/interface/openapi.ts';
import { operations } from '../src/monitor/interface/operations.ts';
import { schemas } from '../src/monitor/interface/schemas.ts';
import { checkout } from './prepare.ts';

/** docs/openapi.json: what the monitor of this version answers at `/api/openapi.json`. */
export async function openApiReference(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as { version: string };
  return await format(JSON.stringify(openApi({ operations, schemas, version })), { parser: 'json', printWidth: 120 });
}

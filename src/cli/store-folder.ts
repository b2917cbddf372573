import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { messageOf } from '../core/errors.ts';
import { makeFolder } from '../core/folder.ts';
import { storeUnusable } from './errors.ts';

/** The store's folder of that name, or the store itself; made where it is absent. Throws `cli.store-unusable`. */
export async function storeFolder({ store }: Config, name = ''): Promise<string> {
  const folder = join(store, name);
  try {
    makeFolder(folder);
    await access(folder, constants.W_OK);
    return folder;
  } catch (error) {
    throw storeUnusable({ folder, reason: messageOf(error) }, { cause: error });
  }
}

import { digest } from '../core/json.ts';

/** The name of a job where it is kept until it has ended: any key becomes one that Redis, and a file, can have. */
export function jobId(key: string): string {
  return digest(key);
}

import { createHash, randomBytes } from 'node:crypto';

/** 256 bits that nobody can guess, as text for a header. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * What is kept of a secret, and looked for: who reads the store cannot use it. A fast hash will do, as there is nothing to
 * guess; and comparing hashes tells nothing of the secret, however long it takes.
 */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

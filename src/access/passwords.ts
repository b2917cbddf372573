import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { badPassword, busy } from './errors.ts';

/** OWASP's Password Storage Cheat Sheet, scrypt: 32 MB and about 0.3 s of a core for each try. */
const cost: Cost = { N: 2 ** 15, r: 8, p: 3 };
const saltBytes = 16;
const hashBytes = 32;

/** Shorter ones are guessed from a stolen file (NIST SP 800-63B asks for 8 at least, and for no other rules). */
const shortest = 12;
/** Longer ones are no passwords, and only cost time. */
const longest = 200;

/** So many are worked on at the same time, and so many wait: the monitor has other things to do, and 32 MB for each. */
const atOnce = 2;
const waitingAtMost = 30;

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** Makes and compares hashes of passwords, a few at a time. */
export class Passwords {
  #working = 0;
  readonly #waiting: (() => void)[] = [];

  /** The text to keep: how it was made, salt and hash. Throws `access.bad-password`. */
  async hash(password: string): Promise<string> {
    const { length } = [...password];
    if (length < shortest) throw badPassword({ reason: `has ${String(length)} characters, fewer than 12` });
    if (length > longest) throw badPassword({ reason: `has ${String(length)} characters, more than 200` });
    const salt = randomBytes(saltBytes);
    const hash = await this.#derive(password, salt, hashBytes, cost);
    return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join(':');
  }

  /**
   * Whether the password is that of the kept text. Without a text it takes as long, and is wrong: nobody learns from the
   * time who is known. Throws `access.busy`.
   */
  async matches(password: string, kept: string | undefined): Promise<boolean> {
    const { cost: costThen, salt, hash } = kept === undefined ? nobody : read(kept);
    // A longer one belongs to nobody; cut, it costs no more than others.
    const found = await this.#derive(password.slice(0, 2 * longest), salt, hash.length, costThen);
    return timingSafeEqual(found, hash) && kept !== undefined;
  }

  /** Whether hashes are made otherwise today: the next time that the password is known, it is hashed anew. */
  isOutdated(kept: string): boolean {
    return !kept.startsWith(`scrypt:${String(cost.N)}:${String(cost.r)}:${String(cost.p)}:`);
  }

  async #derive(password: string, salt: Buffer, bytes: number, { N, r, p }: Cost): Promise<Buffer> {
    await this.#enter();
    try {
      // Two keyboards write one letter as different code points: composed, it is one.
      return await derive(password.normalize('NFKC'), salt, bytes, { N, r, p, maxmem: 256 * N * r + 2 ** 20 });
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#working < atOnce) {
      this.#working += 1;
      return;
    }
    if (this.#waiting.length >= waitingAtMost) throw busy({});
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Who waits takes the place of who leaves. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#working -= 1;
  }
}

async function derive(password: string, salt: Buffer, bytes: number, options: ScryptOptions): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    scrypt(password, salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

interface Kept {
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const nobody: Kept = { cost, salt: Buffer.alloc(saltBytes), hash: Buffer.alloc(hashBytes) };

function read(kept: string): Kept {
  const [, N, r, p, salt = '', hash = ''] = kept.split(':');
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64url');
  return { cost: { N: Number(N), r: Number(r), p: Number(p) }, salt: bytes(salt), hash: bytes(hash) };
}

import { scryptSync } from 'node:crypto';
import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openAccess, type Access } from '../../src/access/access.ts';
import type { Deed } from '../../src/access/audit.ts';
import { Passwords } from '../../src/access/passwords.ts';
import type { Clock } from '../../src/core/clock.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const hour = 3_600_000;
const password = 'correct horse battery';

interface OpenStore extends AsyncDisposable {
  readonly access: Access;
  readonly folder: string;
  readonly file: string;
  /** Lets so many hours pass. */
  pass(hours: number): void;
}

async function open(): Promise<OpenStore> {
  const folder = await temporaryFolder();
  let now = 1_000_000 * hour;
  const clock: Clock = { now: () => now, sleep: async () => {} };
  const place = join(folder.path, 'access');
  const access = openAccess(place, { clock, sessions: { idleHours: 2, hours: 10 } });
  return {
    ...{ access, folder: place, file: join(place, 'access.sqlite') },
    pass: (hours) => void (now += hours * hour),
    [Symbol.asyncDispose]: async () => {
      access[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('the store of users and tokens', () => {
  it('is for its account alone, and holds no password and no secret', async () => {
    await using store = await open();
    await store.access.users.add('jane', 'operator', password);
    const session = store.access.sessions.begin('jane', '10.0.0.1');
    const token = store.access.tokens.create({ name: 'script', role: 'viewer', creator: 'jane', expires: 2e15 });
    for (const file of [store.file, `${store.file}-wal`]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const bytes = await readFile(file, 'latin1');
      expect([password, session, token].filter((secret) => bytes.includes(secret))).toEqual([]);
    }
    expect((await stat(store.folder)).mode & 0o777).toBe(0o700);
  });

  it('closes a file that was open to others', async () => {
    await using store = await open();
    await chmod(store.file, 0o644);
    openAccess(store.folder)[Symbol.dispose]();
    expect((await stat(store.file)).mode & 0o777).toBe(0o600);
  });

  it('is not opened when a later release wrote it, or when it is none', async () => {
    await using store = await open();
    store.access[Symbol.dispose]();
    const database = new DatabaseSync(store.file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => openAccess(store.folder)).toThrow(/format 99 of a later release/);
    expect(() => openAccess(store.file)).toThrow(/cannot be used/);
  });

  it('tells what another process changed', async () => {
    await using store = await open();
    using other = openAccess(store.folder);
    expect(store.access.users.exist).toBe(false);
    await other.users.add('jane', 'viewer', password);
    expect(store.access.users.exist).toBe(true);
  });
});

describe('users', () => {
  it('have one password, and no other', async () => {
    await using store = await open();
    const { users } = store.access;
    await users.add('jane', 'operator', password);
    expect(await users.isPassword('jane', password)).toBe(true);
    for (const wrong of ['', `${password} `, password.toUpperCase(), 'x'.repeat(100_000)])
      expect(await users.isPassword('jane', wrong)).toBe(false);
    expect(await users.isPassword('june', password)).toBe(false);
    expect(await users.isPassword("' OR 1 --", password)).toBe(false);
  });

  it('may write their password with composed or combined letters', async () => {
    await using store = await open();
    await store.access.users.add('jörg', 'viewer', 'm\u00fcde und froh');
    expect(await store.access.users.isPassword('jörg', 'mu\u0308de und froh')).toBe(true);
  });

  it.each([
    ['short', 'access.bad-password'],
    ['x'.repeat(201), 'access.bad-password'],
  ])('do not get the password %j', async (bad, code) => {
    await using store = await open();
    await expect(store.access.users.add('jane', 'viewer', bad)).rejects.toMatchObject({ code });
  });

  it.each(['', ' ', 'a b', 'a,b', '-x', 'a'.repeat(65), 'a\nb', '../a'])('do not get the name %j', async (name) => {
    await using store = await open();
    await expect(store.access.users.add(name, 'viewer', password)).rejects.toMatchObject({ code: 'access.bad-name' });
  });

  it('are there once, and named when a name is mistyped', async () => {
    await using store = await open();
    const { users } = store.access;
    await users.add('jane', 'viewer', password);
    await expect(users.add('jane', 'admin', password)).rejects.toMatchObject({ code: 'access.user-exists' });
    expect(() => users.remove('jone')).toThrow(/no user "jone" \(did you mean "jane"\?\)/);
    expect(users.list()).toMatchObject([{ name: 'jane', role: 'viewer' }]);
  });

  it('are checked a few at a time, and no more wait than the monitor can bear', async () => {
    const passwords = new Passwords();
    const made = 'scrypt:2:1:1:c2FsdA:aGFzaA';
    const ends = await Promise.allSettled(
      Array.from({ length: 60 }, async () => await passwords.matches(password, made)),
    );
    const busy = ends.filter((end) => end.status === 'rejected' && end.reason.code === 'access.busy');
    expect(busy).toHaveLength(28);
    expect(ends.filter((end) => end.status === 'fulfilled' && !end.value)).toHaveLength(32);
    expect(await passwords.matches(password, made)).toBe(false);
  });

  it('have their password hashed anew when it was hashed otherwise, as soon as it is known', async () => {
    await using store = await open();
    const { users } = store.access;
    await users.add('jane', 'viewer', password);
    const database = new DatabaseSync(store.file);
    const salt = Buffer.from('salt');
    const cheap = [
      'scrypt:16:1:1',
      salt.toString('base64url'),
      scryptSync(password, salt, 32, { N: 16, r: 1, p: 1 }).toString('base64url'),
    ].join(':');
    database.prepare('UPDATE users SET password = ?').run(cheap);
    expect(await users.isPassword('jane', 'another password')).toBe(false);
    expect(database.prepare('SELECT password FROM users').get()).toEqual({ password: cheap });
    expect(await users.isPassword('jane', password)).toBe(true);
    expect(database.prepare('SELECT password FROM users').get()?.['password']).toMatch(/^scrypt:32768:8:3:/);
    expect(await users.isPassword('jane', password)).toBe(true);
    database.close();
  });
});

describe('a session', () => {
  it('belongs to its user, with the role of the moment', async () => {
    await using store = await open();
    const { users, sessions } = store.access;
    await users.add('jane', 'viewer', password);
    const secret = sessions.begin('jane', '10.0.0.1');
    expect(sessions.find(secret)).toEqual({ user: 'jane', role: 'viewer' });
    users.setRole('jane', 'admin');
    expect(sessions.find(secret)).toEqual({ user: 'jane', role: 'admin' });
    expect([sessions.isKnown('jane', '10.0.0.1'), sessions.isKnown('jane', '10.0.0.2')]).toEqual([true, false]);
  });

  it('ends when it is ended, with its user, and with the password', async () => {
    await using store = await open();
    const { users, sessions } = store.access;
    await users.add('jane', 'viewer', password);
    const [first, second] = [sessions.begin('jane', 'a'), sessions.begin('jane', 'a')];
    sessions.end(first);
    expect([sessions.find(first), sessions.find(second)?.user]).toEqual([undefined, 'jane']);
    await users.setPassword('jane', `${password}!`);
    expect(sessions.find(second)).toBeUndefined();
    const third = sessions.begin('jane', 'a');
    users.remove('jane');
    expect(sessions.find(third)).toBeUndefined();
  });

  it('ends when it is not used for long, and after a time however it is used', async () => {
    await using store = await open();
    const { users, sessions } = store.access;
    await users.add('jane', 'viewer', password);
    const [used, idle] = [sessions.begin('jane', 'a'), sessions.begin('jane', 'a')];
    for (let n = 0; n < 6; n += 1) {
      store.pass(1.5);
      expect(sessions.find(used)?.user).toBe('jane');
    }
    expect(sessions.find(idle)).toBeUndefined();
    store.pass(1.5);
    expect(sessions.find(used)).toBeUndefined();
  });

  it('ends when its user begins too many', async () => {
    await using store = await open();
    const { users, sessions } = store.access;
    await users.add('jane', 'viewer', password);
    const first = sessions.begin('jane', 'a');
    for (let n = 0; n < 50; n += 1) {
      store.pass(0.001);
      sessions.begin('jane', 'a');
    }
    expect(sessions.find(first)).toBeUndefined();
  });
});

describe('a token', () => {
  it('is good until it expires or is revoked', async () => {
    await using store = await open();
    const { tokens } = store.access;
    const made = { name: 'scrape', role: 'metrics', creator: 'jane', expires: 1_000_005 * hour } as const;
    const text = tokens.create(made);
    expect(text).toMatch(/^baton_[\w-]{43}$/);
    expect(tokens.find(text)).toMatchObject(made);
    expect(tokens.find(`${text}x`)).toBeUndefined();
    expect(tokens.list()).toMatchObject([{ ...made, used: 1_000_000 * hour }]);
    store.pass(5);
    expect(tokens.find(text)).toBeUndefined();
    const other = tokens.create({ ...made, name: 'other', expires: 1_000_009 * hour });
    tokens.revoke('other');
    expect(tokens.find(other)).toBeUndefined();
    expect(() => tokens.revoke('scrap')).toThrow(/did you mean "scrape"/);
    expect(() => tokens.create(made)).toThrow(/already/);
  });
});

describe('the audit', () => {
  const deed: Deed = { who: 'jane', way: 'session', role: 'operator', action: 'cancel', subject: 'run', reason: 'why' };

  it('has who did what, why, and what came of it, also when it failed', async () => {
    await using store = await open();
    const { audit } = store.access;
    expect(await audit.of(deed, async () => 7, String)).toBe(7);
    const failing = audit.of(
      { ...deed, subject: 'other' },
      async () => await Promise.reject(new Error('no broker')),
      String,
    );
    await expect(failing).rejects.toThrow('no broker');
    expect(audit.page({ limit: 10 })).toEqual({
      items: [
        { ...deed, seq: 2, time: 1_000_000 * hour, subject: 'other', outcome: 'failed: no broker' },
        { ...deed, seq: 1, time: 1_000_000 * hour, outcome: '7' },
      ],
    });
  });

  it('stands there before it is done, and nothing is done that cannot be written down', async () => {
    await using store = await open();
    const { audit } = store.access;
    await audit.of(deed, async () => expect(audit.page({ limit: 1 }).items[0]).not.toHaveProperty('outcome'), String);
    store.access[Symbol.dispose]();
    let done = false;
    await expect(audit.of(deed, async () => (done = true), String)).rejects.toThrow();
    expect(done).toBe(false);
  });

  it('is read in pages, and by who, what and whereto', async () => {
    await using store = await open();
    const { audit } = store.access;
    for (const subject of ['a', 'b', 'c']) await audit.of({ ...deed, subject }, async () => '', String);
    const first = audit.page({ limit: 2 });
    expect(first.items.map(({ subject }) => subject)).toEqual(['c', 'b']);
    const rest = audit.page({ limit: 2, cursor: first.next ?? '' });
    expect([rest.items.map(({ subject }) => subject), rest.next]).toEqual([['a'], undefined]);
    expect(audit.page({ limit: 9, subject: 'b', who: 'jane', action: 'cancel' }).items).toHaveLength(1);
    expect(audit.page({ limit: 9, who: "x' OR 1=1" }).items).toEqual([]);
  });
});

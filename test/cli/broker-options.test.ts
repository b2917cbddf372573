import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Peer } from '../broker/peer.ts';
import { startBaton } from '../fixtures/baton.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const pem = (name: string): string => fileURLToPath(new URL(`../fixtures/localhost-${name}.pem`, import.meta.url));

it('a whole Baton works through a broker with users, TLS and limits, and shows no passcode', async () => {
  await using secrets = await temporaryFolder();
  const passcodeFile = (login: string): string => join(secrets.path, login);
  for (const login of ['baton', 'beamline']) await writeFile(passcodeFile(login), `secret of ${login}\n`);
  const broker = {
    login: 'baton',
    users: {
      baton: { passcodeFile: passcodeFile('baton') },
      beamline: {
        passcodeFile: passcodeFile('beamline'),
        may: [{ destination: '/queue/data-collection', write: true }],
      },
    },
    tls: { key: pem('key'), cert: pem('cert'), ca: pem('cert'), name: 'localhost' },
    limits: { bodyBytes: 100_000 },
  };
  await using baton = await startBaton(undefined, { config: { broker, processes: { light: ['record-result'] } } });
  const log: string[] = [];
  baton.process.stderr?.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  const doctor = await baton.baton('doctor', '--json');
  expect(doctor.json<{ findings: object[] }>().findings).toContainEqual(
    expect.objectContaining({ check: 'broker', state: 'pass' }),
  );
  const port = Number(new URL(baton.brokerUrl).port);
  const certificate = await readFile(pem('cert'), 'utf8');
  const as = async (login: string, passcode: string): Promise<Peer> =>
    Peer.accepted(await Peer.openSecure(port, certificate), { login, passcode });
  await expect(as('beamline', 'guess')).rejects.toThrow('"beamline" was refused');
  await using beamline = await as('beamline', 'secret of beamline');
  await beamline.put('/queue/data-collection', '{}');
  await expect(beamline.put('/queue/filewatcher', '{}')).rejects.toThrow('may not write');
  await using large = await as('baton', 'secret of baton');
  await expect(large.put('/queue/a', Buffer.alloc(100_001))).rejects.toThrow('100000');
  const commandLine = await readFile(`/proc/${String(baton.process.pid)}/cmdline`, 'utf8');
  expect(commandLine + doctor.stdout + doctor.stderr + log.join('')).not.toContain('secret of');
}, 60_000);

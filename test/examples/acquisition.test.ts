import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { stompPyAvailable } from '../fixtures/debian-programs.ts';
import { freePort } from '../fixtures/free-port.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { headerIn, scriptedBroker } from './scripted-broker.ts';

const example = (name: string): string => new URL(`../../examples/${name}`, import.meta.url).pathname;

describe('the acquisition in shell', () => {
  announces(example('acquisition.sh'));

  it('understands frames in any pieces, with line ends between them, carriage returns, and bodies of a given length', async () => {
    await using broker = await scriptedBroker((frame) => {
      const pieces = answers(frame).flatMap((text) => text.replaceAll('\n', '\r\n').split(/(?=o|:)/));
      return ['\n\r\n', ...pieces];
    });
    expect(await run(example('acquisition.sh'), broker.port)).toMatchObject({ code: 0, result });
  });
});

requireOrSkip("Python's stomp.py", stompPyAvailable())('the acquisition in Python', () => {
  announces(example('acquisition.py'));
});

const result = {
  status: 'result',
  run: 'r-1',
  result: { status: 'ok', note: 'a "quoted" run: {1}', centre_x: 12.5, text: 'Å' },
};

/** What both programs promise. */
function announces(program: string): void {
  it('announces once, with a reply address, and prints the result', async () => {
    await using broker = await scriptedBroker(answers);
    expect(await run(program, broker.port, '/site')).toMatchObject({ code: 0, result });
    const [sent, ...others] = broker.received.filter((frame) => frame.startsWith('SEND'));
    expect(others).toEqual([]);
    expect(headerIn(sent ?? '', 'destination')).toBe('/queue/site.data-collection');
    expect(headerIn(sent ?? '', 'reply-to')).toMatch(/^\/queue\/site\.reply\./);
    expect(sent).not.toMatch(/^content-length:/m);
    expect(JSON.parse(sent?.split('\n\n')[1] ?? '')).toHaveProperty('parameters.beamline');
  });

  it('says why it was refused', async () => {
    const refusal = { status: 'refused', run: 'r-1', reason: 'No rule applies to this announcement' };
    await using broker = await scriptedBroker((frame) => answers(frame, [refusal]));
    const { code, said } = await run(program, broker.port);
    expect(code).toBe(1);
    expect(said).toContain('No rule applies');
  });

  it('overlooks the answer to another request', async () => {
    await using broker = await scriptedBroker((frame) => [
      ...(frame.startsWith('SEND') ? [message('{"status":"failed","run":"r-0"}', 'correlation-id:another')] : []),
      ...answers(frame),
    ]);
    expect(await run(program, broker.port)).toMatchObject({ code: 0, result });
  });

  it('says that the login was refused', async () => {
    await using broker = await scriptedBroker((frame) =>
      /^(CONNECT|STOMP)\n/.test(frame) ? ['ERROR\nmessage:who are you\n\nUser or password is wrong\0'] : [],
    );
    const { code, said } = await run(program, broker.port);
    expect(code).toBe(2);
    expect(said).toContain('User or password is wrong');
  });

  it('says that nobody answers at the address', async () => {
    const { code, said } = await run(program, await freePort());
    expect(code).toBe(2);
    expect(said).toContain('No connection to the broker');
  });

  it('says when no answer came in time', async () => {
    await using broker = await scriptedBroker((frame) => answers(frame, []));
    const { code, said } = await run(program, broker.port, '', '1');
    expect(code).toBe(1);
    expect(said).toContain('no final answer in time');
  });
}

/** The answers of a site where all goes well. */
function answers(
  frame: string,
  told: readonly object[] = [{ status: 'accepted', run: 'r-1' }, result, finished],
): string[] {
  if (/^(CONNECT|STOMP)\n/.test(frame)) return ['CONNECTED\nversion:1.2\nheart-beat:0,0\n\n\0\n'];
  const receipt = headerIn(frame, 'receipt');
  const confirmed = receipt === '' ? [] : [`RECEIPT\nreceipt-id:${receipt}\n\n\0\n`];
  if (!frame.startsWith('SEND')) return confirmed;
  const id = `correlation-id:${headerIn(frame, 'correlation-id')}`;
  return [...confirmed, ...told.map((answer) => message(JSON.stringify(answer), id))];
}

const finished = { status: 'finished', run: 'r-1' };

function message(body: string, ...headers: readonly string[]): string {
  const all = [
    'destination:/queue/x',
    'message-id:1',
    'subscription:answers',
    `content-length:${String(Buffer.byteLength(body))}`,
  ];
  return `MESSAGE\n${[...all, ...headers].join('\n')}\n\n${body}\0\n`;
}

interface Ended {
  readonly code: number;
  readonly result: unknown;
  readonly said: string;
}

async function run(program: string, port: number, prefix = '', timeout = '20'): Promise<Ended> {
  const broker = `stomp://127.0.0.1:${String(port)}${prefix}`;
  const args = ['--broker', broker, '--timeout', timeout, example('grid-scan.json')];
  return await new Promise((resolve) => {
    const child = execFile(program, args, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, result: stdout === '' ? undefined : JSON.parse(stdout), said: stderr });
    });
  });
}

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { usage } from './errors.ts';

/**
 * A password from the terminal, twice and unseen, or the first line of standard input: never from the command line, which
 * every user of the host can see. Throws `cli.usage`.
 */
export async function readPassword(name: string): Promise<string> {
  if (!process.stdin.isTTY) {
    const [password = ''] = (await text(process.stdin)).split(/\r?\n/, 1);
    if (password === '') throw usage({ problem: 'No password came on standard input' });
    return password;
  }
  const password = await ask(`Password for ${name}: `);
  if ((await ask('The same again: ')) !== password) throw usage({ problem: 'The two passwords differ' });
  return password;
}

/** Asks on the terminal, and shows nothing of what is typed. */
async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('close', () => reject(usage({ problem: 'No password was typed' })));
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { freePort } from '../fixtures/free-port.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import type { Block } from './blocks.ts';
import { checkout } from './documents.ts';

/** What of the checkout a reader's commands need; the folder of a walkthrough has links to it. */
const needed = ['bin', 'node_modules', 'package.json', 'recipes', 'scripts', 'src'];

/**
 * Does what a document tells its reader to do, in a folder that looks like a fresh clone, and on free ports. Blocks are
 * marked by a name behind their language, and by what is to be done with them:
 *
 *     sh NAME        run, and must succeed      sh NAME fails    run, and must not
 *     sh NAME up     started, and left running until the next `up`: waits until Baton is up
 *     text NAME      lines of what was printed last, in this order; … stands for anything
 *     LANGUAGE NAME PATH      written to that file
 */
export class Walkthrough implements AsyncDisposable {
  readonly #folder: string;
  readonly #ports: Readonly<Record<string, string>>;
  readonly #dispose: () => Promise<void>;
  #printed = '';
  #up: ChildProcess | undefined;

  private constructor(folder: string, ports: Readonly<Record<string, string>>, dispose: () => Promise<void>) {
    this.#folder = folder;
    this.#ports = ports;
    this.#dispose = dispose;
  }

  static async begin(): Promise<Walkthrough> {
    const folder = await temporaryFolder();
    for (const name of needed) await symlink(join(checkout, name), join(folder.path, name));
    const ports = { 61613: String(await freePort()), 8080: String(await freePort()) };
    const walkthrough = new Walkthrough(folder.path, ports, async () => folder[Symbol.asyncDispose]());
    // For commands that name no configuration.
    await walkthrough.#write('ports.yaml', 'broker: { port: 61613 }\npage: { port: 8080 }\n');
    return walkthrough;
  }

  /** Takes one block; throws what a reader would stumble over. */
  async take({ language, marks, text }: Block): Promise<void> {
    const [, what] = marks;
    if (language === 'sh') await (what === 'up' ? this.#start(text) : this.#run(text, what === 'fails'));
    else if (language === 'text') this.#expect(text);
    else if (what !== undefined) await this.#write(what, text);
    else throw new Error('The block says neither that it is a command nor which file it is.');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    await this.#dispose();
  }

  async #run(commands: string, fails: boolean): Promise<void> {
    const child = this.#spawn(commands);
    this.#printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#printed += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    if ((code !== 0) !== fails)
      throw new Error(`The commands ended with ${String(code)}:\n${commands}\n${this.#printed}`);
  }

  async #start(command: string): Promise<void> {
    await this.#end();
    const child = this.#spawn(`exec ${command}`);
    this.#up = child;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    let told = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (told += chunk.toString()));
    child.stdout?.on('data', () => told.includes('Baton is up.') && resolve(undefined));
    child.once('close', (code) => reject(new Error(`${command} ended with ${String(code)}:\n${told}`)));
    await promise;
  }

  /** As Ctrl-C does, which reaches all processes of a terminal. */
  async #end(): Promise<void> {
    const { pid, exitCode } = this.#up ?? {};
    if (pid === undefined || exitCode !== null) return;
    const closed = this.#up && once(this.#up, 'close');
    process.kill(-pid, 'SIGINT');
    await closed;
    this.#up = undefined;
  }

  #spawn(commands: string): ChildProcess {
    return spawn('bash', ['-euc', this.#here(commands)], {
      cwd: this.#folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
        BATON_CONFIG: join(this.#folder, 'ports.yaml'),
        npm_config_offline: 'true',
      },
    });
  }

  #expect(text: string): void {
    const printed = this.#printed.split('\n');
    let at = 0;
    for (const line of this.#here(text).trimEnd().split('\n')) {
      const pattern = new RegExp(`^\\s*${line.trim().split('…').map(RegExp.escape).join('.*')}\\s*$`);
      const found = printed.findIndex((candidate, index) => index >= at && pattern.test(candidate));
      if (found < 0) throw new Error(`Was to be printed: ${line}\nBut this was:\n${this.#printed}`);
      at = found + 1;
    }
  }

  async #write(path: string, text: string): Promise<void> {
    const file = join(this.#folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, this.#here(text));
  }

  /** The text with the ports of this walkthrough in place of the standard ones. */
  #here(text: string): string {
    return Object.entries(this.#ports).reduce((changed, [standard, free]) => changed.replaceAll(standard, free), text);
  }
}

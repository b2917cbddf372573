import { colours } from './colours.ts';
import { BatonError, messageOf } from '../core/errors.ts';
import { badAddress } from '../stomp/errors.ts';
import { badModule, unknownService, usage } from './errors.ts';

/** How a command tells its result: as text for people, or with `--json` as one object on the last line. */
export interface Output {
  readonly isJson: boolean;
  /** A line for people; nothing with `--json`. */
  say(line: string): void;
  /** The result of the command. */
  result(value: object, lines: () => readonly string[]): void;
}

/** What commands write to: the process's own streams. */
export function output(isJson: boolean): Output {
  return {
    isJson,
    say: (line) => void (isJson || process.stdout.write(`${harmless(line)}\n`)),
    result: (value, lines) => {
      process.stdout.write(
        isJson
          ? `${JSON.stringify(value)}\n`
          : lines()
              .map((line) => `${harmless(line)}\n`)
              .join(''),
      );
    },
  };
}

/** Without what a terminal obeys, beside colours and the ends of lines: texts of recipes and messages are anybody's. */
function harmless(line: string): string {
  // eslint-disable-next-line no-control-regex
  return line.replace(/\x1B(?!\[[\d;]*m)|[\x00-\x08\x0B-\x1A\x1C-\x1F\x7F-\x9F\u202A-\u202E\u2066-\u2069]/g, '\uFFFD');
}

/** Tells an error: what happened, and what to do next; with `--json` also as one object on the last line of the output. */
export function tellError(error: unknown, isJson: boolean): void {
  const { code, message, next } = explain(error);
  process.stderr.write(
    `${colours.red('baton:')} ${message.replace(/[.\s]*$/, '.')}\n${next === '' ? '' : `${colours.dim('→')} ${next}\n`}`,
  );
  if (isJson) process.stdout.write(`${JSON.stringify({ error: { code, message, next } })}\n`);
}

function explain(error: unknown): { readonly code: string; readonly message: string; readonly next: string } {
  if (error instanceof BatonError) return error;
  const detail = error instanceof Error && error.stack !== undefined ? error.stack : messageOf(error);
  return { code: 'internal', message: detail, next: 'This is a defect of Baton: please report it with this text.' };
}

/** Exit codes, as docs/cli.md lists them. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, unreachable: 3 } as const;

/** Errors, beside those of the configuration file, that come of what the command line or the configuration says. */
const misunderstood: ReadonlySet<string> = new Set([usage.code, unknownService.code, badModule.code, badAddress.code]);

/** The exit code for an error. */
export function exitCodeOf(error: unknown): number {
  const code = error instanceof BatonError ? error.code : '';
  if (misunderstood.has(code) || code.startsWith('config.')) return exitCodes.usage;
  if (code === 'cli.no-monitor' || code === 'stomp.unreachable') return exitCodes.unreachable;
  return exitCodes.failed;
}

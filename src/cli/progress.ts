import { colours } from './colours.ts';

/** A progress bar on a terminal; where the output is none, nothing. */
export interface Progress {
  show(done: number, total: number, words: string): void;
  /** Takes the bar away. */
  end(): void;
}

const width = 30;

export function progress(stream: NodeJS.WriteStream, isWanted: boolean): Progress {
  if (!isWanted || !stream.isTTY) return { show: () => undefined, end: () => undefined };
  return {
    show: (done, total, words) => {
      const filled = total === 0 ? width : Math.round((width * done) / total);
      const bar = colours.cyan('█'.repeat(filled)) + colours.dim('░'.repeat(width - filled));
      stream.write(`\r\u001b[K${bar} ${words}`);
    },
    end: () => void stream.write('\r\u001b[K'),
  };
}

/** A line of a difference: of both texts, of the one before, or of the one after. Lines count from 1. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  readonly before?: number;
  readonly after?: number;
}

/** Texts that differ by more are told whole: nobody reads it line by line. */
const stepsAtMost = 1_500;

/** The lines of two texts, as few as possible told as removed and added (Myers 1986, "An O(ND) Difference Algorithm"). */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
    tail += 1;
  const inner = changes(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const same = (lines: readonly string[]): readonly Kind[] => lines.map((text) => ({ kind: 'same', text }));
  return numbered([...same(a.slice(0, head)), ...inner, ...same(a.slice(a.length - tail))]);
}

/** Only what changed, with some lines around it; a gap is undefined. */
export function folded(lines: readonly DiffLine[], around = 3): readonly (DiffLine | undefined)[] {
  const changed = lines.flatMap(({ kind }, index) => (kind === 'same' ? [] : [index]));
  const shown = new Set(
    changed.flatMap((index) => Array.from({ length: 2 * around + 1 }, (_, n) => index - around + n)),
  );
  return lines.flatMap((line, index) => {
    if (shown.has(index)) return [line];
    return shown.has(index + 1) ? [undefined] : [];
  });
}

type Kind = Pick<DiffLine, 'kind' | 'text'>;

function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

function numbered(lines: readonly Kind[]): readonly DiffLine[] {
  let [before, after] = [0, 0];
  return lines.map((line) => {
    if (line.kind !== 'added') before += 1;
    if (line.kind !== 'removed') after += 1;
    return {
      ...line,
      ...(line.kind === 'added' ? {} : { before }),
      ...(line.kind === 'removed' ? {} : { after }),
    };
  });
}

function changes(a: readonly string[], b: readonly string[]): readonly Kind[] {
  const removed = (text = ''): Kind => ({ kind: 'removed', text });
  const added = (text = ''): Kind => ({ kind: 'added', text });
  const trace = traced(a, b);
  if (trace === undefined) return [...a.map(removed), ...b.map(added)];
  const lines: Kind[] = [];
  let [x, y] = [a.length, b.length];
  for (let depth = trace.length - 1; depth > 0; depth -= 1) {
    const ends = trace[depth - 1] ?? new Map<number, number>();
    const k = x - y;
    const isDown = k === -depth || (k !== depth && endAt(ends, k - 1) < endAt(ends, k + 1));
    const from = isDown ? k + 1 : k - 1;
    const [fromX, fromY] = [endAt(ends, from), endAt(ends, from) - from];
    while (x > fromX && y > fromY) {
      [x, y] = [x - 1, y - 1];
      lines.push({ kind: 'same', text: a[x] ?? '' });
      if (x === fromX + (isDown ? 0 : 1) && y === fromY + (isDown ? 1 : 0)) break;
    }
    lines.push(isDown ? added(b[fromY]) : removed(a[fromX]));
    [x, y] = [fromX, fromY];
  }
  while (x > 0) lines.push({ kind: 'same', text: a[(x -= 1)] ?? '' });
  return lines.reverse();
}

/** For each number of changes how far each diagonal reaches; undefined where that takes too many. */
function traced(a: readonly string[], b: readonly string[]): readonly ReadonlyMap<number, number>[] | undefined {
  const trace: ReadonlyMap<number, number>[] = [];
  let ends: ReadonlyMap<number, number> = new Map([[1, 0]]);
  for (let depth = 0; depth <= stepsAtMost; depth += 1) {
    const reached = new Map<number, number>();
    for (let k = -depth; k <= depth; k += 2) {
      const isDown = k === -depth || (k !== depth && endAt(ends, k - 1) < endAt(ends, k + 1));
      let x = isDown ? endAt(ends, k + 1) : endAt(ends, k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reached.set(k, x);
      if (x >= a.length && x - k >= b.length) return [...trace, reached];
    }
    trace.push(reached);
    ends = reached;
  }
  return undefined;
}

function endAt(ends: ReadonlyMap<number, number>, k: number): number {
  return ends.get(k) ?? 0;
}

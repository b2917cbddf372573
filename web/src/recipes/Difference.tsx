import { useMemo, type ReactElement } from 'react';
import { folded, lineDiff } from './lineDiff.ts';

interface DifferenceProps {
  readonly before: string;
  readonly after: string;
  readonly label: string;
}

const marks = { same: ' ', removed: '−', added: '+' } as const;

/** Two texts line by line: what went, what came, and some lines around it. */
export function Difference({ before, after, label }: DifferenceProps): ReactElement {
  const lines = useMemo(() => folded(lineDiff(before, after)), [before, after]);
  if (lines.length === 0) return <p className="soft">The texts are the same.</p>;
  return (
    <div className="difference" tabIndex={0} role="group" aria-label={label}>
      {lines.map((line, index) =>
        line === undefined ? (
          <div key={index} className="difference-gap" aria-hidden="true">
            ⋯
          </div>
        ) : (
          <div key={index} className={`difference-line difference-${line.kind}`}>
            <span className="difference-number" aria-hidden="true">
              {line.after ?? line.before}
            </span>
            <span className="difference-mark">
              {marks[line.kind]}
              {line.kind !== 'same' && <span className="unseen">{line.kind}: </span>}
            </span>
            <code>{line.text}</code>
          </div>
        ),
      )}
    </div>
  );
}

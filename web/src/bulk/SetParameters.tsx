import type { ReactElement } from 'react';
import type { SetLine } from './setLines.ts';

export type { SetLine } from './setLines.ts';

/** Parameters that are to be the same for all runs; whatever is not named stays as each run had it. */
export function SetParameters({
  lines,
  onChange,
}: {
  readonly lines: readonly SetLine[];
  readonly onChange: (lines: readonly SetLine[]) => void;
}): ReactElement {
  const change = (id: number, changed: Partial<SetLine>): void =>
    onChange(lines.map((line) => (line.id === id ? { ...line, ...changed } : line)));
  const add = (): void => onChange([...lines, { id: (lines.at(-1)?.id ?? 0) + 1, name: '', text: '' }]);
  return (
    <div className="bulk-set">
      {lines.map(({ id, name, text }) => (
        <div key={id}>
          <input
            aria-label="Name of the parameter"
            placeholder="parameter"
            value={name}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => change(id, { name: event.target.value })}
          />
          <input
            aria-label={`Value of ${name === '' ? 'the parameter' : name}`}
            placeholder="value: JSON, else text"
            value={text}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => change(id, { text: event.target.value })}
          />
          <button
            type="button"
            className="link"
            onClick={() => onChange(lines.filter((line) => line.id !== id))}
            aria-label={`Leave ${name === '' ? 'the parameter' : name} as it was`}
          >
            as it was
          </button>
        </div>
      ))}
      <button type="button" className="link" onClick={add}>
        {lines.length === 0 ? 'Parameters as they were – set one for all' : 'Set another for all'}
      </button>
    </div>
  );
}

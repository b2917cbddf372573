import { useId, useState, type ReactElement } from 'react';
import type { ParameterField } from '../../../src/monitor/api.ts';
import { isObject } from '../server/types.ts';
import { kindIn, textOf, valueOf, withAdded, withLeft, withText, type Edits, type Kind } from './edit.ts';
import './parameter-form.css';

interface ParameterFormProps {
  readonly fields: readonly ParameterField[];
  readonly edits: Edits;
  readonly onEdit: (edits: Edits) => void;
}

/** The parameters of an announcement, each in a field of its type; what was changed is marked in words. */
export function ParameterForm({ fields, edits, onEdit }: ParameterFormProps): ReactElement {
  const names = new Set(fields.map(({ name }) => name));
  const added = edits.added.filter((name) => !names.has(name)).map((name): ParameterField => ({ name, usedBy: [] }));
  return (
    <div className="parameters">
      <ul className="parameter-list">
        {[...fields, ...added].map((field) => (
          <Row key={field.name} field={field} kind={kindIn(field.name, edits, fields)} edits={edits} onEdit={onEdit} />
        ))}
      </ul>
      <Adding known={[...names, ...edits.added]} onAdd={(name) => onEdit(withAdded(edits, name))} />
    </div>
  );
}

interface RowProps {
  readonly field: ParameterField;
  readonly kind: Kind;
  readonly edits: Edits;
  readonly onEdit: (edits: Edits) => void;
}

function Row({ field, kind, edits, onEdit }: RowProps): ReactElement {
  const { name, value, description, usedBy } = field;
  const id = useId();
  const isLeft = edits.left.includes(name);
  const typed = edits.texts[name];
  const text = typed ?? textOf(value);
  const wrong = typed === undefined || isLeft ? undefined : wrongIn(typed, kind);
  const isThere = value !== undefined || typed !== undefined;
  return (
    <li className="parameter" data-changed={typed !== undefined || isLeft}>
      <label htmlFor={id}>
        <code>{name}</code>
        <span className="parameter-told">{toldOf(isLeft, typed, field, edits)}</span>
      </label>
      <Input
        {...{ id, kind, field, text, isLeft, wrong: wrong !== undefined }}
        onChange={(next) => onEdit(withText(edits, name, next, value))}
      />
      {isThere && (
        <button
          type="button"
          className="link"
          onClick={() => onEdit(withLeft(edits, name))}
          aria-label={`${isLeft ? 'Keep' : 'Leave out'} ${name}`}
        >
          {isLeft ? 'keep' : 'leave out'}
        </button>
      )}
      {wrong !== undefined && (
        <p className="parameter-wrong" role="alert">
          {wrong}
        </p>
      )}
      {(description !== undefined || usedBy.length > 0) && (
        <p className="parameter-use">
          {description}{' '}
          {usedBy.length > 0 && `Used by ${usedBy.slice(0, 3).join('; ')}${usedBy.length > 3 ? ' …' : ''}.`}
        </p>
      )}
    </li>
  );
}

function wrongIn(text: string, kind: Kind): string | undefined {
  const found = valueOf(text, kind);
  return 'wrong' in found ? found.wrong : undefined;
}

function toldOf(isLeft: boolean, typed: string | undefined, { name, value }: ParameterField, { added }: Edits): string {
  if (isLeft) return 'left out';
  if (added.includes(name)) return 'added';
  if (typed === undefined) return value === undefined ? 'not given' : '';
  return value === undefined ? 'added' : `was ${textOf(value).slice(0, 60)}`;
}

interface InputProps {
  readonly id: string;
  readonly kind: Kind;
  readonly field: ParameterField;
  readonly text: string;
  readonly isLeft: boolean;
  readonly wrong: boolean;
  readonly onChange: (text: string) => void;
}

function Input({ id, kind, field, text, isLeft, wrong, onChange }: InputProps): ReactElement {
  const common = { id, disabled: isLeft, 'aria-invalid': wrong, value: text };
  if (kind === 'flag' || field.choices !== undefined) {
    const choices = field.choices?.map(textOf) ?? ['true', 'false'];
    return (
      <select {...common} onChange={(event) => onChange(event.target.value)}>
        {[...new Set([...(text === '' ? [''] : []), ...choices, text])].map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  }
  if (kind === 'json' && (text.length > 40 || isObject(field.value)))
    return (
      <textarea
        {...common}
        rows={Math.min(8, 1 + Math.ceil(text.length / 50))}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  return (
    <input
      {...common}
      inputMode={kind === 'number' ? 'decimal' : undefined}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function Adding({
  known,
  onAdd,
}: {
  readonly known: readonly string[];
  readonly onAdd: (name: string) => void;
}): ReactElement {
  const [name, setName] = useState('');
  const wanted = name.trim();
  const possible = wanted !== '' && wanted !== 'guid' && !known.includes(wanted);
  const add = (): void => {
    if (!possible) return;
    onAdd(wanted);
    setName('');
  };
  return (
    <div className="parameter-adding">
      <input
        aria-label="Name of another parameter"
        placeholder="another parameter"
        value={name}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          add();
        }}
      />
      <button type="button" className="button" disabled={!possible} onClick={add}>
        Add
      </button>
    </div>
  );
}

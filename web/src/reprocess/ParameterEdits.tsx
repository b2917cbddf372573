import { useId, type ReactElement } from 'react';
import type { BackfillField } from '../../../src/monitor/api.ts';
import { textOf, valueOf, type Kind } from '../parameters/edit.ts';
import type { Json, JsonObject } from '../server/types.ts';
import { plural } from '../words/figures.ts';
import '../parameters/parameter-form.css';

/** What was typed in, by the name of the parameter; what is not there stays as each run had it. */
export type Texts = Readonly<Record<string, string>>;

interface ParameterEditsProps {
  readonly fields: readonly BackfillField[];
  readonly texts: Texts;
  readonly onChange: (texts: Texts) => void;
}

/** The parameters that the recipes use, each in a field of its type; those that they do not are folded away. */
export function ParameterEdits({ fields, texts, onChange }: ParameterEditsProps): ReactElement {
  const used = fields.filter(({ name, usedBy }) => usedBy.length > 0 || texts[name] !== undefined);
  const others = fields.filter((field) => !used.includes(field));
  const row = (field: BackfillField): ReactElement => (
    <Row
      key={field.name}
      field={field}
      text={texts[field.name] ?? ''}
      onChange={(text) => {
        const { [field.name]: _old, ...rest } = texts;
        onChange(text === '' ? rest : { ...rest, [field.name]: text });
      }}
    />
  );
  return (
    <div className="reprocess-parameters">
      {used.length === 0 && <p className="soft">The recipes use no parameters.</p>}
      <ul className="parameter-list">{used.map(row)}</ul>
      {others.length > 0 && (
        <details>
          <summary>{plural(others.length, 'more parameter')}, which the recipes do not use</summary>
          <ul className="parameter-list">{others.map(row)}</ul>
        </details>
      )}
    </div>
  );
}

/** The parameters that stand for the texts; of those that say nothing sensible, the names. */
export function editsOf(
  texts: Texts,
  fields: readonly BackfillField[],
): { readonly parameters: JsonObject; readonly wrong: readonly string[] } {
  const parameters: Record<string, Json> = {};
  const wrong: string[] = [];
  for (const [name, text] of Object.entries(texts)) {
    const found = valueOf(text, kindOf(fields.find((field) => field.name === name)));
    if ('wrong' in found) wrong.push(name);
    else parameters[name] = found.value;
  }
  return { parameters, wrong };
}

/** As the service wants it, else as the runs had it. */
function kindOf(field: BackfillField | undefined): Kind {
  if (field?.type === 'string') return 'text';
  if (field?.type === 'boolean') return 'flag';
  if (field?.type === 'number' || field?.type === 'integer') return 'number';
  return field?.values.some((value) => typeof value === 'object') === true ? 'json' : 'text';
}

interface RowProps {
  readonly field: BackfillField;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

function Row({ field, text, onChange }: RowProps): ReactElement {
  const { name, description, usedBy, values, minimum, maximum } = field;
  const id = useId();
  const found = text === '' ? undefined : valueOf(text, kindOf(field));
  const wrong = found && 'wrong' in found ? found.wrong : undefined;
  const limits = [minimum === undefined ? '' : `from ${minimum}`, maximum === undefined ? '' : `to ${maximum}`];
  const told = [
    description,
    limits.filter(Boolean).join(' '),
    usedBy.length > 0 ? `Used by ${usedBy.join('; ')}.` : '',
  ];
  return (
    <li className="parameter" data-changed={text !== ''}>
      <div>
        <label htmlFor={id}>
          <code>{name}</code>
        </label>
        {text !== '' && <span className="parameter-told">for all runs</span>}
      </div>
      <Input {...{ id, field, text, onChange }} wrong={wrong !== undefined} />
      {text !== '' && (
        <button type="button" className="link" onClick={() => onChange('')} aria-label={`Leave ${name} as it was`}>
          as it was
        </button>
      )}
      {wrong !== undefined && (
        <p className="parameter-wrong" role="alert">
          {wrong}
        </p>
      )}
      <p className="parameter-use">
        {told.filter(Boolean).join(' · ')}
        {text !== '' && values.length > 0 && ` Was ${values.map(short).join(', ')}${values.length === 5 ? ' …' : ''}.`}
      </p>
    </li>
  );
}

function Input({
  id,
  field,
  text,
  wrong,
  onChange,
}: RowProps & { readonly id: string; readonly wrong: boolean }): ReactElement {
  const { choices, type, values } = field;
  const asItWas = values.length === 0 ? 'not given' : `as it was: ${values.map(short).join(', ')}`;
  if (choices !== undefined || type === 'boolean')
    return (
      <select id={id} value={text} onChange={(event) => onChange(event.target.value)}>
        <option value="">{asItWas}</option>
        {(choices?.map(textOf) ?? ['true', 'false']).map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  return (
    <input
      id={id}
      value={text}
      placeholder={asItWas}
      aria-invalid={wrong}
      inputMode={type === 'number' || type === 'integer' ? 'decimal' : undefined}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function short(value: Json): string {
  const text = textOf(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

import { useState, type ReactElement, type SubmitEvent } from 'react';
import type { HandoverView } from '../../../src/monitor/api.ts';
import { Link } from '../routing/Link.tsx';
import { go } from '../routing/place.ts';
import { pageOf, timeIn } from './shift.ts';

/** Which shift: the one before, the one after, any of the last fortnight, or a stretch of time of one's own; and paper. */
export function ShiftChoice({
  view,
  query,
}: {
  readonly view: HandoverView;
  readonly query: URLSearchParams;
}): ReactElement {
  const { shifts, from, to } = view;
  const at = timeIn(view.timeZone);
  const index = shifts.findIndex((shift) => shift.from === from && shift.to === to);
  const [before, after] = index < 0 ? [shifts[0], undefined] : [shifts[index + 1], shifts[index - 1]];
  const [own, setOwn] = useState(index < 0 && query.has('from'));
  return (
    <div className="shift-choice">
      {before && index >= 0 && <Link to={pageOf(before)}>‹ Shift before</Link>}
      <label>
        <span className="unseen">Shift</span>
        <select
          value={own ? 'own' : String(index < 0 ? 'own' : index)}
          onChange={({ target: { value } }) => {
            setOwn(value === 'own');
            const shift = shifts[Number(value)];
            if (value !== 'own' && shift) go(Number(value) === 0 ? '/handover' : pageOf(shift));
          }}
        >
          {shifts.map((shift, n) => (
            <option key={shift.from} value={n}>
              {n === 0 ? 'This shift, since ' : ''}
              {at(shift.from)}
              {n === 0 ? '' : ` to ${at(shift.to)}`}
            </option>
          ))}
          <option value="own">Another stretch of time …</option>
        </select>
      </label>
      {after && <Link to={index === 1 ? '/handover' : pageOf(after)}>Shift after ›</Link>}
      <button type="button" className="button" onClick={() => window.print()}>
        Print
      </button>
      {own && <OwnRange view={view} />}
    </div>
  );
}

/** Times of the reader's own clock: the fields know no other. */
function OwnRange({ view }: { readonly view: HandoverView }): ReactElement {
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const timeOf = (name: string): number => Date.parse(textOf(data.get(name)));
    const [from, to] = [timeOf('from'), timeOf('to')];
    if (from < to) go(pageOf({ from, to }));
  };
  return (
    <form className="own-range" onSubmit={submit}>
      <label className="field">
        <span>From (your clock)</span>
        <input type="datetime-local" name="from" required defaultValue={localText(view.from)} />
      </label>
      <label className="field">
        <span>To</span>
        <input type="datetime-local" name="to" required defaultValue={localText(Math.min(view.to, view.now))} />
      </label>
      <button type="submit" className="button">
        Show
      </button>
    </form>
  );
}

function textOf(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : '';
}

/** `2026-11-21T08:00`, as such fields want it. */
function localText(time: number): string {
  return new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

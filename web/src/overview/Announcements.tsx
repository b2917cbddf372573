import type { ReactElement } from 'react';
import { useLive } from '../live/context.ts';
import { Mark } from '../parts/Mark.tsx';
import { Link } from '../routing/Link.tsx';
import { count, plural } from '../words/figures.ts';

/** The first equation of the accounts: announced = accepted + refused + duplicate; and whether it holds. */
export function Announcements(): ReactElement | null {
  const counts = useLive((live) => live.announcements);
  if (counts === undefined) return null;
  const { announced, accepted, refused, duplicate } = counts;
  const open = announced - accepted - refused - duplicate;
  return (
    <dl className="equation" aria-label="Announcements">
      <Term name="announced" value={count(announced)} />
      <span aria-hidden="true">=</span>
      <Term name="accepted" value={<Link to="/runs">{count(accepted)}</Link>} />
      <span aria-hidden="true">+</span>
      <Term name="refused" value={count(refused)} tone={refused > 0 ? 'tone-warn' : ''} />
      <span aria-hidden="true">+</span>
      <Term name="duplicate" value={count(duplicate)} />
      <p className={`equation-end ${open === 0 ? 'tone-good' : 'tone-bad'}`}>
        <Mark shape={open === 0 ? 'check' : 'cross'} />
        <span>
          {open === 0 ? 'balances' : `${plural(Math.abs(open), 'announcement')} ${open > 0 ? 'missing' : 'too many'}`}
        </span>
      </p>
    </dl>
  );
}

function Term({
  name,
  value,
  tone = '',
}: {
  readonly name: string;
  readonly value: ReactElement | string;
  readonly tone?: string;
}): ReactElement {
  return (
    <div className={`term ${tone}`}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

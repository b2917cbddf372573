import type { ReactElement } from 'react';
import type { HandoverView } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { usePlace } from '../routing/place.ts';
import { useRequest } from '../server/useRequest.ts';
import { Accounts } from './Accounts.tsx';
import { Changes } from './Changes.tsx';
import { Remarks } from './Remarks.tsx';
import { ShiftChoice } from './ShiftChoice.tsx';
import { rangeIn, timeIn } from './shift.ts';
import { Troubles } from './Troubles.tsx';
import './handover.css';

/** What a shift hands over: accounts that balance, what is open, what changed, and what it says; for the screen and for paper. */
export default function Handover(): ReactElement {
  const { query } = usePlace();
  const range = rangeIn(query);
  const { answer, failure, refresh } = useRequest<HandoverView>(`/api/handover${range}`, changesIt);
  return (
    <div className="handover">
      <title>Shift hand-over · Baton</title>
      <header className="handover-head">
        <h1 className="title">Shift hand-over{answer && <Span view={answer} />}</h1>
        {answer && <ShiftChoice view={answer} query={query} />}
      </header>
      {failure !== undefined && <Failure failure={failure} />}
      {answer && (
        <>
          <Accounts view={answer} />
          <Remarks view={answer} onRemark={refresh} />
          <Troubles view={answer} />
          <Changes view={answer} />
          <p className="handover-made soft">
            Made {timeIn(answer.timeZone)(answer.now)}; times are of {answer.timeZone}.
          </p>
        </>
      )}
    </div>
  );
}

function Span({ view }: { readonly view: HandoverView }): ReactElement {
  const at = timeIn(view.timeZone);
  return (
    <span className="soft">
      {' '}
      {at(view.from)} to {at(view.to)}
      {view.to > view.now && ', not over yet'}
    </span>
  );
}

/** An account changes with each run: it is made anew when announcements were counted, and whenever all is. */
function changesIt({ type }: { readonly type: string }): boolean {
  return type === 'announcements';
}

import type { ReactElement } from 'react';
import { Difference } from './Difference.tsx';

interface DraftNoticeProps {
  /** Whether the browser keeps the text. */
  readonly isKept: boolean;
  /** Whether the file has changed since the text was made from it. */
  readonly isBehind: boolean;
  readonly before: string;
  readonly after: string;
  readonly onDiscard: () => void;
  readonly onRebase: () => void;
}

/** Says that the text is not that of the file: it is kept in this browser until it is saved. */
export function DraftNotice({ isKept, isBehind, before, after, onDiscard, onRebase }: DraftNoticeProps): ReactElement {
  return (
    <div className={`draft ${isBehind || !isKept ? 'tone-warn' : 'tone-active'}`} role="status">
      <p>
        {isKept
          ? 'You have changed the text. It is kept in this browser until it is saved; nothing runs with it yet.'
          : 'You have changed the text, and this browser does not keep it: copy it before you leave.'}{' '}
        {isBehind && <strong>The file has changed meanwhile: look at the difference before you save.</strong>}
      </p>
      <div className="draft-actions">
        <details>
          <summary>Difference to the file</summary>
          <Difference before={before} after={after} label="Difference between the file and the text" />
        </details>
        {isBehind && (
          <button type="button" className="button" onClick={onRebase}>
            I have seen it: replace that
          </button>
        )}
        <button type="button" className="button" onClick={onDiscard}>
          Discard my changes
        </button>
      </div>
    </div>
  );
}

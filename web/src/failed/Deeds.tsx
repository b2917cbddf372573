import type { ReactElement } from 'react';
import type { Addressing, FailureGroupView, LetterAction } from '../../../src/monitor/api.ts';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Moment } from '../parts/Time.tsx';
import { send } from '../server/request.ts';
import { count, plural } from '../words/figures.ts';
import { ReasonDialog } from './ReasonDialog.tsx';
import { actionNames, actionStates, canaryStates } from './words.ts';

/** What was done about a group, by whom and why, the latest first. */
export function Deeds({ view, mayAct }: { readonly view: FailureGroupView; readonly mayAct: boolean }): ReactElement {
  const { actions, addressings } = view;
  const address = `/api/failed/${encodeURIComponent(view.group.id)}`;
  const deeds = [
    ...actions.map((action) => ({
      key: `action ${action.n}`,
      time: action.started,
      shown: <Moved action={action} address={address} mayAct={mayAct} />,
    })),
    ...addressings.map((addressing) => ({
      key: `addressing ${addressing.n}`,
      time: addressing.time,
      shown: <Marked addressing={addressing} address={address} mayAct={mayAct} />,
    })),
  ].sort((a, b) => b.time - a.time);
  return (
    <Panel title="What was done" className="failed-deeds">
      {deeds.length === 0 && <Nothing>Nothing yet.</Nothing>}
      <ul className="deeds">
        {deeds.map(({ key, shown }) => (
          <li key={key}>{shown}</li>
        ))}
      </ul>
    </Panel>
  );
}

interface DeedProps {
  readonly address: string;
  readonly mayAct: boolean;
}

function Moved({ action, address, mayAct }: DeedProps & { readonly action: LetterAction }): ReactElement {
  const { kind, n, state, started, user, reason, moved, wanted, problem, canary } = action;
  return (
    <>
      <div className="deed-head">
        <strong>{actionNames[kind]}</strong>
        <State state={kind === 'canary' && canary !== undefined ? canaryStates[canary.state] : actionStates[state]} />
        {kind !== 'canary' && (
          <span>
            {count(moved)} of {count(wanted)}
          </span>
        )}
        {state === 'running' && mayAct && kind !== 'canary' && (
          <ReasonDialog
            button="Interrupt …"
            title="Interrupt it?"
            act="Interrupt"
            leave="Let it go on"
            submit={(form) => send('POST', `${address}/actions/${n}/stop`, { reason: form.get('reason') })}
          >
            <p>What has been moved stays moved; the others are where they were.</p>
          </ReasonDialog>
        )}
      </div>
      {state === 'running' && <progress value={moved} max={wanted} aria-label={`${moved} of ${wanted} moved`} />}
      <p className="soft">
        <Moment time={started} /> by {user}: {reason}
      </p>
      {canary?.state === 'failed' && canary.message !== undefined && <p className="tone-bad cause">{canary.message}</p>}
      {problem !== undefined && <p className="tone-bad cause">{problem}</p>}
    </>
  );
}

function Marked({ addressing, address, mayAct }: DeedProps & { readonly addressing: Addressing }): ReactElement {
  const { n, time, user, reason, count: number, undone } = addressing;
  return (
    <>
      <div className="deed-head">
        <strong>Addressed</strong>
        <span>{plural(number, 'message')}</span>
        {undone === undefined && mayAct && (
          <ReasonDialog
            button="Take back …"
            title="Take this back?"
            act="Take back"
            submit={(form) => send('POST', `${address}/addressings/${n}/undo`, { reason: form.get('reason') })}
          >
            <p>What it covers and has not been sent again is open again: at most {plural(number, 'message')}.</p>
          </ReasonDialog>
        )}
      </div>
      <p className="soft">
        <Moment time={time} /> by {user}: {reason}
      </p>
      {undone !== undefined && (
        <p className="soft">
          Taken back <Moment time={undone.time} /> by {undone.user}
        </p>
      )}
    </>
  );
}

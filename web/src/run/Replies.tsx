import type { ReactElement } from 'react';
import type { ReplyView } from '../../../src/monitor/api.ts';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Moment } from '../parts/Time.tsx';
import { notAwaited, replyOutcomes } from '../words/states.ts';

/** What the announcer was told, and whether it arrived. */
export function Replies({ replies }: { readonly replies: readonly ReplyView[] }): ReactElement {
  return (
    <Panel title="Replies" className="run-replies">
      {replies.length === 0 ? (
        <Nothing>The announcer asked for no reply, or none was due yet.</Nothing>
      ) : (
        <div className="scroll" tabIndex={0} role="group" aria-label="Replies, scrolls sideways">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">time</th>
                <th scope="col">answer</th>
                <th scope="col">outcome</th>
                <th scope="col">to</th>
              </tr>
            </thead>
            <tbody>
              {replies.map((reply) => (
                <tr key={`${reply.status} ${reply.time}`}>
                  <td>
                    <Moment time={reply.time} />
                  </td>
                  <td>{reply.status}</td>
                  <td>
                    <State state={isNotAwaited(reply) ? notAwaited : replyOutcomes[reply.outcome]} />
                  </td>
                  <td>
                    <code>{reply.to}</code>
                    {reply.reason !== undefined && !isNotAwaited(reply) && <p className="soft">{reply.reason}</p>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

/** A temporary queue lives as long as the connection of who made it: with `baton announce`, until it knows what it waited for. */
function isNotAwaited({ outcome, to }: ReplyView): boolean {
  return outcome === 'undeliverable' && /^\/(?:remote-)?temp-queue\//.test(to);
}

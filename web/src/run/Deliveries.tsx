import { memo, useState, type ReactElement } from 'react';
import type { DeliveryView, RunDetail } from '../../../src/monitor/api.ts';
import { JsonText } from '../parts/JsonText.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Moment } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { bytes, plural } from '../words/figures.ts';
import { outcomes } from '../words/states.ts';
import { duration } from '../words/time.ts';
import { deliveryAddress, fits, type DeliveryFilter } from './deliveryFilter.ts';

/** So many rows are drawn before the reader asks for all. */
const shownAtFirst = 15;

/** The latest deliveries of a run: what happened to each message, how long it took, and why it failed. */
export function Deliveries({
  run,
  filter,
}: {
  readonly run: RunDetail;
  readonly filter: DeliveryFilter;
}): ReactElement {
  const [all, setAll] = useState(false);
  const fitting = run.deliveries.filter((delivery) => fits(delivery, filter));
  const shown = all ? fitting : fitting.slice(0, shownAtFirst);
  return (
    <Panel
      title="Deliveries"
      className="run-deliveries"
      aside={<Chosen run={run} filter={filter} number={fitting.length} />}
    >
      {fitting.length === 0 ? (
        <Nothing>
          {run.deliveries.length === 0 ? 'Nothing has been delivered yet.' : 'None of the latest deliveries fits.'}
        </Nothing>
      ) : (
        <div className="scroll" tabIndex={0} role="group" aria-label="Deliveries, scrolls sideways">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">finished</th>
                <th scope="col">step</th>
                <th scope="col">service</th>
                <th scope="col">outcome</th>
                <th scope="col" className="number">
                  attempt
                </th>
                <th scope="col" className="number">
                  waited
                </th>
                <th scope="col" className="number">
                  ran
                </th>
                <th scope="col">what came of it</th>
                <th scope="col">host</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((delivery) => (
                <Row key={delivery.id} delivery={delivery} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {fitting.length > shownAtFirst && (
        <button type="button" className="more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show the latest only' : `Show all ${fitting.length}`}
        </button>
      )}
    </Panel>
  );
}

function Chosen({
  run,
  filter,
  number,
}: {
  readonly run: RunDetail;
  readonly filter: DeliveryFilter;
  readonly number: number;
}): ReactElement {
  const isFiltered = filter.step !== undefined || filter.outcome !== undefined;
  const words = [filter.step === undefined ? '' : `step ${filter.step}`, filter.outcome ?? ''].filter(
    (word) => word !== '',
  );
  return (
    <>
      <span>
        {isFiltered
          ? `${words.join(', ')}: ${number} of the latest ${run.deliveries.length}`
          : `the latest ${plural(number, 'delivery', 'deliveries')}`}
      </span>
      {isFiltered && <Link to={deliveryAddress(run.id, { step: undefined, outcome: undefined })}>Show all</Link>}
    </>
  );
}

const Row = memo(function Row({ delivery }: { readonly delivery: DeliveryView }): ReactElement {
  return (
    <tr className="delivery">
      <td>
        <Moment time={delivery.finished} />
      </td>
      <td>{delivery.step}</td>
      <td>{delivery.service}</td>
      <td>
        <State state={outcomes[delivery.outcome]} />
      </td>
      <td className="number">
        {delivery.attempt}
        {delivery.deferral > 0 && <span className="soft"> +{delivery.deferral} deferred</span>}
      </td>
      <td className="number">{duration(delivery.started - delivery.sent)}</td>
      <td className="number">{duration(delivery.finished - delivery.started)}</td>
      <td className="delivery-outcome">
        <CauseOrOutputs delivery={delivery} />
      </td>
      <td className="soft">{delivery.host}</td>
    </tr>
  );
});

function CauseOrOutputs({ delivery }: { readonly delivery: DeliveryView }): ReactElement {
  const { cause, outputs, program } = delivery;
  return (
    <>
      {program !== undefined && <p className="program">{programWords(program)}</p>}
      {cause !== undefined && (
        <p className={`cause tone-${outcomes[delivery.outcome].tone}`}>
          <code>{cause.code}</code> {cause.message}
        </p>
      )}
      {outputs.length > 0 && (
        <details>
          <summary>{sentTo(outputs)}</summary>
          {outputs.map((output) => (
            <div key={output.key} className="output">
              <p className="soft">
                to step {output.step}, channel {output.channel}, {bytes(output.bytes)}
              </p>
              {output.payload !== undefined && (
                <JsonText value={output.payload} label={`Payload to step ${output.step}`} />
              )}
            </div>
          ))}
        </details>
      )}
    </>
  );
}

/** What a program took, and how it ended, in a line. */
function programWords({ name, ...took }: NonNullable<DeliveryView['program']>): string {
  const { backend, host, exitCode, signal, exceeded, waited, seconds, cpuSeconds, peakMemory } = took;
  const end = exitCode === undefined ? (signal ?? 'an unknown end') : `exit code ${exitCode}`;
  return [
    `${name} on ${host} (${backend}): ${end}${exceeded === undefined ? '' : `, exceeded its ${exceeded}`}`,
    `ran ${duration(seconds * 1000)}`,
    ...(waited < 0.1 ? [] : [`waited ${duration(waited * 1000)} for room`]),
    ...(cpuSeconds === undefined ? [] : [`${duration(cpuSeconds * 1000)} of processor`]),
    ...(peakMemory === undefined ? [] : [`${bytes(peakMemory)} of memory at most`]),
  ].join(' · ');
}

function sentTo(outputs: DeliveryView['outputs']): string {
  const [first] = outputs;
  return first !== undefined && outputs.length === 1
    ? `${first.channel} → step ${first.step}`
    : plural(outputs.length, 'message');
}

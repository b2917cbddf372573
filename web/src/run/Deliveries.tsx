import { memo, useCallback, type ReactElement } from 'react';
import type { DeliveryView, LiveEvent, Page, RunDetail, StepView } from '../../../src/monitor/api.ts';
import { Paging } from '../parts/Paging.tsx';
import { Failure } from '../parts/Failure.tsx';
import { JsonText } from '../parts/JsonText.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Moment } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { useRequest } from '../server/useRequest.ts';
import { bytes, plural } from '../words/figures.ts';
import { outcomes } from '../words/states.ts';
import { duration } from '../words/time.ts';
import { deliveriesPath, deliveryAddress, type DeliveryFilter } from './deliveryFilter.ts';

const inPage = 20;

interface DeliveriesProps {
  readonly run: RunDetail;
  readonly filter: DeliveryFilter;
}

/** The deliveries of a run, the latest first: what happened to each message, how long it took, and why it failed. */
export function Deliveries({ run, filter }: DeliveriesProps): ReactElement {
  const isLatest = filter.cursor === undefined;
  const concerns = useCallback(
    (event: LiveEvent) => isLatest && event.type === 'run' && event.run.id === run.id,
    [run.id, isLatest],
  );
  const { answer, failure, fresh } = useRequest<Page<DeliveryView>>(deliveriesPath(run.id, filter, inPage), concerns);
  return (
    <Panel title="Deliveries" className="run-deliveries" aside={<Chosen run={run} filter={filter} />}>
      {failure !== undefined && <Failure failure={failure} />}
      <div aria-busy={!fresh}>
        {answer?.items.length === 0 && <Nothing>{whyNone(run, filter, answer.next !== undefined)}</Nothing>}
        {answer !== undefined && answer.items.length > 0 && <Table deliveries={answer.items} />}
      </div>
      <Paging
        cursor={filter.cursor}
        next={answer?.next}
        at={(cursor) => deliveryAddress(run.id, { ...filter, cursor })}
        words={{ first: 'Latest', next: 'Older deliveries' }}
        label="Pages of the deliveries"
      />
    </Panel>
  );
}

function whyNone(run: RunDetail, filter: DeliveryFilter, isMore: boolean): string {
  const step = run.steps.find((each) => each.step === filter.step);
  if (step?.inferred === true)
    return 'The services of this step leave no records: what it did is read from the messages that came after it.';
  if (isMore) return 'None of these deliveries fits; look on among the older ones.';
  return numberOf(run, {}) === 0 ? 'Nothing has been delivered yet.' : 'No delivery fits.';
}

function Table({ deliveries }: { readonly deliveries: readonly DeliveryView[] }): ReactElement {
  return (
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
          {deliveries.map((delivery) => (
            <Row key={delivery.id} delivery={delivery} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Chosen({ run, filter }: DeliveriesProps): ReactElement {
  const { step, outcome } = filter;
  const isFiltered = step !== undefined || outcome !== undefined;
  const words = [step === undefined ? '' : `step ${step}`, outcome === undefined ? '' : outcomes[outcome].word];
  const number = plural(numberOf(run, filter), 'delivery', 'deliveries');
  return (
    <>
      <span>{[words.filter((word) => word !== '').join(', '), number].filter((part) => part !== '').join(': ')}</span>
      {isFiltered && (
        <Link to={deliveryAddress(run.id, { ...filter, step: undefined, outcome: undefined, cursor: undefined })}>
          Show all
        </Link>
      )}
    </>
  );
}

const counted: Readonly<Record<DeliveryView['outcome'], (step: StepView) => number>> = {
  done: (step) => step.done,
  joined: (step) => step.joined,
  skipped: (step) => step.skipped,
  duplicate: (step) => step.duplicate,
  late: (step) => step.late,
  dead: (step) => step.dead,
  cancelled: (step) => step.cancelled,
  later: (step) => step.deferrals,
  retry: (step) => step.retries,
  'error-link': (step) => step.errorLink,
};

/** What services that leave no records did is no delivery that anybody told of. */
function numberOf({ steps }: RunDetail, { step, outcome }: Partial<DeliveryFilter>): number {
  const numbers = outcome === undefined ? Object.values(counted) : [counted[outcome]];
  return steps
    .filter((each) => each.inferred !== true && (step === undefined || each.step === step))
    .reduce((sum, each) => sum + numbers.reduce((all, number) => all + number(each), 0), 0);
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
              {output.payload === undefined ? (
                <p className="soft">
                  {output.hash === undefined
                    ? 'The payload is not kept any more.'
                    : 'The payload was too large to be kept.'}
                </p>
              ) : (
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

import { useCallback, useMemo, type ReactElement } from 'react';
import type { LiveEvent, ResultView, RunDetail } from '../../../src/monitor/api.ts';
import { useLive } from '../live/context.ts';
import { Failure } from '../parts/Failure.tsx';
import { JsonText } from '../parts/JsonText.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { RecipePicture } from '../recipe/RecipePicture.tsx';
import { Result } from '../results/Result.tsx';
import { Link } from '../routing/Link.tsx';
import { usePlace } from '../routing/place.ts';
import { runName } from '../runs/name.ts';
import { useRequest } from '../server/useRequest.ts';
import { plural } from '../words/figures.ts';
import { runStates } from '../words/states.ts';
import { deliveryAddress, deliveryFilter, type DeliveryFilter } from './deliveryFilter.ts';
import { Deliveries } from './Deliveries.tsx';
import { Files } from './Files.tsx';
import { LogPanel } from './LogPanel.tsx';
import { RunJobs } from './RunJobs.tsx';
import { Replies } from './Replies.tsx';
import { Steps } from './Steps.tsx';
import { Summary } from './Summary.tsx';
import { WaterfallPanel } from './Waterfall.tsx';
import { underWayIn } from './underWay.ts';
import './run.css';

/** One run: what it is, what came out, what each step did, and why what failed did. */
export function Run({ id }: { readonly id: string }): ReactElement {
  const concerns = useCallback(
    (event: LiveEvent) =>
      (event.type === 'run' && event.run.id === id) || (event.type === 'result' && event.run === id),
    [id],
  );
  const { answer, failure } = useRequest<RunDetail>(`/api/runs/${encodeURIComponent(id)}`, concerns);
  const told = useLive((live) => live.runs.get(id));
  const named = answer ?? told;
  return (
    <>
      <title>{named === undefined ? 'Run · Baton' : `${runName(named)} ${runStates[named.state].word} · Baton`}</title>
      <p className="crumb">
        <Link to="/runs">Runs</Link>
      </p>
      {named === undefined ? <h1 className="title">Run {id}</h1> : <Summary run={named} detail={answer} />}
      {failure !== undefined && <Failure failure={failure} />}
      {answer !== undefined && <Parts run={answer} />}
    </>
  );
}

function Parts({ run }: { readonly run: RunDetail }): ReactElement {
  return (
    <div className="run-parts">
      {run.recipes.length === 0 && run.steps.length === 0 ? <NothingToDo /> : <Work run={run} />}
      <Replies replies={run.replies} />
      <Panel title="Parameters">
        <div className="run-json">
          <JsonText value={run.parameters} label="Parameters" />
        </div>
      </Panel>
    </div>
  );
}

function NothingToDo(): ReactElement {
  return (
    <Panel title="Recipe" className="run-flow">
      <Nothing>No rule chose a recipe for this announcement: nothing had to be done.</Nothing>
    </Panel>
  );
}

/** What came out, and what each step did for it. */
function Work({ run }: { readonly run: RunDetail }): ReactElement {
  const { query } = usePlace();
  const filter = deliveryFilter(query);
  return (
    <>
      <Panel
        title="Results"
        className="run-results"
        aside={run.results.length > 1 ? plural(run.results.length, 'result') : undefined}
      >
        {run.results.length === 0 && (
          <Nothing>{run.state === 'running' ? 'No result yet.' : 'This run gave no result.'}</Nothing>
        )}
        {numbered(run.results).map(({ key, result }) => (
          <Result key={key} result={result} />
        ))}
        <Files run={run.id} />
      </Panel>
      <div className="run-flow">
        <Recipe run={run} filter={filter} />
        <Steps run={run} filter={filter} />
        <RunJobs run={run} filter={filter} />
      </div>
      <WaterfallPanel run={run} filter={filter} />
      <Deliveries run={run} filter={filter} />
      <LogPanel run={run.id} filter={filter} />
    </>
  );
}

/** Results with what tells each from the others, also from one of the same step in the same millisecond. */
function numbered(results: RunDetail['results']): readonly { readonly key: string; readonly result: ResultView }[] {
  const seen = new Map<string, number>();
  const fromFirst = results.toReversed().map((result) => {
    const moment = `${result.step} ${result.time}`;
    const before = seen.get(moment) ?? 0;
    seen.set(moment, before + 1);
    return { key: `${moment} ${before}`, result };
  });
  return fromFirst.toReversed();
}

function Recipe({ run, filter }: { readonly run: RunDetail; readonly filter: DeliveryFilter }): ReactElement {
  const address = (step: number): string =>
    deliveryAddress(run.id, { ...filter, cursor: undefined, step: step === filter.step ? undefined : step });
  const queues = useLive((live) => live.queues);
  const underWay = useMemo(() => underWayIn(run.steps, queues), [run.steps, queues]);
  return (
    <Panel title="Recipe" aside={<Names recipes={run.recipes} />}>
      {run.recipe === undefined ? (
        <Nothing>The ledger has not heard which recipe this run follows.</Nothing>
      ) : (
        <>
          <RecipePicture
            recipe={run.recipe}
            steps={run.steps}
            underWay={underWay}
            chosen={filter.step}
            addressOf={address}
          />
          <details className="run-json">
            <summary>Recipe as JSON</summary>
            <JsonText value={run.recipe} label="Recipe" />
          </details>
        </>
      )}
    </Panel>
  );
}

/** The recipes that the run follows; what came with its announcement is none of the site's. */
function Names({ recipes }: { readonly recipes: readonly string[] }): ReactElement {
  return (
    <>
      {recipes.map((name, index) => (
        <span key={index}>
          {name === 'custom_recipe' ? name : <Link to={`/recipes/${encodeURIComponent(name)}`}>{name}</Link>}
        </span>
      ))}
    </>
  );
}

import { useState, type ReactElement } from 'react';
import type { LiveEvent, Page, RecipeVersionEntry, RecipeVersionText, RecipeView } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { Moment } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { addressOf } from '../routing/place.ts';
import { useRequest } from '../server/useRequest.ts';
import { useMayAct } from '../session/context.ts';
import { count, plural } from '../words/figures.ts';
import { Difference } from './Difference.tsx';
import { recipePath } from './words.ts';

const noEvent = (_event: LiveEvent): boolean => false;

interface HistoryProps {
  readonly recipe: RecipeView;
  /** Puts a text into the editor. */
  readonly onTake: (text: string) => void;
}

/** What the recipe was: as saved here, and as runs used it; each with its difference to what it is. */
export function History({ recipe, onTake }: HistoryProps): ReactElement {
  // Another text on disk is another history.
  const path = recipePath(recipe.name, `/versions?limit=100#${recipe.hash}`);
  const { answer, failure } = useRequest<Page<RecipeVersionEntry>>(path, noEvent);
  const versions = answer?.items ?? [];
  const mayAct = useMayAct();
  return (
    <Panel
      title="History"
      className="recipe-history"
      aside={
        <>
          {answer && plural(versions.length, 'version')}
          {mayAct && <Link to={addressOf('/audit', new URLSearchParams({ subject: recipe.name }))}>audit</Link>}
        </>
      }
    >
      {failure !== undefined && <Failure failure={failure} />}
      <ol className="versions">
        {versions.map((version, index) => (
          <Version key={version.hash ?? index} version={version} recipe={recipe} onTake={onTake} />
        ))}
      </ol>
      {versions.length === 1 && <Nothing>There is no other version yet: each that is saved or run is kept.</Nothing>}
    </Panel>
  );
}

interface VersionProps extends HistoryProps {
  readonly version: RecipeVersionEntry;
}

function Version({ version, recipe, onTake }: VersionProps): ReactElement {
  const { hash, time, isCurrent, who, reason, runs } = version;
  const [isOpen, setOpen] = useState(false);
  return (
    <li className="version">
      <div className="version-head">
        <span>
          <Moment time={time} /> {isCurrent && <span className="badge">on disk</span>}
        </span>
        <span className="version-why">
          {who === undefined ? (
            <span className="soft">not saved on the page</span>
          ) : (
            <>
              by {who}: {reason}
            </>
          )}
        </span>
        <span className="version-runs">
          {runs === undefined ? (
            <span className="soft">no run</span>
          ) : (
            <>
              {plural(runs.runs, 'run')}
              {runs.failed > 0 && <span className="figure tone-bad"> {count(runs.failed)} failed</span>}, last{' '}
              <Link to={`/runs/${encodeURIComponent(runs.run)}`}>
                <Moment time={runs.latest} />
              </Link>
            </>
          )}
        </span>
        {hash !== undefined && !isCurrent && (
          <button type="button" className="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            Difference to now
          </button>
        )}
      </div>
      {isOpen && hash !== undefined && <VersionText hash={hash} recipe={recipe} onTake={onTake} />}
    </li>
  );
}

function VersionText({ hash, recipe, onTake }: HistoryProps & { readonly hash: string }): ReactElement | null {
  const path = recipePath(recipe.name, `/versions/${hash}`);
  const { answer, failure } = useRequest<RecipeVersionText>(path, noEvent);
  if (failure !== undefined) return <Failure failure={failure} />;
  if (answer === undefined) return null;
  return (
    <>
      <Difference before={answer.text} after={recipe.text} label="Difference from this version to the file" />
      <button type="button" className="button version-take" onClick={() => onTake(answer.text)}>
        Put this version into the text
      </button>
    </>
  );
}

import { type ReactElement, type SubmitEvent } from 'react';
import type { LiveEvent, Page, RecipeEntry } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Moment } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { addressOf, go, usePlace } from '../routing/place.ts';
import { useTyped } from '../routing/useTyped.ts';
import { usePerson } from '../session/context.ts';
import { useRequest } from '../server/useRequest.ts';
import { count, plural } from '../words/figures.ts';
import { draftOf } from './drafts.ts';
import { findingsState, recipeAddress, runsAddress } from './words.ts';
import './recipes.css';

/** A run that ends may be one more that failed. */
const concerns = ({ type }: LiveEvent): boolean => type === 'announcements';

/** The recipes of the site: what each is for, who does its work, what runs it, and what is wrong with it. */
export default function Recipes(): ReactElement {
  const { query } = usePlace();
  const text = query.get('text') ?? '';
  const asked = addressOf('/api/recipes', new URLSearchParams({ text, limit: '500' }));
  const { answer, failure, fresh } = useRequest<Page<RecipeEntry>>(asked, concerns);
  return (
    <>
      <title>Recipes · Baton</title>
      <h1 className="title">Recipes</h1>
      <search className="filters">
        <Search query={query} />
        <NewRecipe />
      </search>
      {failure !== undefined && <Failure failure={failure} />}
      <Panel title="By name" aside={answer && plural(answer.items.length, 'recipe')}>
        <div className="runs-list" aria-busy={!fresh}>
          {answer !== undefined && answer.items.length > 0 && <Table recipes={answer.items} />}
          {answer?.items.length === 0 && <Empty text={text} />}
        </div>
      </Panel>
    </>
  );
}

function Search({ query }: { readonly query: URLSearchParams }): ReactElement {
  const [typed, type] = useTyped(query, 'text', (text) => addressOf('/recipes', new URLSearchParams({ text })));
  return (
    <label className="field recipe-search">
      <span>Search</span>
      <input
        type="search"
        value={typed}
        placeholder="name, rule, service…"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => type(event.target.value)}
      />
    </label>
  );
}

/** Leads to where a recipe is written that there is not yet. */
function NewRecipe(): ReactElement | null {
  const person = usePerson();
  if (person.kind !== 'known' || person.user.role !== 'admin') return null;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const name = new FormData(event.currentTarget).get('name');
    if (typeof name === 'string') go(recipeAddress(name.trim()));
  };
  return (
    <form className="recipe-new" onSubmit={submit}>
      <label className="field">
        <span>New recipe</span>
        {/* As the dispatcher reads names: no separators but the slash between folders, and no leading point. */}
        <input
          name="name"
          placeholder="name"
          required
          maxLength={200}
          pattern={namePattern}
          title="Letters, digits, spaces and _ + - . , a slash between folders"
          autoComplete="off"
        />
      </label>
      <button type="submit" className="button">
        Write it …
      </button>
    </form>
  );
}

const namePart = '[\\p{L}\\p{N}_+\\-][\\p{L}\\p{N}_.+ \\-]*';
const namePattern = `${namePart}(/${namePart})*`;

function Empty({ text }: { readonly text: string }): ReactElement {
  return text === '' ? (
    <Nothing>There are no recipes in the recipe folder. Each file NAME.json that is put there appears here.</Nothing>
  ) : (
    <Nothing>
      No recipe fits. <Link to="/recipes">Show all recipes</Link>
    </Nothing>
  );
}

function Table({ recipes }: { readonly recipes: readonly RecipeEntry[] }): ReactElement {
  return (
    <div className="scroll">
      <table className="grid recipe-table">
        <caption className="unseen">Recipes, by name</caption>
        <thead>
          <tr>
            <th scope="col">Recipe</th>
            <th scope="col">Findings</th>
            <th scope="col">Rules</th>
            <th scope="col">Services</th>
            <th scope="col" className="number">
              Runs
            </th>
            <th scope="col" className="number">
              Last run
            </th>
            <th scope="col" className="number">
              Changed
            </th>
          </tr>
        </thead>
        <tbody>
          {recipes.map((recipe) => (
            <Row key={recipe.name} recipe={recipe} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ recipe }: { readonly recipe: RecipeEntry }): ReactElement {
  const { name, description, findings, rules, services, steps, runs, changed } = recipe;
  return (
    <tr>
      <th scope="row" className="recipe-name">
        <Link to={recipeAddress(name)}>{name}</Link>
        {draftOf(name) !== undefined && <span className="badge">unsaved changes</span>}
        <p className="soft">{description ?? plural(steps, 'step')}</p>
      </th>
      <td data-label="Findings">
        <Link to={recipeAddress(name)} className="plain">
          <State state={findingsState(findings)} />
        </Link>
      </td>
      <td className="recipe-words" data-label="Rules">
        {rules.length === 0 ? <span className="soft">none</span> : rules.map(({ rule }) => rule).join(', ')}
      </td>
      <td className="recipe-words" data-label="Services">
        {services.map(({ name: service, heard }) => (
          <span key={service} className={heard ? 'service-word' : 'service-word tone-warn'}>
            {service}
            {!heard && <Unheard />}
          </span>
        ))}
      </td>
      <td className="number" data-label="Runs">
        {runs === undefined ? (
          <span className="soft">0</span>
        ) : (
          <>
            {runs.failed > 0 && (
              <Link to={runsAddress(name, 'failed')} className="figure tone-bad recipe-failed">
                {count(runs.failed)} failed
              </Link>
            )}
            <Link to={runsAddress(name)}>{count(runs.runs)}</Link>
          </>
        )}
      </td>
      <td className="number" data-label="Last run">
        {runs !== undefined && (
          <Link to={`/runs/${encodeURIComponent(runs.run)}`}>
            <Moment time={runs.latest} />
          </Link>
        )}
      </td>
      <td className="number" data-label="Changed">
        <Moment time={changed} />
      </td>
    </tr>
  );
}

/** A mark: there is no room for words in each row, which readers hear and pointers find. */
function Unheard(): ReactElement {
  return (
    <span className="service-unheard" title="Nobody who does this work has been heard of">
      <Mark shape="triangle" />
      <span className="unseen">not heard of</span>
    </span>
  );
}

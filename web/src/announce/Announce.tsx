import { useCallback, useEffect, useState, type ReactElement, type SubmitEvent } from 'react';
import type {
  AnnouncementChoices,
  AnnouncementPreview,
  HandAnnouncement,
  StartedView,
} from '../../../src/monitor/api.ts';
import { asked, noEdits, type Edits } from '../parameters/edit.ts';
import { ParameterForm } from '../parameters/ParameterForm.tsx';
import { Failure } from '../parts/Failure.tsx';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { Link } from '../routing/Link.tsx';
import { newKey } from '../server/key.ts';
import { RequestFailure, send } from '../server/request.ts';
import { isObject, type JsonObject } from '../server/types.ts';
import { usePreview } from '../server/usePreview.ts';
import { useRequest } from '../server/useRequest.ts';
import { useMayAct } from '../session/context.ts';
import { Expected } from './Expected.tsx';
import '../rerun/rerun.css';
import './announce.css';

const noEvent = (): boolean => false;

/** Announces by hand: what the dispatcher would make of it is shown before, and what it answers after. */
export default function Announce(): ReactElement {
  const mayAct = useMayAct();
  return (
    <>
      <title>Announce · Baton</title>
      <p className="crumb">
        <Link to="/runs">Runs</Link>
      </p>
      <h1 className="title">Announce by hand</h1>
      {mayAct ? <Form /> : <Nothing>This needs the role of an operator.</Nothing>}
    </>
  );
}

function Form(): ReactElement {
  const { answer: choices, failure: noChoices } = useRequest<AnnouncementChoices>(
    '/api/announcements/choices',
    noEvent,
  );
  const [queue, setQueue] = useState<HandAnnouncement['queue']>('processing_recipe');
  const [recipes, setRecipes] = useState<readonly string[]>([]);
  const [lane, setLane] = useState<'live' | 'reprocessing'>('live');
  const given = useParameters();
  const announcement: HandAnnouncement | undefined =
    given.parameters === undefined || (queue === 'processing_recipe' && recipes.length === 0)
      ? undefined
      : { queue, lane, parameters: given.parameters, ...(queue === 'processing_recipe' ? { recipes } : {}) };
  const { answer, failure, fresh } = usePreview<AnnouncementPreview>(
    '/api/announcements/preview',
    announcement && { announcement },
  );
  const { learn } = given;
  useEffect(() => {
    if (answer) learn(answer.fields);
  }, [answer, learn]);
  const sending = useSending();
  const isReady =
    announcement !== undefined &&
    fresh &&
    answer !== undefined &&
    answer.refused === undefined &&
    failure === undefined;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (!isReady) return;
    const reason = new FormData(event.currentTarget).get('reason');
    sending.send({ announcement, reason, plan: answer.plan });
  };

  if (noChoices !== undefined) return <Failure failure={noChoices} />;
  return (
    <form className="announce" onSubmit={submit}>
      <Panel title="What">
        <div className="announce-part">
          <fieldset className="choices">
            <legend>Who chooses the recipes</legend>
            <label>
              <input
                type="radio"
                name="queue"
                checked={queue === 'processing_recipe'}
                onChange={() => setQueue('processing_recipe')}
              />
              <span>
                I do <small className="soft">queue processing_recipe</small>
              </span>
            </label>
            <label>
              <input
                type="radio"
                name="queue"
                checked={queue === 'data-collection'}
                onChange={() => setQueue('data-collection')}
              />
              <span>
                The rules, as for acquisition <small className="soft">queue data-collection</small>
              </span>
            </label>
          </fieldset>
          {queue === 'processing_recipe' && (
            <RecipeChoice all={choices?.recipes ?? []} chosen={recipes} onChange={setRecipes} />
          )}
          <label className="rerun-lane">
            <span>Goes</span>
            <select value={lane} onChange={(event) => setLane(event.target.value as typeof lane)}>
              <option value="live">as live work</option>
              <option value="reprocessing">behind live work</option>
            </select>
          </label>
        </div>
      </Panel>
      <Panel
        title="Parameters"
        aside={
          <button type="button" className="link" onClick={given.swap}>
            {given.isText ? 'as a form' : 'as JSON'}
          </button>
        }
      >
        <div className="announce-part">
          {given.isText ? (
            <>
              <textarea
                className="announce-json"
                aria-label="Parameters as JSON"
                aria-invalid={given.parameters === undefined}
                rows={12}
                spellCheck={false}
                value={given.text}
                onChange={(event) => given.type(event.target.value)}
              />
              {given.parameters === undefined && (
                <p role="alert" className="parameter-wrong">
                  Expected a JSON object.
                </p>
              )}
            </>
          ) : (
            <ParameterForm fields={given.fields} edits={given.edits} onEdit={given.edit} />
          )}
        </div>
      </Panel>
      <Panel title="What would happen" className="announce-wide">
        <div className="announce-part" aria-live="polite" aria-busy={announcement !== undefined && !fresh}>
          {announcement === undefined ? (
            <p className="soft">
              {queue === 'processing_recipe' && recipes.length === 0 ? 'Choose a recipe.' : 'Correct the parameters.'}
            </p>
          ) : failure !== undefined && fresh ? (
            <Failure failure={failure} />
          ) : (
            answer && <Expected preview={answer} />
          )}
          <label className="field announce-reason">
            <span>Why? The audit will say so.</span>
            <input name="reason" maxLength={500} pattern=".*\S.*" required autoComplete="off" />
          </label>
          <button type="submit" className="button button-main" disabled={!isReady || sending.busy}>
            Announce
          </button>
          {sending.failure !== undefined && <Failure failure={sending.failure} />}
          {sending.answer !== undefined && <Answered answer={sending.answer} />}
        </div>
      </Panel>
    </form>
  );
}

function RecipeChoice({
  all,
  chosen,
  onChange,
}: {
  readonly all: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}): ReactElement {
  return (
    <fieldset className="choices announce-recipes">
      <legend>Recipes</legend>
      {all.length === 0 && <p className="soft">There are none in the recipe folder.</p>}
      <div tabIndex={all.length > 8 ? 0 : undefined}>
        {all.map((name) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={(event) =>
                onChange(event.target.checked ? [...chosen, name] : chosen.filter((each) => each !== name))
              }
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** What the dispatcher said. */
function Answered({ answer: { run, status, reason, next } }: { readonly answer: StartedView }): ReactElement {
  const link = <Link to={`/runs/${encodeURIComponent(run)}`}>run {run.slice(0, 8)}</Link>;
  if (status === 'accepted') return <p role="status">Accepted: {link} has started.</p>;
  if (status === 'duplicate')
    return (
      <p role="status">
        It is a duplicate, and nothing was started: {reason} See {link}.
      </p>
    );
  if (status === 'waiting')
    return (
      <p role="status">
        No dispatcher has answered yet, or it waits for its files. It is safe with the broker, and starts as {link}.
      </p>
    );
  return <Failure failure={new RequestFailure(0, `Refused: ${reason ?? ''}`, next ?? '')} />;
}

interface Given {
  /** Undefined while something that was typed is wrong. */
  readonly parameters: JsonObject | undefined;
  readonly fields: AnnouncementPreview['fields'];
  readonly edits: Edits;
  readonly isText: boolean;
  readonly text: string;
  readonly edit: (edits: Edits) => void;
  readonly type: (text: string) => void;
  readonly swap: () => void;
  /** What the recipes ask for. */
  readonly learn: (fields: AnnouncementPreview['fields']) => void;
}

/** The parameters, typed into a form or as JSON. */
function useParameters(): Given {
  const [fields, setFields] = useState<AnnouncementPreview['fields']>([]);
  const [edits, setEdits] = useState<Edits>(noEdits);
  const [text, setText] = useState<string>();
  // The form begins empty: values are what was typed, and not what the last answer had.
  const learn = useCallback(
    (known: AnnouncementPreview['fields']) => setFields(known.map(({ value: _value, ...field }) => field)),
    [],
  );
  const { set, wrong } = asked(edits, fields);
  const parameters = text === undefined ? (wrong.length === 0 ? set : undefined) : objectIn(text);
  const swap = (): void => {
    if (text === undefined) return setText(JSON.stringify(set, null, 2));
    const typed = Object.entries(objectIn(text) ?? {});
    setEdits({
      texts: Object.fromEntries(
        typed.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
      ),
      left: [],
      added: typed.map(([name]) => name),
    });
    setText(undefined);
  };
  return {
    parameters,
    fields,
    edits,
    isText: text !== undefined,
    text: text ?? '',
    edit: setEdits,
    type: setText,
    swap,
    learn,
  };
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

interface Sending {
  readonly busy: boolean;
  readonly answer?: StartedView;
  readonly failure?: RequestFailure;
  readonly send: (body: object) => void;
}

/** Announces; pressed twice before the answer came, once. */
function useSending(): Sending {
  const [key, setKey] = useState(newKey);
  const [state, setState] = useState<Omit<Sending, 'send'>>({ busy: false });
  const announce = (body: object): void => {
    setState({ busy: true });
    send<StartedView>('POST', '/api/announcements', { ...body, key })
      .then((answer) => {
        setState({ busy: false, answer });
        setKey(newKey());
      })
      .catch((error: unknown) => {
        const failure =
          error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.');
        setState({ busy: false, failure });
      });
  };
  return { ...state, send: announce };
}

import type { ReactElement } from 'react';
import type { DryRun, RecipeTrial, RulesChoice } from '../../../src/monitor/api.ts';
import { JsonText } from '../parts/JsonText.tsx';
import { State } from '../parts/State.tsx';
import { RecipePicture } from '../recipe/RecipePicture.tsx';
import { Link } from '../routing/Link.tsx';
import { plural } from '../words/figures.ts';
import { outcomes, runStates, type StateWord } from '../words/states.ts';
import { recipeAddress } from './words.ts';

const refused: StateWord = { word: 'refused', shape: 'cross', tone: 'bad' };
const chosen: StateWord = { word: 'chosen', shape: 'check', tone: 'good' };
const notChosen: StateWord = { word: 'not chosen', shape: 'slash', tone: 'quiet' };

const addedWords: Readonly<Record<RecipeTrial['added'], string>> = {
  rule: 'those of the announcement, and what the rule adds now',
  recorded: 'those of the announcement, and what the rule added then',
  none: 'those of the announcement',
};

/** What would become of an announcement: choice, parameters, first messages, and the end of a dry run. */
export function Trial({ name, trial }: { readonly name: string; readonly trial: RecipeTrial }): ReactElement {
  const { run, rules, added, parameters, refusal, messages, dry, recipe } = trial;
  return (
    <div className="trial" aria-live="polite">
      <p>
        With the announcement of <Link to={`/runs/${encodeURIComponent(run)}`}>{run}</Link>:
      </p>
      <Choice name={name} rules={rules} />
      {refusal !== undefined && <p className="tone-bad save-errors">It would not run: {refusal}</p>}
      {messages.length > 0 && (
        <>
          <h3>{plural(messages.length, 'message')} would be started</h3>
          <ul className="trial-messages">
            {messages.map(({ step, service, queue, topic, payload }, index) => (
              <li key={index}>
                step {step}, {service ?? queue ?? topic} <span className="soft">{queue ?? topic}</span>
                <JsonText value={payload} label={`Payload of the message to step ${step}`} />
              </li>
            ))}
          </ul>
        </>
      )}
      <details>
        <summary>Parameters: {addedWords[added]}</summary>
        <JsonText value={parameters} label="Parameters" />
      </details>
      {recipe !== undefined && (
        <details>
          <summary>The recipe, filled in</summary>
          <JsonText value={recipe} label="The recipe, filled in" />
        </details>
      )}
      {dry !== undefined && <Dry name={name} dry={dry} />}
    </div>
  );
}

function Choice({ name, rules }: { readonly name: string; readonly rules: RulesChoice }): ReactElement {
  const isChosen = rules.recipes.includes(name);
  return (
    <>
      <p>
        <State state={isChosen ? chosen : notChosen} />
        {': '}
        {rules.refused !== undefined
          ? `the rules would refuse it. ${rules.refused.message}`
          : `the rules would run ${rules.recipes.length === 0 ? 'nothing' : rules.recipes.join(', ')}.`}{' '}
        {rules.waits.length > 0 && `It would wait for ${rules.waits.join(', ')}.`}
      </p>
      <ul className="trial-rules">
        {rules.fired.map(({ rule, recipes }) => (
          <li key={rule}>
            ✓ rule {rule}{' '}
            <span className="soft">{recipes.length === 0 ? 'runs nothing' : `runs ${recipes.join(', ')}`}</span>
          </li>
        ))}
        {rules.silent.map(({ rule, reasons }) => (
          <li key={rule} className="soft">
            – rule {rule}: {reasons.join('; ')}
          </li>
        ))}
      </ul>
    </>
  );
}

function Dry({ name, dry: { state, reason, run } }: { readonly name: string; readonly dry: DryRun }): ReactElement {
  const waiting = (run?.steps ?? []).filter((step) => step.waiting > 0).map(({ step }) => `step ${step}`);
  return (
    <>
      <h3>
        Dry run, with stubs in place of services: <State state={state === 'refused' ? refused : runStates[state]} />
      </h3>
      {reason !== undefined && <p>{reason}</p>}
      {state === 'running' && (
        <p>
          It had not ended when its time was over{waiting.length > 0 && `: ${waiting.join(', ')} still waits`}. A stub
          sends one message over each channel; a join may wait for more.
        </p>
      )}
      {run?.recipe !== undefined && (
        <RecipePicture
          recipe={run.recipe}
          steps={run.steps}
          chosen={undefined}
          addressOf={(step) => `${recipeAddress(name)}?step=${step}`}
        />
      )}
      {run !== undefined && (
        <ol className="trial-deliveries">
          {run.deliveries.toReversed().map(({ id, step, service, outcome, cause, outputs }) => (
            <li key={id}>
              step {step} <span className="soft">{service}</span> <State state={outcomes[outcome]} />{' '}
              {cause !== undefined && `${cause.message} `}
              {outputs.length > 0 && `→ ${outputs.map((output) => `step ${output.step}`).join(', ')}`}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

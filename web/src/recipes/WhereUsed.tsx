import type { ReactElement } from 'react';
import type { RecipeView } from '../../../src/monitor/api.ts';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Link } from '../routing/Link.tsx';
import type { StateWord } from '../words/states.ts';
import { recipeAddress } from './words.ts';

const heardOf: StateWord = { word: 'heard of', shape: 'check', tone: 'good' };
const unheardOf: StateWord = { word: 'not heard of', shape: 'triangle', tone: 'warn' };

/** Who runs the recipe, and who works for it. */
export function WhereUsed({ recipe: { rules, announcedBy, services } }: { readonly recipe: RecipeView }): ReactElement {
  return (
    <Panel title="Where used" className="recipe-used">
      {rules.length + announcedBy.length === 0 && (
        <Nothing>No rule and no recipe runs it: it runs for announcements that name it.</Nothing>
      )}
      <dl className="used">
        {rules.map(({ rule, description, line }) => (
          <div key={rule}>
            <dt>rule {rule}</dt>
            <dd className="soft">
              {description} rules.yaml, line {line}
            </dd>
          </div>
        ))}
        {announcedBy.map((name) => (
          <div key={name}>
            <dt>
              recipe <Link to={recipeAddress(name)}>{name}</Link>
            </dt>
            <dd className="soft">announces it</dd>
          </div>
        ))}
      </dl>
      <h3 className="used-title">Its services</h3>
      <ul className="used-services">
        {services.map(({ name, queue, heard }) => (
          <li key={`${name} ${queue ?? ''}`}>
            <span>
              {name} {queue !== undefined && <span className="soft">queue {queue}</span>}
            </span>
            <State state={heard ? heardOf : unheardOf} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

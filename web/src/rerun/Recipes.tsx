import type { ReactElement } from 'react';
import type { RerunRecipe } from '../../../src/monitor/api.ts';
import { plural } from '../words/figures.ts';
import { Differences } from './Differences.tsx';
import type { Choice } from './wish.ts';

interface RecipesProps {
  readonly recipes: readonly RerunRecipe[];
  readonly choice: Choice;
  readonly onChange: (changed: Partial<Choice>) => void;
}

/** The recipes as the run had them or as they are now, and in what those differ. */
export function Recipes({ recipes, choice, onChange }: RecipesProps): ReactElement {
  return (
    <fieldset className="choices">
      <legend>With the recipe</legend>
      <label>
        <input
          type="radio"
          name="recipe"
          checked={choice.recipe === 'stored'}
          onChange={() => onChange({ recipe: 'stored' })}
        />
        <span>As the run had it</span>
      </label>
      <label>
        <input
          type="radio"
          name="recipe"
          checked={choice.recipe === 'current'}
          onChange={() => onChange({ recipe: 'current' })}
        />
        <span>As it is now</span>
      </label>
      {recipes.map((recipe) => (
        <Compared key={recipe.name} recipe={recipe} />
      ))}
    </fieldset>
  );
}

function Compared({ recipe: { name, differences, trouble } }: { readonly recipe: RerunRecipe }): ReactElement {
  if (differences === undefined) return <p className="soft">{`${name}: ${trouble ?? 'it cannot be compared.'}`}</p>;
  if (differences.length === 0) return <p className="soft">{name} has not changed since.</p>;
  return (
    <details className="compared">
      <summary>
        {name} has changed since: {plural(differences.length, 'difference')}
      </summary>
      <div className="scroll">
        <Differences
          differences={differences}
          before="In the run"
          after="Now"
          caption={`How ${name} has changed since the run`}
        />
      </div>
    </details>
  );
}

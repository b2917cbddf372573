import {
  badRecipeName,
  costlyRecipe,
  noCondition,
  noSuchRecipe,
  noSuchRun,
  noSuchVersion,
  notSaved,
  noTrial,
  recipeChanged,
  recipeElsewhere,
  recipeHasErrors,
  savingOff,
} from '../errors.ts';
import { bodies } from './bodies.ts';
import type { Operations, Parameters } from './operation.ts';
import { listOf, refTo, text, told, type Schema } from './schema.ts';

/** What is answered about recipes; `ofPages` is what all lists are asked with. */
export function recipeOperations(ofPages: Parameters): Operations {
  return {
    'GET /api/recipes': {
      summary: 'The recipes in the recipe folder, by name',
      needs: 'viewer',
      query: {
        text: { type: 'string', maxLength: 200, description: 'words in the name, the description, rules or services' },
        ...ofPages,
      },
      answer: page('RecipeEntry'),
    },
    'POST /api/recipes/lint': {
      summary: 'What the linter finds in a text',
      needs: 'viewer',
      body: bodies.recipeText,
      answer: refTo('LintedRecipe'),
      errors: [costlyRecipe],
    },
    'GET /api/recipes/{name}': {
      summary: 'A recipe whole; the name is percent-encoded, its slashes, too',
      needs: 'viewer',
      answer: refTo('RecipeView'),
      errors: [noSuchRecipe],
    },
    'PUT /api/recipes/{name}': {
      summary: 'Saves a recipe in place of that whose hash `If-Match` names; `If-None-Match: *` makes a new one',
      needs: 'admin',
      body: bodies.savedRecipe,
      answer: refTo('SavedRecipe'),
      errors: [badRecipeName, savingOff, recipeElsewhere, recipeChanged, recipeHasErrors, noCondition, notSaved],
    },
    'GET /api/recipes/{name}/versions': {
      summary: 'What the recipe is and was: on disk, as saved on the page, and as runs used it; the latest first',
      needs: 'viewer',
      query: ofPages,
      answer: page('RecipeVersionEntry'),
      errors: [noSuchRecipe],
    },
    'GET /api/recipes/{name}/versions/{hash}': {
      summary: 'One of them, with its text',
      needs: 'viewer',
      answer: refTo('RecipeVersionText'),
      errors: [noSuchRecipe, noSuchVersion],
    },
    'POST /api/recipes/{name}/preview': {
      summary: 'What saving a text would change; nothing is saved',
      needs: 'viewer',
      body: bodies.recipeText,
      answer: refTo('RecipePreview'),
      errors: [badRecipeName, costlyRecipe],
    },
    'POST /api/recipes/{name}/try': {
      summary:
        'What would become of a recorded announcement with a text as this recipe: choice, first messages, and a dry run with stubs in place of services; nothing of the site is touched',
      needs: 'operator',
      body: bodies.recipeTrial,
      answer: refTo('RecipeTrial'),
      errors: [costlyRecipe, noSuchRun, noTrial],
    },
  };
}

function page(name: string): Schema {
  return {
    type: 'object',
    required: ['items'],
    properties: { items: listOf(refTo(name)), next: told(text, 'the cursor of the next page; absent on the last') },
  };
}

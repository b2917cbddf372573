import { roles } from '../../access/roles.ts';
import type { RecipeRuns } from '../../ledger/views.ts';
import type { Finding } from '../../recipes/finding.ts';
import type {
  DryRun,
  FirstMessage,
  LintedRecipe,
  RecipeChange,
  RecipeEntry,
  RecipePreview,
  RecipeTrial,
  RecipeVersionEntry,
  RecipeVersionText,
  RecipeView,
  RulesChoice,
  RuleUse,
  SavedRecipe,
  Saving,
  UsedService,
} from '../recipes/views.ts';
import { runStates } from './run-schemas.ts';
import {
  anyObject,
  anything,
  count,
  flag,
  integer,
  listOf,
  object,
  oneOf,
  refTo,
  text,
  time,
  told,
  type Fields,
  type Schema,
} from './schema.ts';

const severities = ['error', 'warning', 'info'] as const;
const findings = listOf(refTo('Finding'));
const hash = told(text, 'SHA-256 of the text');

const runs = object<RecipeRuns>(
  { required: { runs: count, failed: count, latest: time, run: told(text, 'the latest') }, optional: {} },
  'since the ledger counts them',
);

const entry: Fields<RecipeEntry> = {
  required: {
    name: text,
    steps: count,
    services: listOf(refTo('UsedService')),
    bytes: count,
    changed: time,
    rules: listOf(refTo('RuleUse'), 'rules that run it'),
    findings: object<RecipeEntry['findings']>({
      required: { error: count, warning: count, info: count },
      optional: {},
    }),
  },
  optional: { description: text, runs },
};

const version: Fields<RecipeVersionEntry> = {
  required: { time: told(time, 'when it was saved, or first used'), isCurrent: told(flag, 'it is that on disk') },
  optional: { hash, who: text, reason: text, runs },
};

/** What is answered about recipes, by the names of its types. */
export const recipeSchemas: Readonly<Record<string, Schema>> = {
  Finding: object<Finding>({
    required: {
      rule: told(text, 'docs/lint.md explains it'),
      severity: oneOf(severities),
      line: integer,
      column: integer,
      message: text,
      hint: told(text, 'what to do'),
    },
    optional: {},
  }),
  UsedService: object<UsedService>({
    required: { name: text, heard: told(flag, 'somebody reads the queue, or sends heartbeats by this name') },
    optional: { queue: text },
  }),
  RuleUse: object<RuleUse>({
    required: { rule: text, line: told(integer, 'of rules.yaml') },
    optional: { description: text },
  }),
  Saving: object<Saving>({ required: { possible: flag, needs: oneOf(roles) }, optional: { why: text } }),
  RecipeEntry: object<RecipeEntry>(entry),
  RecipeView: object<RecipeView>({
    required: {
      ...entry.required,
      ...{ text, hash, found: findings, saving: refTo('Saving') },
      announcedBy: listOf(text, 'recipes whose steps announce it'),
    },
    optional: { ...entry.optional, recipe: anyObject },
  }),
  LintedRecipe: object<LintedRecipe>({
    required: { findings, more: told(count, 'findings beside these') },
    optional: { recipe: anyObject },
  }),
  RecipeVersionEntry: object<RecipeVersionEntry>(version),
  RecipeVersionText: object<RecipeVersionText>({ required: { ...version.required, text }, optional: version.optional }),
  RecipePreview: object<RecipePreview>({
    required: { name: text, isSame: flag, rules: listOf(refTo('RuleUse')), findings, saving: refTo('Saving') },
    optional: {
      hash,
      changes: listOf(
        object<RecipeChange>({
          required: { kind: oneOf(['added', 'removed', 'renumbered', 'changed']), where: text },
          optional: { before: text, after: text },
        }),
        'by meaning; absent where one of the two is no recipe',
      ),
    },
  }),
  SavedRecipe: object<SavedRecipe>({ required: { name: text, hash, changed: time, isNew: flag }, optional: {} }),
  RulesChoice: object<RulesChoice>({
    required: {
      fired: listOf({
        type: 'object',
        required: ['rule', 'recipes'],
        properties: { rule: text, recipes: listOf(text) },
      }),
      silent: listOf({
        type: 'object',
        required: ['rule', 'reasons'],
        properties: { rule: text, reasons: listOf(text) },
      }),
      recipes: listOf(text),
      waits: listOf(text, 'what they would wait for'),
    },
    optional: {
      refused: { type: 'object', required: ['message', 'next'], properties: { message: text, next: text } },
    },
  }),
  RecipeTrial: object<RecipeTrial>({
    required: {
      run: text,
      rules: refTo('RulesChoice'),
      added: oneOf(['rule', 'recorded', 'none']),
      parameters: anyObject,
      findings,
      messages: listOf(
        object<FirstMessage>({
          required: { step: integer, payload: anything },
          optional: { service: text, queue: text, topic: text },
        }),
      ),
    },
    optional: {
      refusal: told(text, 'why it would not run'),
      recipe: told(anyObject, 'filled in'),
      dry: object<DryRun>({
        required: { state: oneOf([...runStates, 'refused']) },
        optional: { reason: text, run: refTo('RunDetail') },
      }),
    },
  }),
};

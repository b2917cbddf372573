import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { BatonError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { placeInWords } from '../recipes/problem.ts';
import { schemaProblem } from '../recipes/schema-problem.ts';
import { colours } from './colours.ts';
import { usage } from './errors.ts';
import { countNames, misplaced, unmet, type Expectation } from './expectation.ts';
import { yamlIn } from './files.ts';
import { knownServices, serviceNamed } from './known-services.ts';
import { configOf, seconds, withCommon, type CommonOptions } from './options.ts';
import { exitCodes, output } from './output.ts';
import { plannedRun } from './planned-run.ts';
import { filesBelow, recipeFolder } from './recipe-files.ts';
import { outputProblems, type StubOutputs } from './stub-outputs.ts';
import { runTrial, stubbedQueues } from './trial.ts';

/** One test of a `*.test.yaml`. */
interface RecipeTest {
  readonly name: string;
  /** As acquisition sends it; without `recipes` the rules choose. */
  readonly announcement: JsonObject;
  readonly outputs?: StubOutputs;
  readonly live?: readonly string[];
  readonly expect?: Expectation;
}

interface Tested {
  readonly file: string;
  readonly name: string;
  /** The queues whose services were stubs. */
  readonly stubs: readonly string[];
  /** What is not as expected; none where the test passed. */
  readonly problems: readonly string[];
}

interface TestOptions extends CommonOptions {
  readonly timeout: number;
}

/** `baton recipe test`: exits 1 when a test fails. */
export function testCommand(recipe: Command): void {
  withCommon(
    recipe
      .command('test')
      .argument('[paths...]', 'tests, and folders with *.test.yaml; the recipe folder where absent'),
  )
    .description(
      'run the tests of recipes: announcements, with stubs in place of services, and what is to become of them',
    )
    .option('--timeout <seconds>', 'how long a test may take', seconds, 30)
    .action(async (paths: readonly string[], options: TestOptions) => {
      const config = await configOf(options);
      const out = output(options.json === true);
      const folders = paths.length > 0 ? paths : [recipeFolder(config)];
      const files = (await Promise.all(folders.map(async (path) => filesBelow(path, isTest)))).flat();
      if (files.length === 0) throw usage({ problem: `There are no tests (*.test.yaml) in ${folders.join(', ')}` });
      // All are read before the first is run: a mistake in the last is told at once.
      const tests = await Promise.all(files.map(async (file) => ({ file, tests: await testsIn(file) })));
      const tested: Tested[] = [];
      for (const { file, test } of tests.flatMap((each) => each.tests.map((test) => ({ file: each.file, test })))) {
        const one = { file, name: test.name, ...(await outcomeOf(test, config, options.timeout)) };
        tested.push(one);
        for (const line of lines(one)) out.say(line);
      }
      const failures = tested.filter(({ problems }) => problems.length > 0).length;
      out.result({ tests: tested }, () => [`${tested.length - failures} of ${tested.length} tests passed.`]);
      if (failures > 0) process.exitCode = exitCodes.failed;
    });
}

function isTest(name: string): boolean {
  return name.endsWith('.test.yaml');
}

async function outcomeOf(
  { announcement: message, outputs = {}, live = [], expect = {} }: RecipeTest,
  config: Config,
  timeout: number,
): Promise<Pick<Tested, 'stubs' | 'problems'>> {
  const known = await knownServices(config);
  const services = live.map((name) => serviceNamed(name, known));
  try {
    const { recipe } = await plannedRun(message, config);
    if (!recipe) return { stubs: [], problems: ['The rules run nothing for this announcement.'] };
    const stubbed = stubbedQueues(recipe, services, config);
    const stubs = [...stubbed];
    const mistakes = [...outputProblems(outputs, recipe, stubbed), ...misplaced(expect, recipe)];
    if (mistakes.length > 0) return { stubs, problems: mistakes };
    const { run, answers } = await runTrial({ config, message, recipe, live: services, outputs, seconds: timeout });
    return {
      stubs,
      problems: run ? unmet(expect, run) : [`The announcement is ${answers[0]?.reason ?? 'not answered'}.`],
    };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { stubs: [], problems: [error.message] };
  }
}

function lines({ file, name, stubs, problems }: Tested): string[] {
  const mark = problems.length === 0 ? colours.green('✓') : colours.red('✗');
  const stubbed = stubs.length === 0 ? [] : [colours.dim(`    stubs of ${stubs.join(', ')}`)];
  return [`${mark} ${file}: ${name}`, ...stubbed, ...problems.map((problem) => `    ${problem}`)];
}

// A schema of our own: every command would check it anew.
const isTestFile = new Ajv2020({ allErrors: true, verbose: true, validateSchema: false }).compile<{
  readonly tests: readonly RecipeTest[];
}>({
  type: 'object',
  required: ['tests'],
  additionalProperties: false,
  properties: {
    tests: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'announcement'],
        additionalProperties: false,
        properties: {
          name: { type: 'string' },
          announcement: { type: 'object' },
          outputs: { type: 'object', additionalProperties: { anyOf: [{ type: 'object' }, { type: 'array' }] } },
          live: { type: 'array', items: { type: 'string' } },
          expect: {
            type: 'object',
            additionalProperties: false,
            properties: {
              state: { enum: ['finished', 'failed', 'running'] },
              messages: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['to'],
                  additionalProperties: false,
                  properties: { to: { type: 'integer' }, channel: { type: 'string' }, payload: {} },
                },
              },
              results: { type: 'array' },
              steps: {
                type: 'object',
                propertyNames: { pattern: '^-?[1-9][0-9]*$' },
                additionalProperties: {
                  type: 'object',
                  additionalProperties: false,
                  properties: Object.fromEntries(countNames.map((name) => [name, { type: 'integer', minimum: 0 }])),
                },
              },
            },
          },
        },
      },
    },
  },
});

async function testsIn(file: string): Promise<readonly RecipeTest[]> {
  const value = await yamlIn(file);
  if (isTestFile(value)) return value.tests;
  const [first] = (isTestFile.errors ?? []).map(schemaProblem);
  const where = first && first.path.length > 0 ? `${placeInWords(first.path)}: ` : '';
  throw usage({ problem: `${file}: ${where}${first?.message ?? 'it is no file of tests'}` });
}

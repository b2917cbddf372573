import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { BatonError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { schemaProblem } from '../recipes/schema-problem.ts';
import { colours } from './colours.ts';
import { usage } from './errors.ts';
import { unmet, type Expectation } from './expectation.ts';
import { yamlIn } from './files.ts';
import { knownServices, serviceNamed } from './known-services.ts';
import { configOf, seconds, withCommon, type CommonOptions } from './options.ts';
import { exitCodes, output } from './output.ts';
import { plannedRun } from './planned-run.ts';
import type { StubOutputs } from './stub-service.ts';
import { runTrial } from './trial.ts';

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
  /** What is not as expected; none where the test passed. */
  readonly problems: readonly string[];
}

interface TestOptions extends CommonOptions {
  readonly timeout: number;
}

/** `baton recipe test`: exits 1 when a test fails. */
export function testCommand(recipe: Command): void {
  withCommon(recipe.command('test').argument('[files...]', 'tests; all *.test.yaml in the recipe folder where absent'))
    .description(
      'run the tests of recipes: announcements, with stubs in place of services, and what is to become of them',
    )
    .option('--timeout <seconds>', 'how long a test may take', seconds, 30)
    .action(async (files: readonly string[], options: TestOptions) => {
      const config = await configOf(options);
      const out = output(options.json === true);
      const tested: Tested[] = [];
      for (const file of files.length > 0 ? files : await testsBelow(config.recipes)) {
        for (const test of await testsIn(file)) {
          const one = { file, name: test.name, problems: await problemsOf(test, config, options.timeout) };
          tested.push(one);
          for (const line of lines(one)) out.say(line);
        }
      }
      const failures = tested.filter(({ problems }) => problems.length > 0).length;
      out.result({ tests: tested }, () => [`${tested.length - failures} of ${tested.length} tests passed.`]);
      if (failures > 0) process.exitCode = exitCodes.failed;
    });
}

async function problemsOf(test: RecipeTest, config: Config, timeout: number): Promise<readonly string[]> {
  const { announcement: message, outputs = {}, live = [], expect = {} } = test;
  try {
    const { recipe } = await plannedRun(message, config);
    if (!recipe) return ['The rules run nothing for this announcement.'];
    const known = await knownServices(config);
    const services = live.map((name) => serviceNamed(name, known));
    const { run, answers } = await runTrial({ config, message, recipe, live: services, outputs, seconds: timeout });
    return run ? unmet(expect, run) : [`The announcement is ${answers[0]?.reason ?? 'not answered'}.`];
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return [error.message];
  }
}

function lines({ file, name, problems }: Tested): string[] {
  const mark = problems.length === 0 ? colours.green('✓') : colours.red('✗');
  return [`${mark} ${file}: ${name}`, ...problems.map((problem) => `    ${problem}`)];
}

async function testsBelow(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith('.test.yaml'))
    .sort()
    .map((name) => join(folder, name));
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
          outputs: { type: 'object', additionalProperties: { type: 'object' } },
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
              steps: { type: 'object', additionalProperties: { type: 'object' } },
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
  throw usage({ problem: `${file}: ${first?.path.join(', ') ?? ''}: ${first?.message ?? 'is no file of tests'}` });
}

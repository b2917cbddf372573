import { readdir, statfs } from 'node:fs/promises';
import type { Command } from 'commander';
import { colours } from './colours.ts';
import type { Config } from '../config/config.ts';
import { BatonError, messageOf } from '../core/errors.ts';
import { Library } from '../dispatcher/library.ts';
import type { Health } from '../monitor/api.ts';
import { readRecipe } from '../recipes/read.ts';
import { validateRecipe } from '../recipes/validate.ts';
import { addressText } from '../stomp/address.ts';
import { askMonitor, monitorAddress, monitorAt } from './ask-monitor.ts';
import { brokerFindings } from './broker-findings.ts';
import { tryBroker } from './broker-trial.ts';
import { connect } from './connect.ts';
import type { Finding } from './finding.ts';
import { configOf, withCommon, type CommonOptions } from './options.ts';
import { exitCodes, output } from './output.ts';
import { storeFolder } from './store-folder.ts';
import { knownServices, serviceNamed } from './known-services.ts';
import { brokerAddress } from './part-tools.ts';

type Check = (config: Config) => Promise<Finding | readonly Finding[]>;

/** `baton doctor`: what is wrong with this set-up, and what to do. Exits 1 when something is. */
export function doctorCommand(program: Command): void {
  withCommon(program.command('doctor'))
    .description('check this set-up: what is wrong with it, and what to do')
    .action(async (options: CommonOptions) => {
      const config = await configOf(options);
      const findings = (await Promise.all(checks.map(async ([name, check]) => await run(name, check, config)))).flat();
      output(options.json === true).result({ findings }, () => findings.flatMap(lines));
      if (findings.some(({ state }) => state === 'error')) process.exitCode = exitCodes.failed;
    });
}

const checks: readonly (readonly [string, Check])[] = [
  ['store', checkStore],
  ['recipes', checkRecipes],
  ['services', checkServices],
  ['broker', checkBroker],
  ['monitor', checkMonitor],
];

/** A check that throws has found what it throws. */
async function run(check: string, look: Check, config: Config): Promise<readonly Finding[]> {
  try {
    return [await look(config)].flat();
  } catch (error) {
    const next = error instanceof BatonError ? { next: error.next } : {};
    return [{ check, state: 'error', message: messageOf(error), ...next }];
  }
}

function lines({ check, state, message, next }: Finding): string[] {
  const mark = { pass: colours.green('pass   '), warning: colours.yellow('warning'), error: colours.red('error  ') }[
    state
  ];
  return [`${mark}  ${check.padEnd(9)} ${message}`, ...(next === undefined ? [] : [`${' '.repeat(19)}→ ${next}`])];
}

const leastSpace = 1024 ** 3;

async function checkStore(config: Config): Promise<Finding> {
  const store = await storeFolder(config);
  const { bavail, bsize } = await statfs(store);
  const free = bavail * bsize;
  const message = `${store} can be written, ${(free / 1024 ** 3).toFixed(1)} GB are free.`;
  if (free >= leastSpace) return { check: 'store', state: 'pass', message };
  return { check: 'store', state: 'warning', message, next: 'Make room, or name another folder with --store.' };
}

async function checkRecipes({ recipes }: Config): Promise<Finding> {
  const library = new Library(recipes);
  const rules = await library.rules();
  const names = (await readdir(recipes)).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5));
  for (const name of names) validateRecipe(readRecipe(await library.text(name), `${name}.json`).recipe, { name });
  const missing = [...new Set(rules.flatMap((rule) => rule.recipes))].filter((name) => !names.includes(name));
  if (missing.length === 0)
    return {
      check: 'recipes',
      state: 'pass',
      message: `${names.length} recipes and ${rules.length} rules in ${recipes} are valid.`,
    };
  const message = `rules.yaml names recipes that are not in ${recipes}: ${missing.join(', ')}.`;
  return { check: 'recipes', state: 'error', message, next: 'Correct the names, or write these recipes.' };
}

async function checkServices(config: Config): Promise<Finding> {
  const known = await knownServices(config);
  const configured = Object.values(config.processes).flat();
  for (const name of configured) serviceNamed(name, known);
  return { check: 'services', state: 'pass', message: `Configured are ${configured.join(', ')}.` };
}

async function checkBroker(config: Config): Promise<readonly Finding[]> {
  await using client = await connect(config, 'baton doctor', 3);
  const trial = await tryBroker(client);
  const message = `${addressText(brokerAddress(config))} answers.`;
  return [{ check: 'broker', state: 'pass', message }, ...brokerFindings(trial)];
}

async function checkMonitor(config: Config): Promise<Finding> {
  const health = await askMonitor<Health>(monitorAt(config), '/api/health');
  const bad = health.checks.filter(({ state }) => state === 'warning' || state === 'error');
  if (bad.length === 0)
    return { check: 'monitor', state: 'pass', message: `${monitorAddress(config)} answers, all is well.` };
  const message = bad.map((check) => check.message).join(' ');
  return {
    check: 'monitor',
    state: health.state === 'error' ? 'error' : 'warning',
    message,
    next: bad
      .map(({ advice }) => advice ?? '')
      .join(' ')
      .trim(),
  };
}

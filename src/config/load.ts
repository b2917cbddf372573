import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { parseDocument } from 'yaml';
import { messageOf } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import type { AboutNames } from '../dispatcher/request.ts';
import { standardKeep, type Keep } from '../ledger/retention/keep.ts';
import { brokerConfig, brokerProblems, type BrokerFile } from './broker-config.ts';
import type { Config, ServiceConfig } from './config.ts';
import { invalid, unreadable } from './errors.ts';
import { pageConfig, pageProblems, type PageFile } from './page-config.ts';
import {
  computeConfig,
  programProblems,
  programsConfig,
  type ComputeFile,
  type ProgramsFile,
} from './programs-config.ts';
import { reprocessingConfig, reprocessingProblems } from './reprocessing.ts';
import { alertProblems, alertsConfig, healthConfig, type AlertFile, type HealthFile } from './health-config.ts';
import { configSchema } from './schema.ts';
import { shiftProblems, shiftsConfig } from './shifts-config.ts';
import { commandProcess, standardFields, standardProcesses, standardRunLog } from './standard.ts';

/** The configuration file as written: everything may be absent. */
interface ConfigFile {
  readonly broker?: BrokerFile;
  readonly store?: string;
  readonly page?: PageFile;
  readonly recipes?: string;
  readonly announcements?: Partial<Omit<Config['announcements'], 'fields'>> & { readonly fields?: Partial<AboutNames> };
  readonly ledger?: { readonly quietAfter?: number; readonly keep?: Partial<Keep> };
  readonly reprocessing?: Partial<Config['reprocessing']>;
  readonly runLog?: Partial<Config['runLog']>;
  readonly modules?: readonly string[];
  readonly processes?: Readonly<Record<string, readonly string[]>>;
  readonly services?: Readonly<Record<string, ServiceConfig>>;
  readonly programs?: ProgramsFile;
  readonly compute?: ComputeFile;
  readonly shifts?: Partial<Config['shifts']>;
  readonly health?: HealthFile;
  readonly alerts?: Readonly<Record<string, AlertFile>>;
  readonly log?: string;
}

/** What the command line says in place of the file. */
export interface Overrides {
  readonly broker?: string | undefined;
  readonly store?: string | undefined;
  readonly stompPort?: number | undefined;
  readonly httpPort?: number | undefined;
}

/** What a site gets that says nothing: folders are of the installation, and of the folder where Baton is started. */
export interface Surroundings {
  /** Recipes that ship with Baton. */
  readonly shippedRecipes: string;
  /** The folder that relative paths of the command line are of. */
  readonly workingFolder: string;
}

/** The configuration of a file (or of none), with what the command line says instead. Throws `config.unreadable`, `config.invalid`, `config.secret-unusable` and `stomp.address`. */
export async function loadConfig(
  file: string | undefined,
  overrides: Overrides,
  { shippedRecipes, workingFolder }: Surroundings,
): Promise<Config> {
  const read = file === undefined ? {} : await readConfigFile(resolve(workingFolder, file));
  const folder = file === undefined ? workingFolder : dirname(resolve(workingFolder, file));
  const broker = await brokerConfig(read.broker ?? {}, overrides, folder);
  return {
    broker,
    store:
      overrides.store === undefined
        ? resolve(folder, read.store ?? 'baton-data')
        : resolve(workingFolder, overrides.store),
    page: pageConfig(read.page ?? {}, overrides.httpPort, broker, folder),
    recipes: read.recipes === undefined ? shippedRecipes : resolve(folder, read.recipes),
    announcements: {
      customRecipes: read.announcements?.customRecipes ?? false,
      fields: { ...standardFields, ...read.announcements?.fields },
      rememberDays: read.announcements?.rememberDays ?? 365,
    },
    ledger: { quietAfter: 3600, ...read.ledger, keep: { ...standardKeep, ...read.ledger?.keep } },
    reprocessing: reprocessingConfig(read.reprocessing),
    runLog: { ...standardRunLog, ...read.runLog },
    modules: (read.modules ?? []).map((module) => resolve(folder, module)),
    processes: read.processes ?? { ...standardProcesses, ...(read.programs ? commandProcess : {}) },
    services: read.services ?? {},
    programs: programsConfig(read.programs ?? {}, folder),
    compute: computeConfig(read.compute ?? {}, folder),
    shifts: shiftsConfig(read.shifts),
    health: healthConfig(read.health ?? {}),
    alerts: alertsConfig(read.alerts ?? {}, folder),
    log: read.log ?? 'info',
  };
}

async function readConfigFile(file: string): Promise<ConfigFile> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable({ file, reason: messageOf(error) }, { cause: error });
  });
  const document = parseDocument(text);
  const [syntax] = document.errors;
  if (syntax) throw unreadable({ file, reason: syntax.message }, { cause: syntax });
  const value: unknown = document.toJS() ?? {};
  if (!isConfigFile(value)) throw invalid({ file, problems: (isConfigFile.errors ?? []).map(problem) });
  const { broker = {}, page = {}, programs = {}, alerts = {}, reprocessing } = value;
  const problems = [
    ...brokerProblems(broker),
    ...pageProblems(page),
    ...programProblems(programs),
    ...shiftProblems(value.shifts),
    ...alertProblems(alerts),
    ...reprocessingProblems(reprocessing),
  ];
  if (problems.length > 0) throw invalid({ file, problems });
  return value;
}

// A schema of our own: every command would check it anew, which takes longer than all else here.
const isConfigFile = new Ajv2020({
  allErrors: true,
  verbose: true,
  strict: false,
  validateSchema: false,
}).compile<ConfigFile>(configSchema);

function problem({ keyword, instancePath, params, message, parentSchema }: ErrorObject): string {
  const where = instancePath === '' ? 'the file' : instancePath.slice(1).replaceAll('/', '.');
  if (keyword !== 'additionalProperties') return `${where} ${message ?? 'is wrong'}`;
  const unknown = (params as { readonly additionalProperty: string }).additionalProperty;
  const known = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {});
  return `${where} has an unknown key ${JSON.stringify(unknown)}${didYouMean(unknown, known)}`;
}

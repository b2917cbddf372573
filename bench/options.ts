import { parseArgs } from 'node:util';
import { full, quick, type Amounts } from './amounts.ts';
import { availableBrokers, type BrokerName } from './brokers.ts';
import { parts, type PartName } from './parts.ts';

/** What is to be measured, as the command line says. */
export interface Options {
  readonly only: readonly PartName[];
  readonly brokers: readonly BrokerName[];
  readonly amounts: Amounts;
  readonly isJson: boolean;
}

/** Throws, with what was expected, when the arguments say something else. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      broker: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    only: chosen('--only', values.only, Object.keys(parts) as PartName[]),
    brokers: chosen('--broker', values.broker, availableBrokers),
    amounts: values.quick ? quick : full,
    isJson: values.json,
  };
}

/** Those that are named, separated by commas, in their own order; all when none is. */
function chosen<Name extends string>(option: string, names: string | undefined, all: readonly Name[]): readonly Name[] {
  const named = names?.split(',') ?? all;
  const unknown = named.find((name) => !all.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`${option} is one or more of ${all.join(', ')}; got "${unknown}".`);
  return all.filter((name) => named.includes(name));
}

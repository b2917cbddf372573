import type { Command } from 'commander';
import { names } from '../services/names.ts';
import { connect } from './connect.ts';
import { nobody, notObeyed, usage } from './errors.ts';
import { listenTo, type Heard } from './heard.ts';
import { configOf, seconds, withCommon, type CommonOptions } from './options.ts';
import { output } from './output.ts';

interface ShutdownOptions extends CommonOptions {
  readonly host?: string;
  readonly service?: string;
  readonly all?: boolean;
  readonly timeout: number;
}

/** `baton shutdown`: asks processes to end in good order, over the broker, and tells who does. */
export function shutdownCommandLine(program: Command): void {
  withCommon(program.command('shutdown'))
    .description('ask services, or everything, to end in good order')
    .option('--host <host.pid>', 'the process with this name, as heartbeats tell it')
    .option('--service <name>', 'all instances of a service')
    .option('--all', 'every supervisor on this broker, with all its parts')
    .option('--timeout <seconds>', 'how long to wait until those that obey have ended', seconds, 8)
    .action(async (options: ShutdownOptions) => {
      const { host, service, all, timeout } = options;
      if ([host, service, all].filter((given) => given !== undefined).length !== 1)
        throw usage({ problem: 'Name exactly one of --host, --service and --all' });
      const command = { command: 'shutdown', ...(service === undefined ? { host: host ?? '*' } : { service }) };
      const out = output(options.json === true);
      await using client = await connect(await configOf(options), 'baton shutdown');
      const listener = await listenTo(
        client,
        (one) => all === true || (service === undefined ? one.host === host : one.serviceClass === service),
      );
      await client.send({ destination: client.topic(names.command), body: JSON.stringify(command) });
      out.say('Asked. Waiting for what they say …');
      const heard = await listener.all(timeout);
      // A supervisor alone, with no services, has no heartbeat: it cannot be told from nobody.
      if (heard.length === 0 && all !== true) throw nobody({ who: service === undefined ? (host ?? '') : service });
      out.result({ sent: command, heard }, () => linesOf(heard));
      const others = heard.filter(({ state }) => state === 'goes on').map((one) => `${one.service} on ${one.host}`);
      if (others.length > 0) throw notObeyed({ who: others });
    });
}

const words: Readonly<Record<Heard['state'], string>> = {
  ended: 'has ended',
  ending: 'ends: it finishes what it works on',
  'goes on': 'goes on: it has not obeyed',
};

function linesOf(heard: readonly Heard[]): readonly string[] {
  if (heard.length === 0) return ['No service has told of itself.'];
  return heard.map(({ service, host, state }) => `${service} on ${host} ${words[state]}.`);
}

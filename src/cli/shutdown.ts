import type { Command } from 'commander';
import { names } from '../services/names.ts';
import { connect } from './connect.ts';
import { nobody, usage } from './errors.ts';
import { listenFor } from './heard.ts';
import { configOf, withCommon, type CommonOptions } from './options.ts';
import { output } from './output.ts';

interface ShutdownOptions extends CommonOptions {
  readonly host?: string;
  readonly service?: string;
  readonly all?: boolean;
}

/** `baton shutdown`: asks processes to end in good order, over the broker. */
export function shutdownCommandLine(program: Command): void {
  withCommon(program.command('shutdown'))
    .description('ask services, or everything, to end in good order')
    .option('--host <host.pid>', 'the process with this name, as heartbeats tell it')
    .option('--service <name>', 'all instances of a service')
    .option('--all', 'every supervisor on this broker, with all its parts')
    .action(async (options: ShutdownOptions) => {
      const { host, service, all } = options;
      if ([host, service, all].filter((given) => given !== undefined).length !== 1)
        throw usage({ problem: 'Name exactly one of --host, --service and --all' });
      const command = { command: 'shutdown', ...(service === undefined ? { host: host ?? '*' } : { service }) };
      await using client = await connect(await configOf(options), 'baton shutdown');
      const heard = service === undefined ? undefined : await listenFor(client, service);
      await client.send({ destination: client.topic(names.command), body: JSON.stringify(command) });
      // Whoever ends tells it at once.
      if (service !== undefined && (await heard?.()) === undefined) throw nobody({ service });
      output(options.json === true).result({ sent: command }, () => [
        'Asked. What runs is finished first; the status page shows who is left.',
      ]);
    });
}

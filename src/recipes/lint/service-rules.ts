import { isObject } from '../../core/json.ts';
import { didYouMean, nearest } from '../../core/nearest.ts';
import { brief } from '../problem.ts';
import type { Flaw, Rule } from './rule.ts';
import type { KnownService, LintSite } from './site.ts';
import { queueOf, type Subject, type SubjectStep } from './subject.ts';

/** What does not go together with the services of the site. */
export const serviceRules: readonly Rule[] = [
  {
    id: 'unknown-queue',
    severity: 'warning',
    title: 'No service of this site has the queue of a step',
    why: 'Messages to it would wait for ever. That is right only where other software reads the queue; `--live` sees that, too.',
    hint: 'Correct the name of the queue, or install the service.',
    wrong: '{ "1": { "queue": "file-watcher" }, "start": [[1, []]] }',
    right: '{ "1": { "queue": "filewatcher" }, "start": [[1, []]] }',
    check: unknownQueues,
  },
  {
    id: 'unread-queue',
    severity: 'warning',
    title: 'Nobody reads the queue of a step',
    why: 'Its service is installed, but no process of the configuration runs it; with `--live`, no heartbeat of it was heard.',
    hint: 'Name the service under "processes" in baton.yaml, or start it.',
    wrong: '{ "1": { "queue": "record_result" }, "start": [[1, []]] }',
    right: '{ "1": { "queue": "filewatcher" }, "start": [[1, []]] }',
    check: unreadQueues,
  },
  {
    id: 'unknown-service',
    severity: 'info',
    title: 'A step calls its service by another name than the service does',
    why: '"service" is for readers; the queue decides who does the work. Where the two disagree, one of them may be wrong.',
    hint: 'Correct "service", or the queue.',
    wrong: '{ "1": { "service": "X-ray centring", "queue": "filewatcher" }, "start": [[1, []]] }',
    right: '{ "1": { "service": "File watcher", "queue": "filewatcher" }, "start": [[1, []]] }',
    check: unknownServices,
  },
  {
    id: 'unknown-channel',
    severity: 'warning',
    title: 'A channel is one that the service never sends on',
    why: 'What is linked to it never gets a message from there.',
    hint: 'Correct the name of the channel; docs/services.md lists those of the services that ship.',
    wrong:
      '{ "1": { "queue": "filewatcher", "output": { "each": 2 } }, "2": { "queue": "alarm" }, "start": [[1, []]] }',
    right:
      '{ "1": { "queue": "filewatcher", "output": { "every": 2 } }, "2": { "queue": "alarm" }, "start": [[1, []]] }',
    check: unknownChannels,
  },
  {
    id: 'never-sent',
    severity: 'warning',
    title: 'A link names no channel, and the service sends on named ones only',
    why: 'A bare number takes what a service sends on its default channel. This one has none, so nothing is ever sent over the link.',
    hint: 'Name the channel: { "channel": number }.',
    wrong: '{ "1": { "queue": "filewatcher", "output": 2 }, "2": { "queue": "alarm" }, "start": [[1, []]] }',
    right:
      '{ "1": { "queue": "filewatcher", "output": { "last": 2 } }, "2": { "queue": "alarm" }, "start": [[1, []]] }',
    check: neverSent,
  },
  {
    id: 'join-unsupported',
    severity: 'error',
    title: 'A step joins, and its service cannot',
    why: 'A service says whether it handles several messages at once. One that does not rejects every message of such a step.',
    hint: 'Take a service that joins, or remove "join".',
    wrong: '{ "1": { "queue": "filewatcher", "join": { "count": 1 } }, "start": [[1, []]] }',
    right: '{ "1": { "queue": "xray_centring", "join": { "count": 1 } }, "start": [[1, []]] }',
    check: unsupportedJoins,
  },
  {
    id: 'bad-parameter',
    severity: 'error',
    title: 'A parameter breaks the schema of the service',
    why: 'The service rejects every message of the step. Text that reads as a number is taken for one; placeholders may become anything.',
    hint: 'Correct the parameter; docs/services.md lists those of the services that ship.',
    wrong: '{ "1": { "queue": "filewatcher", "parameters": { "timeout": "soon" } }, "start": [[1, []]] }',
    right: '{ "1": { "queue": "filewatcher", "parameters": { "timeout": "60" } }, "start": [[1, []]] }',
    check: badParameters,
  },
  {
    id: 'unknown-parameter',
    severity: 'warning',
    title: 'A parameter is none that the service has',
    why: 'It is passed over, so it is misspelt, or meant for another service.',
    hint: 'Correct the name, or remove it.',
    wrong: '{ "1": { "queue": "filewatcher", "parameters": { "patern": "a_%d" } }, "start": [[1, []]] }',
    right: '{ "1": { "queue": "filewatcher", "parameters": { "pattern": "a_%d" } }, "start": [[1, []]] }',
    check: unknownParameters,
  },
  {
    id: 'service-schema',
    severity: 'warning',
    title: 'The service of a step has a schema that is none',
    why: 'A mistake in the definition of the service, not in the recipe: parameters cannot be checked, and the service does not start.',
    hint: 'Tell whoever wrote the service; its "parameters" has to be a JSON Schema.',
    wrong: '{ "1": { "queue": "unfinished" }, "start": [[1, []]] }',
    right: '{ "1": { "queue": "filewatcher" }, "start": [[1, []]] }',
    check: mistakenSchemas,
  },
];

function* unknownQueues({ steps }: Subject, site: LintSite): Generator<Flaw> {
  for (const each of steps) {
    const queue = queueOf(each);
    if (queue === undefined || site.serviceAt(queue) || site.isRead(queue)) continue;
    const { service } = each.step;
    const meant = typeof service === 'string' ? site.serviceCalled(service) : undefined;
    const near = nearest(queue, site.queues()) ?? meant?.queue;
    const message = `${each.named} has the queue ${brief(queue)}, which no service of this site reads${near === undefined ? '' : ` (did you mean "${near}"?)`}.`;
    const hint = meant && { hint: `${meant.description} reads ${brief(meant.queue)}.` };
    yield { path: [each.key, 'queue'], message, ...hint };
  }
}

function* unreadQueues({ steps }: Subject, site: LintSite): Generator<Flaw> {
  const { source } = site.facts;
  for (const [each, service] of served(steps, site)) {
    if (site.isRead(service.queue)) continue;
    const why =
      source === 'heartbeats' ? 'of which no heartbeat was heard' : 'which no process of the configuration runs';
    const message = `${each.named} has the queue ${brief(service.queue)} of ${service.name}, ${why}.`;
    yield { path: [each.key, 'queue'], message };
  }
}

function* unknownServices({ steps }: Subject, site: LintSite): Generator<Flaw> {
  const heard = site.facts.heard ?? [];
  for (const each of steps) {
    const { service: name } = each.step;
    if (typeof name !== 'string' || name === '' || name.includes('{')) continue;
    const at = site.serviceAt(queueOf(each));
    if (at && site.serviceCalled(name) !== at) {
      const message = `${each.named} calls its service ${brief(name)}, but its queue is that of ${at.description}.`;
      yield { path: [each.key, 'service'], message };
    } else if (!at && heard.length > 0 && !heard.includes(name) && !site.serviceCalled(name)) {
      const message = `${each.named} calls its service ${brief(name)}, of which no heartbeat was heard${didYouMean(name, heard)}.`;
      yield { path: [each.key, 'service'], message };
    }
  }
}

function* unknownChannels({ steps }: Subject, site: LintSite): Generator<Flaw> {
  for (const [{ key, step }, { name, channels }] of served(steps, site)) {
    const declared = Object.keys(channels);
    if (!isObject(step['output']) || declared.length === 0) continue;
    for (const channel of Object.keys(step['output'])) {
      if (channel.includes('{') || declared.some((each) => isChannel(channel, each))) continue;
      const known = `it has ${declared.join(', ')}`;
      const message = `${name} does not send on a channel ${brief(channel)}${didYouMean(channel, declared)}; ${known}.`;
      yield { path: [key, 'output', channel], message };
    }
  }
}

/** A declared channel `select-n` stands for `select-1`, `select-2` and so on. */
function isChannel(channel: string, declared: string): boolean {
  if (!declared.endsWith('-n')) return channel === declared;
  return channel.startsWith(declared.slice(0, -1)) && /^[1-9]\d*$/.test(channel.slice(declared.length - 1));
}

function* neverSent({ steps }: Subject, site: LintSite): Generator<Flaw> {
  for (const [{ key, step }, { name, channels, defaultChannel }] of served(steps, site)) {
    const { output } = step;
    const isBare = typeof output === 'number' || (Array.isArray(output) && output.length > 0);
    if (!isBare || defaultChannel !== undefined) continue;
    const known = Object.keys(channels);
    const hint = known.length > 0 ? { hint: `Name one of its channels: ${known.join(', ')}.` } : {};
    yield { path: [key, 'output'], message: `${name} sends nothing on a link without channel.`, ...hint };
  }
}

function* unsupportedJoins({ steps }: Subject, site: LintSite): Generator<Flaw> {
  for (const [{ key, step, named }, { name, joins }] of served(steps, site)) {
    if (isObject(step['join']) && !joins)
      yield { path: [key, 'join'], message: `${named} declares a join, but ${name} handles one message at a time.` };
  }
}

function* badParameters({ steps }: Subject, site: LintSite): Generator<Flaw> {
  for (const [{ key, step, named }, service] of served(steps, site)) {
    const { parameters = {} } = step;
    if (!isObject(parameters)) {
      yield { path: [key, 'parameters'], message: `${named}: the parameters are ${brief(parameters)}, not an object.` };
      continue;
    }
    for (const { path, message } of site.parametersOf(service).problems(parameters)) {
      const where = path.length === 0 ? 'Parameters' : `Parameter ${path.map(String).join(', ')}`;
      yield { path: [key, 'parameters', ...path], message: `${where} of ${service.name}: ${message}.` };
    }
  }
}

function* unknownParameters({ steps }: Subject, site: LintSite): Generator<Flaw> {
  for (const [{ key, step }, service] of served(steps, site)) {
    if (!isObject(step['parameters'])) continue;
    const schema = site.parametersOf(service);
    for (const name of schema.unknown(step['parameters'])) {
      const message = `${service.name} has no parameter ${brief(name)}${didYouMean(name, schema.names)}.`;
      yield { path: [key, 'parameters', name], message };
    }
  }
}

function* mistakenSchemas({ steps }: Subject, site: LintSite): Generator<Flaw> {
  for (const [{ key }, service] of served(steps, site)) {
    const { mistake } = site.parametersOf(service);
    if (mistake === undefined) continue;
    const message = `The parameters of ${service.name} cannot be checked, for its own schema is wrong: ${mistake}.`;
    yield { path: [key, 'queue'], message };
  }
}

/** The steps whose service is installed. */
function* served(steps: readonly SubjectStep[], site: LintSite): Generator<readonly [SubjectStep, KnownService]> {
  for (const step of steps) {
    const service = site.serviceAt(queueOf(step));
    if (service) yield [step, service];
  }
}

import { engineNames } from '../compute/container.ts';
import type { JsonObject } from '../core/json.ts';
import { sizePattern, timePattern } from '../services/builtin/command/units.ts';
import { closed } from './schema-parts.ts';

const text: JsonObject = { type: 'string', minLength: 1 };
const count: JsonObject = { type: 'integer', minimum: 1 };

function size(description: string): JsonObject {
  return { type: ['integer', 'string'], minimum: 1, pattern: sizePattern, description };
}

/** A name of a variable of the environment; those that begin with BATON_ are our own. */
const variable = '^(?!BATON_)[A-Za-z_][A-Za-z0-9_]*$';
/** Some change which code is run: what a site may set itself, and must not leave to recipes. */
const harmless = '^(?!BATON_|LD_|PATH$|PYTHON|PERL|NODE_|JAVA_|BASH_|ENV$|IFS$)[A-Za-z_][A-Za-z0-9_]*$';

/** JSON Schema of `programs` in `baton.yaml`. */
export const programsSchema: JsonObject = {
  type: 'object',
  description: 'programs that recipes may run, by name; absent: none',
  additionalProperties: {
    ...closed({
      path: { ...text, description: 'the program; no shell looks for it, or at its arguments' },
      container: {
        description: 'an image that it is in; `path` is then its path there',
        ...closed({
          engine: {
            type: 'string',
            pattern: `(^|/)(${engineNames.join('|')})$`,
            default: '/usr/bin/apptainer',
            description: `what enters the image: the path of ${engineNames.join(', ')}`,
          },
          image: { ...text, description: 'its file or folder' },
          binds: {
            type: 'array',
            items: text,
            description: 'what of the host is there, too: `/path`, or `/path:/other`; its own folders always are',
          },
          options: { type: 'array', items: { type: 'string' }, description: 'more options for the engine, as `--nv`' },
        }),
        required: ['image'],
      },
      description: { ...text, description: 'what it does, in some words' },
      fixed: { type: 'array', items: { type: 'string' }, description: 'arguments that it always gets, first' },
      arguments: {
        type: 'object',
        description: 'JSON Schema of the arguments that a recipe may give, as a list or as an object; absent: none',
      },
      form: {
        type: 'string',
        pattern: '\\{value\\}$',
        default: '--{name}={value}',
        description: 'how an argument of an object is written',
      },
      environment: {
        type: 'object',
        additionalProperties: { type: 'string' },
        propertyNames: { pattern: variable },
        description: 'variables that it gets; nothing is inherited',
      },
      variables: {
        type: 'array',
        items: { type: 'string', pattern: harmless },
        description: 'variables that a recipe may set',
      },
      directories: {
        type: 'array',
        items: text,
        description: 'folders below which a recipe may let it work; absent: it works in a folder of its own',
      },
      limits: {
        description: 'what a recipe may ask for at most',
        ...closed({
          time: {
            type: ['number', 'string'],
            exclusiveMinimum: 0,
            pattern: timePattern,
            default: 3600,
            description: 'seconds, or `2h`',
          },
          memory: size('bytes over all its processes, or `8G`'),
          processes: { ...count, description: 'processes at the same time' },
          files: { ...count, description: 'open files of one process' },
          file: size('bytes of the largest file that it writes, or `8G`'),
          output: { ...size('bytes that it prints and answers, or `64M`'), default: '64M' },
        }),
      },
      atOnce: {
        ...count,
        description:
          'how many of it run at the same time, on one host, or through Redis on all; absent: as many as fit',
      },
      channels: {
        type: 'object',
        additionalProperties: { type: 'string' },
        description: 'channels that it answers on beside `result`, with a sentence each',
      },
      user: { ...text, description: 'the account that it runs as; needs root; absent: that of Baton' },
    }),
    required: ['path'],
  },
};

/** A label of hosts, as steps and workers name it. */
const label: JsonObject = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,40}$' };

/** What `sbatch` takes for these: no blanks, and no option of its own. */
const slurmWord: JsonObject = { type: 'string', pattern: '^[A-Za-z0-9_.,&|()*\\[\\]:+-]{1,200}$' };
const place: JsonObject = {
  partition: { ...slurmWord, description: 'one, or several with commas between; absent: the default of the cluster' },
  account: { ...slurmWord, description: 'who is charged' },
  qos: { ...slurmWord, description: 'quality of service' },
  constraint: { ...slurmWord, description: 'what nodes must have, in the words of `sbatch --constraint`' },
};

/** JSON Schema of `compute` in `baton.yaml`. */
export const computeSchema: JsonObject = closed({
  local: {
    description: 'what of this host programs may have, all together',
    ...closed({
      cores: { ...count, description: 'absent: all' },
      memory: size('bytes, or `64G`; absent: all'),
      gpus: {
        type: ['integer', 'array'],
        minimum: 0,
        items: { type: ['integer', 'string'], pattern: '^[A-Za-z0-9:./_-]+$' },
        uniqueItems: true,
        default: 0,
        description: 'how many, numbered from 0; or their numbers or names, as `CUDA_VISIBLE_DEVICES` has them',
      },
      perBeamline: { ...count, description: 'programs of one beamline at the same time; absent: as many as fit' },
      waiting: {
        type: 'integer',
        minimum: 0,
        description:
          'programs that wait on this host for room, so that the most urgent is chosen; absent: as many as cores',
      },
    }),
  },
  bullmq: {
    description:
      'runs programs on all hosts that have a `baton worker`, by way of Redis; they run there unless a step says otherwise',
    ...closed({
      url: {
        type: 'string',
        pattern: '^rediss?://',
        description: '`redis://[user:password@]host[:port][/database]`, `rediss://` with TLS',
      },
      prefix: { ...label, default: 'baton', description: 'keeps sites apart that share one Redis' },
      waiting: {
        ...count,
        default: 3000,
        description:
          'programs handed over at the same time, between whose runs it goes in turn; the rest waits with the broker (ActiveMQ is slow with more, Baton’s own not with 10000)',
      },
      perBeamline: {
        ...count,
        description: 'programs of one beamline at the same time, over all hosts; absent: as many as fit',
      },
      labels: { type: 'array', items: label, description: 'what kind of host this is, for its `baton worker`' },
      rate: {
        description: 'so many programs begin in so many seconds at most, over all hosts',
        ...closed({ jobs: { ...count }, seconds: { type: 'number', exclusiveMinimum: 0 } }),
        required: ['jobs', 'seconds'],
      },
    }),
    required: ['url'],
  },
  slurm: {
    description:
      'runs programs on the nodes of a cluster, by way of Slurm; they run there unless a step says otherwise',
    ...closed({
      folder: {
        ...text,
        description: 'a folder that this host and all nodes share, under the same path; for the account of Baton alone',
      },
      scratch: { ...text, description: 'a folder on each node for the files of programs; absent: in `folder`' },
      node: { ...text, description: 'Node.js on the nodes; absent: where it is on this host' },
      bin: { ...text, description: 'where `sbatch` and the others are; absent: among the commands of the system' },
      conf: { ...text, description: '`slurm.conf`; absent: where Slurm looks by itself' },
      ...place,
      labels: {
        type: 'object',
        description: 'where programs go whose step asks for a kind of host (`resources.label`), by label',
        propertyNames: label,
        additionalProperties: closed(place),
      },
      reprocessing: {
        description: 'where programs go that are less urgent than live work, as far as that is another place',
        ...closed({
          ...place,
          nice: {
            type: 'integer',
            minimum: 0,
            maximum: 2_147_483_644,
            default: 1000,
            description: 'by so much their priority is lowered',
          },
        }),
      },
      requeue: {
        type: 'boolean',
        default: false,
        description: 'Slurm may run a program again by itself that lost its node, or its place',
      },
      poll: { type: 'number', minimum: 0.1, maximum: 60, default: 2, description: 'seconds between two looks' },
      waiting: {
        ...count,
        default: 1000,
        description: 'programs handed over at the same time; the rest waits with the broker',
      },
    }),
    required: ['folder'],
  },
});

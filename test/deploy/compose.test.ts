import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { problemsOf } from '../documents/command-lines.ts';
import { checkout, read } from '../documents/documents.ts';

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, null>>;
}

interface ComposeService {
  readonly build: { readonly context: string; readonly dockerfile: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly volumes: readonly string[];
  readonly ports: readonly string[];
}

const folder = 'deploy/compose';
const { services, volumes } = parse(read(`${folder}/compose.yaml`)) as ComposeFile;
const containerfiles = Object.values(services).map(({ build }) => build.dockerfile);

describe('deploy/compose/compose.yaml', () => {
  it('builds from files that are there, in the folder of the checkout', () => {
    for (const { build } of Object.values(services)) {
      expect(join(checkout, folder, build.context)).toBe(checkout);
      expect(existsSync(join(checkout, build.dockerfile))).toBe(true);
    }
  });

  it('names its volumes, and waits only for what tells that it is healthy', () => {
    const named = Object.values(services).flatMap((service) => service.volumes.filter((volume) => /^\w/.test(volume)));
    expect(named.map((volume) => volume.replace(/:.*/, '')).sort()).toEqual(Object.keys(volumes).sort());
    const awaited = Object.values(services).flatMap((service) => Object.keys(service.depends_on ?? {}));
    expect(awaited.filter((name) => !services[name]?.healthcheck)).toEqual([]);
  });

  it('lets nobody in from outside the host', () => {
    const open = Object.values(services).flatMap(({ ports }) => ports.filter((port) => !port.startsWith('127.0.0.1:')));
    expect(open).toEqual([]);
  });

  it('gives Baton a configuration that is valid, with the broker beside it', async () => {
    const surroundings = { shippedRecipes: '/recipes', workingFolder: checkout };
    const { broker, page } = await loadConfig(`${folder}/baton.yaml`, {}, surroundings);
    expect(Object.keys(services)).toContain(new URL(broker.url ?? '').hostname);
    expect(page.host).toBe('0.0.0.0');
  });
});

describe.each(containerfiles)('%s', (path) => {
  const lines = read(path).replaceAll('\\\n', ' ').split('\n');

  it('copies what is there', () => {
    const copied = lines
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.filter((file) => !existsSync(join(checkout, file)))).toEqual([]);
  });

  it('starts a command that is one', () => {
    const words = lines.filter((line) => /^(ENTRYPOINT|CMD) /.test(line)).flatMap((line) => commandIn(line));
    const [program, ...args] = words;
    expect(['baton', 'java']).toContain(program);
    expect(program === 'baton' ? problemsOf(args.join(' ')) : []).toEqual([]);
  });
});

function commandIn(line: string): readonly string[] {
  return JSON.parse(line.slice(line.indexOf('['))) as string[];
}

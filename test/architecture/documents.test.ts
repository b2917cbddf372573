import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorEntries, errorReference } from '../../scripts/error-reference.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('docs/errors.md', () => {
  it('is what `npm run docs` writes from the source', async () => {
    expect(read('docs/errors.md')).toBe(await errorReference());
  });

  it('tells of every error what it means and what to do', () => {
    const silent = errorEntries().filter(({ meaning, next }) => meaning === '' || next === '');
    expect(silent.map(({ code }) => code)).toEqual([]);
  });

  it('names each error once, after its folder', () => {
    const entries = errorEntries();
    expect(entries.length).toBe(new Set(entries.map(({ code }) => code)).size);
    const elsewhere = entries.filter(({ file, code }) => !code.startsWith(`${dirname(file).replace(/.*\//, '')}.`));
    expect(elsewhere.map(({ code }) => code)).toEqual([]);
  });
});

describe('docs/dependencies.md', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const namesUnder = (heading: string): string[] => {
    const section =
      read('docs/dependencies.md')
        .split(/^## /m)
        .find((text) => text.startsWith(heading)) ?? '';
    return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name ?? '').sort();
  };

  it('gives a reason for each package that runs', () => {
    expect(namesUnder('At run time')).toEqual(Object.keys(manifest['dependencies'] ?? {}).sort());
  });

  it('gives a reason for each package that builds and tests', () => {
    expect(namesUnder('For building and testing')).toEqual(Object.keys(manifest['devDependencies'] ?? {}).sort());
  });
});

describe('the packages', () => {
  interface Locked {
    readonly optionalDependencies?: Record<string, string>;
    readonly hasInstallScript?: boolean;
  }
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };

  it('are pinned to one version each', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      Record<string, string>
    >;
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, range]) => !/^\d/.test(range));
    expect(loose).toEqual([]);
  });

  it('run nothing when they are installed', () => {
    const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(scripted.map(([path]) => path)).toEqual([]);
  });

  // npm 11 refuses a clean installation when one is missing, npm 10 does not: only the first shows it.
  it('are in the lock file for all platforms', () => {
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)));
    expect(missing).toEqual([]);
  });
});

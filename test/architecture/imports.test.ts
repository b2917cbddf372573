import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { beforeAll, describe, expect, it } from 'vitest';
import { keptIn, parts, type PartName } from './arrows.ts';

const checkout = new URL('../..', import.meta.url).pathname;

const arrows: IForbiddenRuleType[] = Object.entries(parts).flatMap(([name, { files, mayImport }]) => {
  if (mayImport === 'all') return [];
  const allowed = [files, ...mayImport.map((part) => parts[part].files)];
  return [{ name, severity: 'error', from: { path: files }, to: { path: '^(src|web)/', pathNot: allowed } }];
});

const keeping: IForbiddenRuleType[] = Object.entries(keptIn).map(([name, places]) => ({
  name: `${name} is kept in ${places.join(', ')}`,
  severity: 'error',
  from: { path: '^(src|web)/', pathNot: places.map((place) => parts[place].files) },
  to: { path: [`^(node:)?${name.replace('node:', '')}$`, `^node_modules/(@types/)?${name}/`] },
}));

describe('the source tree', () => {
  let result: ICruiseResult;
  beforeAll(async () => {
    const forbidden: IForbiddenRuleType[] = [
      ...arrows,
      ...keeping,
      { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    ];
    const { output } = await cruise(['src', 'web/src'], {
      baseDir: checkout,
      validate: true,
      ruleSet: { forbidden },
      // An import of types is an arrow too.
      tsPreCompilationDeps: true,
      doNotFollow: 'node_modules',
    });
    result = output as ICruiseResult;
  });

  it('imports along the arrows only, and in no circle', () => {
    expect(result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  });

  it('has no file outside of its parts', () => {
    const sources = result.modules.map(({ source }) => source).filter((source) => /^(src|web)\//.test(source));
    const belongsTo = (source: string): PartName[] =>
      (Object.keys(parts) as PartName[]).filter((name) => new RegExp(parts[name].files).test(source));
    expect(sources.filter((source) => belongsTo(source).length !== 1)).toEqual([]);
  });
});

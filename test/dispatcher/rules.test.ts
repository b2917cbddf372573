import { describe, expect, it } from 'vitest';
import { chooseRecipes, parseRules } from '../../src/dispatcher/rules.ts';

const text = `
rules:
  # Grid scans are centred on.
  - name: centre
    description: find the crystal
    when:
      event: end
      experiment_type: [grid, Mesh3D]
      grid_steps: { minimum: 2 }
      "sample[kind]": { pattern: "^prot" }
    recipes: [gridscan, shared/archive]
    parameters: { title: "{visit}/{run}", threshold: 3, box: [1, "{run}"] }
    ready: { files: ["{folder}/{title}.nxs"], parameters: [visit] }

  - name: archive
    recipes: [shared/archive]
`;

const announcement = {
  event: 'end',
  experiment_type: 'grid',
  grid_steps: '19',
  sample: { kind: 'protein' },
  visit: 'mx1',
  run: 7,
  folder: '/data',
  threshold: '5',
};

describe('parseRules', () => {
  it('reads rules in order, with their lines', () => {
    const rules = parseRules(text, 'rules.yaml');
    expect(rules.map(({ name, line, recipes }) => [name, line, recipes])).toEqual([
      ['centre', 4, ['gridscan', 'shared/archive']],
      ['archive', 15, ['shared/archive']],
    ]);
    expect(rules[0]?.description).toBe('find the crystal');
  });

  it('reads a rule that runs nothing, for announcements that are to be let pass', () => {
    const rules = parseRules('rules:\n  - {name: ignored, when: {event: start}, recipes: []}', 'rules.yaml');
    expect(chooseRecipes(rules, { event: 'start' })).toMatchObject({
      fired: [{ rule: { name: 'ignored' } }],
      recipes: [],
    });
  });

  it('reads a file without rules', () => {
    expect(parseRules('rules: []', 'rules.yaml')).toEqual([]);
  });

  it('reads which parameters tell announcements apart', () => {
    const [rule] = parseRules('rules:\n  - {name: a, recipes: [], key: [dcid, "sample[id]"]}', 'rules.yaml');
    expect(rule?.key).toEqual([
      { name: 'dcid', field: ['dcid'] },
      { name: 'sample[id]', field: ['sample', 'id'] },
    ]);
  });

  it.each([
    [
      'a key that is no parameter',
      'rules:\n  - name: a\n    recipes: []\n    key: [dcid,\n      "{dcid}-[event"]',
      /line 5: "\{dcid\}-\[event" is no parameter, expected name or name\[key\]/,
    ],
    ['an empty key', 'rules:\n  - name: a\n    recipes: []\n    key: []', /line 4, rule 1, "key": /],
    [
      'YAML that is none',
      'rules:\n  - name: [',
      /^rules\.yaml cannot be used: line 2: .*; .*\.$|^rules\.yaml cannot be used: line 2: .*[^.]\.$/,
    ],
    ['an empty file', '', 'line 1: "rules" is missing'],
    ['a file that is a list', '- name: a', 'expected an object, got a list of 1'],
    ['a misspelt top', 'rule: []', 'line 1, "rule": unknown key (did you mean "rules"?)'],
    [
      'a misspelt key',
      'rules:\n  - name: a\n    recipes: [x]\n    wehn: {}',
      'line 4, rule 1, "wehn": unknown key (did you mean "when"?)',
    ],
    [
      'a key that is near none',
      'rules:\n  - name: a\n    recipes: [x]\n    colour: red',
      'line 4, rule 1, "colour": unknown key, expected name, description, when, recipes, key, parameters, ready',
    ],
    ['a rule without recipes', 'rules:\n  - name: a', 'line 2, rule 1: "recipes" is missing'],
    [
      'recipes that are text',
      'rules:\n  - name: a\n    recipes: x',
      'line 3, rule 1, "recipes": expected a list, got "x"',
    ],
    [
      'a recipe outside of the folder',
      'rules:\n  - name: a\n    recipes:\n      - x\n      - ../y',
      'line 5: "../y" is no name of a recipe in the recipe folder',
    ],
    [
      'two rules of one name',
      'rules:\n  - {name: a, recipes: [x]}\n  - {name: a, recipes: [y]}',
      'line 3: "a" is the name of another rule',
    ],
    [
      'a condition that is none',
      'rules:\n  - name: a\n    recipes: [x]\n    when:\n      b: 1\n      n: {minimun: 2}',
      'line 6: n: unknown keyword: "minimun" (did you mean "minimum"?)',
    ],
    [
      'a parameter that cannot be named',
      'rules:\n  - name: a\n    recipes: [x]\n    when:\n      a.b: 1',
      'line 5: "a.b" is no parameter, expected name or name[key]',
    ],
  ])('refuses %s, naming the line', (_, wrong, message) => {
    expect(() => parseRules(wrong, 'rules.yaml')).toThrow(expect.objectContaining({ code: 'dispatcher.bad-rules' }));
    expect(() => parseRules(wrong, 'rules.yaml')).toThrow(message);
  });

  it('names everything that is wrong at once', () => {
    const wrong =
      'rules:\n  - name: a\n    recipes: [/x]\n  - name: a\n    recipes: [y]\n    when: {b: {pattern: "("}}';
    expect(() => parseRules(wrong, 'rules.yaml')).toThrow(/line 3: .*; line 4: .*; line 6: /);
  });
});

describe('chooseRecipes', () => {
  const rules = parseRules(text, 'rules.yaml');

  it('fires every rule whose conditions are met, each recipe once', () => {
    const choice = chooseRecipes(rules, announcement);
    expect(choice.fired.map(({ rule }) => rule.name)).toEqual(['centre', 'archive']);
    expect(choice.recipes).toEqual(['gridscan', 'shared/archive']);
    expect(choice.silent).toEqual([]);
  });

  it("puts a rule's parameters beside the announcement's, which win, and fills in placeholders", () => {
    const [centre] = chooseRecipes(rules, announcement).fired;
    expect(centre?.parameters).toEqual({ ...announcement, title: 'mx1/7', threshold: '5', box: [1, '7'] });
    expect(centre?.ready).toEqual({ files: ['/data/mx1/7.nxs'], parameters: ['visit'] });
  });

  it('says why a rule does not fire', () => {
    const { fired, silent } = chooseRecipes(rules, { event: 'start', grid_steps: 1, experiment_type: 'grid' });
    expect(fired.map(({ rule }) => rule.name)).toEqual(['archive']);
    expect(silent[0]?.reasons).toEqual([
      'event is "start", expected "end"',
      'grid_steps is 1, expected {"minimum":2}',
      'sample[kind] is missing, expected {"pattern":"^prot"}',
    ]);
  });

  it('finds nothing in the prototype of an announcement', () => {
    const rule = parseRules('rules:\n  - {name: a, recipes: [x], when: {constructor: {}}}', 'rules.yaml');
    expect(chooseRecipes(rule, {}).silent[0]?.reasons).toEqual(['constructor is missing, expected {}']);
  });
});

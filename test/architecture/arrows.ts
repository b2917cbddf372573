/** A part of the source tree: its files (a regular expression over paths from the checkout) and which parts it may import. */
export interface Part {
  readonly files: string;
  readonly mayImport: readonly PartName[] | 'all';
}

export type PartName =
  | 'core'
  | 'recipes'
  | 'stomp codec'
  | 'stomp'
  | 'compute backend'
  | 'broker'
  | 'services'
  | 'detectors'
  | 'dispatcher'
  | 'dead letters'
  | 'ledger'
  | 'reprocess'
  | 'access'
  | 'monitor'
  | 'builtin services'
  | 'compute'
  | 'rehearsal'
  | 'config'
  | 'cli'
  | 'package'
  | 'page';

/** Which part may import which; a part may always import itself. Everything else is an error, and so is every cycle. */
export const parts: Readonly<Record<PartName, Part>> = {
  core: { files: '^src/core/', mayImport: [] },
  recipes: { files: '^src/recipes/', mayImport: ['core'] },
  'stomp codec': { files: '^src/stomp/(frame|decoder|gathering|encode|errors)[.]ts$', mayImport: ['core'] },
  stomp: { files: '^src/stomp/(?!(frame|decoder|gathering|encode|errors)[.]ts$)', mayImport: ['core', 'stomp codec'] },
  'compute backend': { files: '^src/compute/backend[.]ts$', mayImport: ['core'] },
  broker: { files: '^src/broker/', mayImport: ['core', 'stomp codec'] },
  services: {
    files: '^src/services/(?!builtin/)',
    mayImport: ['core', 'recipes', 'stomp', 'stomp codec', 'compute backend'],
  },
  detectors: { files: '^src/detectors/', mayImport: ['core'] },
  dispatcher: { files: '^src/dispatcher/', mayImport: ['core', 'recipes', 'stomp', 'stomp codec', 'services'] },
  'dead letters': { files: '^src/dead-letters/', mayImport: ['core', 'recipes', 'stomp', 'stomp codec', 'services'] },
  ledger: { files: '^src/ledger/', mayImport: ['core', 'recipes', 'stomp', 'stomp codec', 'services'] },
  reprocess: {
    files: '^src/reprocess/',
    mayImport: ['core', 'recipes', 'stomp', 'stomp codec', 'services', 'ledger'],
  },
  access: { files: '^src/access/', mayImport: ['core'] },
  monitor: {
    files: '^src/monitor/',
    mayImport: ['core', 'recipes', 'stomp', 'stomp codec', 'services', 'dead letters', 'ledger', 'reprocess', 'access'],
  },
  'builtin services': {
    files: '^src/services/builtin/',
    mayImport: ['services', 'recipes', 'detectors', 'compute backend', 'core'],
  },
  compute: { files: '^src/compute/(?!backend[.]ts$)', mayImport: ['core', 'compute backend'] },
  rehearsal: { files: '^src/rehearsal/', mayImport: ['core', 'detectors', 'stomp', 'stomp codec'] },
  config: { files: '^src/config/', mayImport: 'all' },
  cli: { files: '^src/cli/', mayImport: 'all' },
  package: { files: '^src/index[.]ts$', mayImport: ['core', 'services', 'recipes'] },
  page: { files: '^web/src/', mayImport: ['monitor'] },
};

/** What is kept at one place, so that it can be replaced there: an import from elsewhere is an error. */
export const keptIn: Readonly<Record<string, readonly PartName[]>> = {
  bullmq: ['compute'],
  ioredis: ['compute'],
  'node:sqlite': ['broker', 'services', 'dispatcher', 'ledger', 'reprocess', 'access'],
  commander: ['cli'],
  express: ['monitor'],
  h5wasm: ['detectors'],
  pino: ['core'],
  react: ['page'],
};

/** What authors of services import: `import { defineService, done, send } from 'baton-supervisor'`. */
export { isObject, type Json, type JsonObject } from './core/json.ts';
export type { Log } from './core/log.ts';
export {
  checkpoint,
  done,
  failed,
  later,
  publish,
  rejected,
  result,
  send,
  type Outcome,
  type Output,
} from './services/outcome.ts';
export {
  defineService,
  type Member,
  type Processor,
  type Retry,
  type Service,
  type ServiceOptions,
  type StepInput,
  type Surroundings,
  type Tools,
} from './services/service.ts';

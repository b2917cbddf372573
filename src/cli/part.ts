import { createLog } from '../core/log.ts';
import { attend } from '../services/attend.ts';
import { startPart, type Begin } from './parts.ts';

/** The process of one part, under a supervisor. */
attend(process, async (told, tools) => {
  const { part, config, version } = told as unknown as Begin;
  const log = createLog(config.log, part.kind === 'services' ? part.name : part.kind);
  return await startPart(part, config, { ...tools, version, log });
});

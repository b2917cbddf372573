import express, { type Express } from 'express';
import type { Store } from 'express-rate-limit';
import { nothingThere, onError } from './answers.ts';
import { isLoopback } from '../core/loopback.ts';
import {
  answersUnderWay,
  contentPolicy,
  noBodyInQuestions,
  onlyFromThePage,
  onlyLocalNames,
  requestLimit,
  type RequestLimit,
} from './guards.ts';
import { openApi } from './interface/openapi.ts';
import { operations } from './interface/operations.ts';
import { schemas } from './interface/schemas.ts';
import { onlyAsDescribed } from './question.ts';
import { announceRoutes } from './routes/announce.ts';
import { announcementRoutes } from './routes/announcements.ts';
import { auditRoutes } from './routes/audit.ts';
import { backfillRoutes } from './routes/backfills.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { cancelRoutes } from './routes/cancel.ts';
import { controlRoutes, pauseRoutes } from './routes/control.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { eventRoutes } from './routes/events.ts';
import { failedRoutes } from './routes/failed.ts';
import { fileRoutes } from './routes/files.ts';
import { handoverRoutes } from './routes/handover.ts';
import { healthRoutes } from './routes/health.ts';
import { jobRoutes } from './routes/jobs.ts';
import { logRoutes } from './routes/logs.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { openApiRoutes } from './routes/openapi.ts';
import { pageRoutes } from './routes/page.ts';
import { queueRoutes } from './routes/queues.ts';
import { recipeRoutes } from './routes/recipes.ts';
import { rerunRoutes } from './routes/reruns.ts';
import { resultRoutes } from './routes/results.ts';
import { runRoutes } from './routes/runs.ts';
import { schemaRoutes } from './routes/schemas.ts';
import { serviceRoutes } from './routes/services.ts';
import { sessionRoutes } from './routes/session.ts';
import type { Site } from './site.ts';

export interface AppOptions {
  /** The address that the page listens on. */
  readonly host: string;
  /** Whether a proxy stands before it, and tells who asks. */
  readonly hasProxy: boolean;
  /** The folder of the built page. */
  readonly webRoot: string;
  readonly limit: RequestLimit;
  /** Who asked how often. */
  readonly requests: Store;
}

/**
 * Everything that is answered over HTTP. Strangers get health, the page's own files, and what they log in with; what stands
 * behind the line in the middle needs at least a viewer, whatever is added to it.
 */
export function createApp(site: Site, { host, hasProxy, webRoot, limit, requests }: AppOptions): Express {
  const { doorkeeper } = site;
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', doorkeeper.isProxy);
  app.use(contentPolicy());
  // A proxy may hand on the name that the browser asked for.
  if (isLoopback(host) && !hasProxy) app.use(onlyLocalNames);
  app.use(['/api', '/metrics'], requestLimit(limit, requests), answersUnderWay(limit));
  app.use(noBodyInQuestions, onlyFromThePage);
  const asDescribed = onlyAsDescribed(operations);
  app.use('/api/health', asDescribed, healthRoutes(site));
  app.use('/api/session', asDescribed, sessionRoutes(site));
  app.use('/metrics', doorkeeper.needs('metrics'), asDescribed, metricsRoutes(site));

  app.use('/api', doorkeeper.needs('viewer'), asDescribed);
  app.use('/api/openapi.json', openApiRoutes(openApi({ operations, schemas, version: site.version })));
  app.use('/api/services', serviceRoutes(site), controlRoutes(site));
  app.use('/api/pauses', pauseRoutes(site));
  app.use('/api/handover', handoverRoutes(site));
  app.use('/api/queues', queueRoutes(site));
  app.use('/api/jobs', jobRoutes(site));
  app.use(
    '/api/runs',
    runRoutes(site),
    resultRoutes(site),
    fileRoutes(site),
    cancelRoutes(site),
    deliveryRoutes(site),
    logRoutes(site),
  );
  app.use('/api/runs', rerunRoutes(site));
  app.use('/api/bulk', bulkRoutes(site));
  if (site.recipes) app.use('/api/recipes', recipeRoutes(site, site.recipes));
  app.use('/api/failed', failedRoutes(site));
  app.use('/api/announcements', announcementRoutes(site), announceRoutes(site));
  app.use('/api/backfills', backfillRoutes(site));
  app.use('/api/schemas', schemaRoutes(site));
  app.use('/api/events', eventRoutes(site));
  app.use('/api/audit', auditRoutes(site));
  app.use(pageRoutes(webRoot));
  app.use(nothingThere);
  app.use(onError(site.log));
  return app;
}

import express, { type Express } from 'express';
import type { Store } from 'express-rate-limit';
import { nothingThere, onError } from './answers.ts';
import { contentPolicy, isLoopback, onlyLocalNames, onlyQuestions, type RequestLimit, requestLimit } from './guards.ts';
import { announcementRoutes } from './routes/announcements.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { pageRoutes } from './routes/page.ts';
import { queueRoutes } from './routes/queues.ts';
import { runRoutes } from './routes/runs.ts';
import { schemaRoutes } from './routes/schemas.ts';
import { serviceRoutes } from './routes/services.ts';
import type { Site } from './site.ts';

export interface AppOptions {
  /** The address that the page listens on. */
  readonly host: string;
  /** The folder of the built page. */
  readonly webRoot: string;
  readonly limit: RequestLimit;
  /** Who asked how often. */
  readonly requests: Store;
}

/** Everything that is answered over HTTP. */
export function createApp(site: Site, { host, webRoot, limit, requests }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(contentPolicy());
  if (isLoopback(host)) app.use(onlyLocalNames);
  app.use(onlyQuestions);
  app.use(['/api', '/metrics'], requestLimit(limit, requests));
  app.use('/api/health', healthRoutes(site));
  app.use('/api/services', serviceRoutes(site));
  app.use('/api/queues', queueRoutes(site));
  app.use('/api/runs', runRoutes(site));
  app.use('/api/announcements', announcementRoutes(site));
  app.use('/api/schemas', schemaRoutes(site));
  app.use('/api/events', eventRoutes(site));
  app.use('/metrics', metricsRoutes(site));
  app.use(pageRoutes(webRoot));
  app.use(nothingThere);
  app.use(onError(site.log));
  return app;
}

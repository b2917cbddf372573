import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router } from 'express';
import { notBuilt } from '../errors.ts';

const year = '365 days';

/** The status page: the files that Vite built, and for the page's own addresses (`/runs/ID`) the page. */
export function pageRoutes(webRoot: string): Router {
  const router = Router();
  const index = join(webRoot, 'index.html');
  // The names of these files change with their contents.
  router.use('/assets', express.static(join(webRoot, 'assets'), { immutable: true, maxAge: year, fallthrough: true }));
  router.use(
    express.static(webRoot, {
      index: 'index.html',
      setHeaders: (response) => response.setHeader('cache-control', 'no-cache'),
    }),
  );
  router.get('/{*place}', ({ path }, response, next) => {
    if (/^\/(api|assets|metrics)(\/|$)/.test(path)) return next();
    if (!existsSync(index)) {
      const { message, next: advice } = notBuilt({ folder: webRoot });
      return void response.status(503).type('text/plain').send(`${message}.\n${advice}\n`);
    }
    response.setHeader('cache-control', 'no-cache');
    response.sendFile(index);
  });
  return router;
}

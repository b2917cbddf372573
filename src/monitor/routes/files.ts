import { basename } from 'node:path';
import { Router, type NextFunction, type Response } from 'express';
import type { FileEntry, Page } from '../api.ts';
import { atPlace, cursorAt, type PageQuestion } from '../cursor.ts';
import { badRange, fileNotGiven, noSuchFile } from '../errors.ts';
import { filesOf, type NamedFile } from '../files/named-files.ts';
import { isPermitted, openPermitted } from '../files/permitted-file.ts';
import { questionOf } from '../question.ts';
import type { Site } from '../site.ts';
import { unknownRun } from '../unknown-run.ts';

/**
 * `GET /api/runs/RUN/files`: the files that its results name. `…/N`: one of them, where the site gives out what lies
 * there. No path is ever asked for: there is none that could lead elsewhere.
 */
export function fileRoutes({ ledger: { queries }, files: roots }: Site): Router {
  const router = Router();
  const filesIn = (run: string): readonly NamedFile[] => {
    const results = queries.firstResults(run);
    if (!results) throw unknownRun(queries, run);
    return filesOf(results);
  };
  router.get('/:run/files', ({ params: { run } }, response) => {
    const { cursor = '0', limit } = atPlace('files', questionOf<PageQuestion>(response));
    const [files, from] = [filesIn(run), Number(cursor)];
    const items = files.slice(from, from + limit).map(({ path, step }, index) => ({
      ...{ n: from + index + 1, name: basename(path), path, step },
      isGiven: isPermitted(path, roots),
    }));
    const next = files.length > from + limit ? { next: cursorAt('files', String(from + limit)) } : {};
    response.json({ items, ...next } satisfies Page<FileEntry>);
  });
  router.get('/:run/files/:n', async ({ params: { run, n } }, response, next) => {
    const file = /^[1-9]\d{0,8}$/.test(n) ? filesIn(run)[Number(n) - 1] : undefined;
    if (!file) throw noSuchFile({ run: run.slice(0, 200), n: n.slice(0, 20) });
    if (!isPermitted(file.path, roots)) throw fileNotGiven({ n });
    const handle = await openPermitted(file.path, roots);
    if (!handle) throw noSuchFile({ run: run.slice(0, 200), n });
    // Nothing of it is ever shown or run by a browser.
    response.attachment(basename(file.path)).type('application/octet-stream');
    response.set({ 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox" });
    send(`/proc/self/fd/${String(handle.fd)}`, response, () => handle.close(), next);
  });
  return router;
}

/** Sends what is open: whole, in part, or not at all where the asker has it. */
function send(path: string, response: Response, close: () => Promise<void>, next: NextFunction): void {
  response.sendFile(path, { cacheControl: false }, (error: unknown) => {
    void close();
    // Who left in the middle gets no other answer.
    if (error === undefined || error === null || response.headersSent || response.destroyed) return;
    response.removeHeader('content-disposition');
    const isRange = error instanceof Error && 'status' in error && error.status === 416;
    next(isRange ? badRange({ range: (response.req.get('range') ?? '').slice(0, 200) }) : error);
  });
}

import { plural } from '../../core/plural.ts';
import { pipeline } from 'node:stream/promises';
import { Router, type Request, type Response } from 'express';
import type { Clock } from '../../core/clock.ts';
import type { GroupFilter, FailureFilter, KnownGroup } from '../../ledger/failures/failure-queries.ts';
import type { LetterActionKind } from '../../ledger/failures/failure-views.ts';
import type { Addressed, BegunAction, FailedPage, FailureGroupView, FailureLetter, LetterPreview } from '../api.ts';
import { bodyReader } from '../body.ts';
import { atPlace, withCursor } from '../cursor.ts';
import { deedOf } from '../deed.ts';
import { noLetter, noSuchFailure, noSuchGroup, nothingLeft, notUnderWay, underWay } from '../failed/errors.ts';
import { jsonBody } from '../guards.ts';
import { bodies } from '../interface/bodies.ts';
import { questionOf } from '../question.ts';
import type { Site } from '../site.ts';

interface Why {
  readonly reason: string;
}

const readReason = bodyReader<Why>(bodies.cancel);
const readCounted = bodyReader<Why & { readonly count: number }>(bodies.purgeLetters);
const readRelease = bodyReader<Why & { readonly count: number; readonly rate: number }>(bodies.releaseLetters);
const readAddress = bodyReader<Why & { readonly upTo: number }>(bodies.addressFailures);

/** ms after which a canary that has not gone is looked at on the page. */
const patience = 5_000;

/** Groups have their numbers beside: `12-345`. */
const groupPlace = /^\d{1,15}-\d{1,15}$/;

/** `/api/failed`: what failed and nobody has addressed; for operators, what to do about it. */
export function failedRoutes(site: Site): Router {
  const router = Router();
  addQuestions(router, site);
  addAddressing(router, site);
  addActions(router, site);
  return router;
}

function addQuestions(router: Router, site: Site): void {
  const { failures } = site.ledger;
  router.get('/', (_request, response) => {
    const page = failures.queries.groups(atPlace('failed', questionOf<GroupFilter>(response), groupPlace));
    response.json({ ...withCursor('failed', page), counts: site.failed.counts } satisfies FailedPage);
  });
  router.get('/:group', ({ params }, response) => {
    const list = `failures of ${params.group}`;
    const question = atPlace(list, questionOf<FailureFilter>(response));
    const { seq, view } = groupOf(site, params.group);
    const answer: FailureGroupView = {
      group: view,
      failures: withCursor(list, failures.queries.failures(seq, question)),
      addressings: failures.queries.addressings(seq),
      actions: failures.queries.actions(seq),
    };
    response.json(answer);
  });
  router.get('/:group/preview', ({ params }, response) => {
    response.json(site.failed.letters.preview(groupOf(site, params.group)) satisfies LetterPreview);
  });
  router.get('/:group/letters/:n', async ({ params }, response) => {
    const { view, letter } = failureOf(site, params);
    const found =
      view.queue !== undefined && letter !== undefined ? await site.failed.letters.find(view.queue, letter) : undefined;
    if (!found) throw noLetter({ n: params.n });
    response.json({ failure: view, letter: found } satisfies FailureLetter);
  });
  router.get('/:group/export', site.doorkeeper.needs('operator'), async (request, response) => {
    const group = groupOf(site, String(request.params['group']));
    if (site.failed.desk.running(group.seq) !== undefined) throw underWay({});
    const deed = deedOf(request, response, { action: 'export dead letters', subject: group.view.id });
    const archive = await site.access.audit.of(
      deed,
      () => site.failed.letters.archive(group),
      ({ letters }) => plural(letters, 'letter'),
    );
    response.set('content-type', 'application/gzip');
    response.set('content-disposition', `attachment; filename="dead-letters-${group.view.id}.tar.gz"`);
    response.set('baton-letters', String(archive.letters));
    // Who asked may leave in the middle.
    await pipeline(archive.stream, response).catch(() => response.destroy());
  });
}

function addAddressing(router: Router, site: Site): void {
  const { access, doorkeeper, ledger } = site;
  const address = async (
    request: Request,
    response: Response,
    { seq, view }: KnownGroup,
    mark: { readonly reason: string; readonly upTo: number; readonly only?: number },
  ): Promise<void> => {
    const subject = mark.only === undefined ? view.id : `${view.id} ${String(mark.only)}`;
    const deed = deedOf(request, response, { action: 'address failures', subject, reason: mark.reason });
    const count = await access.audit.of(
      deed,
      async () => {
        const marked = await ledger.failures.address(seq, { ...mark, user: deed.who });
        if (marked === 0) throw nothingLeft({ what: 'to be addressed' });
        return marked;
      },
      (marked) => `${String(marked)} addressed`,
    );
    response.json({ count } satisfies Addressed);
  };
  router.post<{ group: string }>(
    '/:group/address',
    doorkeeper.needs('operator'),
    ...jsonBody(),
    async (request, response) => {
      const mark = readAddress(request.body);
      await address(request, response, groupOf(site, request.params.group), mark);
    },
  );
  router.post<{ group: string; n: string }>(
    '/:group/letters/:n/address',
    doorkeeper.needs('operator'),
    ...jsonBody(),
    async (request, response) => {
      const { reason } = readReason(request.body);
      const { n } = failureOf(site, request.params).view;
      await address(request, response, groupOf(site, request.params.group), { reason, upTo: n, only: n });
    },
  );
  router.post<{ group: string; n: string }>(
    '/:group/addressings/:n/undo',
    doorkeeper.needs('operator'),
    ...jsonBody(),
    async (request, response) => {
      const { reason } = readReason(request.body);
      const { seq, view } = groupOf(site, request.params.group);
      const deed = deedOf(request, response, { action: 'undo addressing', subject: view.id, reason });
      const count = await access.audit.of(
        deed,
        async () => {
          const undone = await ledger.failures.undo(seq, Number(request.params.n), deed.who);
          if (undone === undefined) throw nothingLeft({ what: 'to be taken back' });
          return undone;
        },
        (undone) => `${String(undone)} open again`,
      );
      response.json({ count } satisfies Addressed);
    },
  );
}

function addActions(router: Router, site: Site): void {
  const { access, doorkeeper, failed } = site;
  const begin = async (
    request: Request<{ group: string }>,
    response: Response,
    kind: LetterActionKind,
    order: { readonly reason: string; readonly count: number; readonly rate?: number },
  ): Promise<void> => {
    const group = groupOf(site, request.params.group);
    const deed = deedOf(request, response, {
      action: `${kind} dead letters`,
      subject: group.view.id,
      reason: order.reason,
    });
    const begun = await access.audit.of(
      deed,
      async () => {
        if (failed.desk.running(group.seq) !== undefined) throw underWay({});
        if (group.view.letters === 0) throw nothingLeft({ what: 'of this group in the broker' });
        const { action, ended } = failed.desk.begin({ ...order, kind, group, user: deed.who });
        // What takes long is looked at on the page.
        if (kind === 'canary') await within(site.clock, ended);
        return { action };
      },
      ({ action }) => `action ${String(action)}, at most ${String(order.count)} letter${order.count === 1 ? '' : 's'}`,
    );
    response.json(begun satisfies BegunAction);
  };
  const operator = [doorkeeper.needs('operator'), ...jsonBody()];
  router.post<{ group: string }>('/:group/canary', ...operator, async (request, response) => {
    await begin(request, response, 'canary', { ...readReason(request.body), count: 1 });
  });
  router.post<{ group: string }>('/:group/release', ...operator, async (request, response) => {
    await begin(request, response, 'release', readRelease(request.body));
  });
  router.post<{ group: string }>('/:group/purge', ...operator, async (request, response) => {
    await begin(request, response, 'purge', readCounted(request.body));
  });
  router.post<{ group: string; n: string }>('/:group/actions/:n/stop', ...operator, async (request, response) => {
    const { reason } = readReason(request.body);
    const { seq, view } = groupOf(site, request.params.group);
    const subject = `${view.id} ${request.params.n}`;
    const deed = deedOf(request, response, { action: 'interrupt dead letters', subject, reason });
    const stop = async (): Promise<BegunAction> => {
      const action = Number(request.params.n);
      if (!(await failed.desk.interrupt(seq, action))) throw notUnderWay({ n: request.params.n });
      return { action };
    };
    response.json(await access.audit.of(deed, stop, () => 'interrupted'));
  });
}

/** Waits for the end, and not for long: others may be working in the same queue. */
async function within(clock: Clock, ended: Promise<void>): Promise<void> {
  const over = new AbortController();
  const late = clock.sleep(patience, over.signal).catch(() => undefined);
  await Promise.race([ended, late]).finally(() => over.abort());
}

function groupOf(site: Site, id: string | undefined): KnownGroup {
  const group = site.ledger.failures.queries.group(id ?? '');
  if (!group) throw noSuchGroup({ group: id ?? '' });
  return group;
}

function failureOf(
  site: Site,
  { group, n }: { readonly group: string; readonly n: string },
): NonNullable<ReturnType<Site['ledger']['failures']['queries']['failure']>> {
  const found = /^\d{1,15}$/.test(n)
    ? site.ledger.failures.queries.failure(groupOf(site, group).seq, Number(n))
    : undefined;
  if (!found) throw noSuchFailure({ n });
  return found;
}

import { Router } from 'express';
import { suffices } from '../../access/roles.ts';
import type { HandoverView, RemarkView } from '../api.ts';
import { bodyReader } from '../body.ts';
import { deedOf } from '../deed.ts';
import { identityOf } from '../doorkeeper.ts';
import { badQuery } from '../errors.ts';
import { jsonBody } from '../guards.ts';
import { bodies } from '../interface/bodies.ts';
import { questionOf } from '../question.ts';
import { handoverOf } from '../shift/handover.ts';
import type { Shift } from '../shift/shifts.ts';
import type { Site } from '../site.ts';

const readBody = bodyReader<{ readonly text: string }>(bodies.remark);

/** A month and a day: beyond that it is no shift, and long to count. */
const longest = 32 * 24 * 3600 * 1000;

/** `GET /api/handover`: what a shift hands over; `POST /api/handover/remarks`: what it says beside. */
export function handoverRoutes(site: Site): Router {
  const { access, clock, doorkeeper, ledger } = site;
  const router = Router();
  router.get('/', (_request, response) => {
    const { from, to } = questionOf<Partial<Shift>>(response);
    if (from !== undefined && to !== undefined && !(from < to && to - from <= longest))
      throw badQuery({ reason: '`to` has to be after `from`, and at most 32 days' });
    if (to !== undefined && from === undefined) throw badQuery({ reason: '`to` needs a `from`' });
    const isOperator = suffices(identityOf(response).role, 'operator');
    const asked = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    response.json(handoverOf(site, asked, isOperator) satisfies HandoverView);
  });
  router.post('/remarks', doorkeeper.needs('operator'), ...jsonBody(), async (request, response) => {
    const { text } = readBody(request.body);
    const deed = deedOf(request, response, { action: 'remark', subject: 'hand-over' });
    const remark = await access.audit.of(
      deed,
      async () =>
        await Promise.resolve(ledger.shifts.remarks.add({ time: clock.now(), who: deed.who, text: text.trim() })),
      () => 'kept',
    );
    response.json(remark satisfies RemarkView);
  });
  return router;
}

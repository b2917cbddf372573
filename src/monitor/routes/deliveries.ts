import { Router } from 'express';
import type { DeliveryFilter } from '../../ledger/delivery-page.ts';
import type { DeliveryView, Page, Waterfall } from '../api.ts';
import { atPlace, withCursor } from '../cursor.ts';
import { questionOf } from '../question.ts';
import type { Site } from '../site.ts';
import { unknownRun } from '../unknown-run.ts';

/** `GET /api/runs/RUN/deliveries`: what happened to its messages. `…/waterfall`: where its time went. */
export function deliveryRoutes({ ledger: { queries } }: Site): Router {
  const router = Router();
  router.get('/:run/deliveries', ({ params: { run } }, response) => {
    const page = queries.deliveries(run, atPlace('deliveries', questionOf<DeliveryFilter>(response)));
    if (!page) throw unknownRun(queries, run);
    response.json(withCursor('deliveries', page) satisfies Page<DeliveryView>);
  });
  router.get('/:run/waterfall', ({ params: { run } }, response) => {
    const { step } = questionOf<{ readonly step?: number }>(response);
    const waterfall = queries.waterfall(run, step);
    if (!waterfall) throw unknownRun(queries, run);
    response.json(waterfall satisfies Waterfall);
  });
  return router;
}

import { Router } from 'express';
import type { OrderPreview, OrderView, Page, PauseView, ServiceOrder } from '../api.ts';
import { bodyReader } from '../body.ts';
import { give, outcomeOf, targetsNow } from '../control/give.ts';
import { wordsOf, type Meant } from '../control/orders.ts';
import { pageOf, type PageQuestion } from '../cursor.ts';
import { deedOf } from '../deed.ts';
import { jsonBody } from '../guards.ts';
import { bodies } from '../interface/bodies.ts';
import { questionOf } from '../question.ts';
import type { Site } from '../site.ts';

const readBody = bodyReader<Meant & { readonly reason: string }>(bodies.serviceOrder);

/** `POST /api/services/pause`, `resume`, `drain` and `shutdown`, and what each would do; for operators, who say why. */
export function controlRoutes(site: Site): Router {
  const { access, doorkeeper } = site;
  const router = Router();
  router.get('/orders', doorkeeper.needs('operator'), (_request, response) => {
    const { order, service, host } = questionOf<Meant & { readonly order: ServiceOrder }>(response);
    const meant = { service, host };
    const preview = { order, who: wordsOf(meant), targets: targetsNow(site, order, meant) };
    response.json(preview satisfies OrderPreview);
  });
  const orders = (order: ServiceOrder): void => {
    router.post(`/${order}`, doorkeeper.needs('operator'), ...jsonBody(), async (request, response) => {
      const { service, host, reason } = readBody(request.body);
      const deed = deedOf(request, response, { action: order, subject: wordsOf({ service, host }), reason });
      const work = async (): Promise<OrderView> => await give(site, { order, service, host, who: deed.who, reason });
      response.json(await access.audit.of(deed, work, outcomeOf));
    });
  };
  for (const order of ['pause', 'resume', 'drain', 'shutdown'] as const) orders(order);
  return router;
}

/** `GET /api/pauses`: what is paused, by whom and why. */
export function pauseRoutes({ ledger }: Site): Router {
  return Router().get('/', (_request, response) => {
    const question = questionOf<PageQuestion>(response);
    const keyOf = ({ service, host }: PauseView): string => JSON.stringify([service, host]);
    const sorted = ledger.shifts.pauses.all.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    response.json(pageOf('pauses', sorted, keyOf, question) satisfies Page<PauseView>);
  });
}

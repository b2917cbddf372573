import type { Request, Response } from 'express';
import type { Deed } from '../access/audit.ts';
import { identityOf } from './doorkeeper.ts';
import { plainAddress } from './networks.ts';

/** What is done with this request, for the audit; behind a route that `needs` a role. */
export function deedOf(request: Request, response: Response, what: Pick<Deed, 'action' | 'subject' | 'reason'>): Deed {
  const { name, role, way } = identityOf(response);
  return { who: name, role, way, address: plainAddress(request.ip ?? ''), ...what };
}

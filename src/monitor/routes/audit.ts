import { Router } from 'express';
import type { AuditFilter } from '../../access/audit.ts';
import type { AuditPage } from '../api.ts';
import { atPlace, withCursor } from '../cursor.ts';
import { questionOf } from '../question.ts';
import type { Site } from '../site.ts';

/** `GET /api/audit`: who did what when, and why, the latest first; for operators. */
export function auditRoutes({ access, doorkeeper }: Site): Router {
  return Router().get('/', doorkeeper.needs('operator'), (_request, response) => {
    const page = access.audit.page(atPlace('audit', questionOf<AuditFilter>(response)));
    response.json(withCursor('audit', page) satisfies AuditPage);
  });
}

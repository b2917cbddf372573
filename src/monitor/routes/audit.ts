import { Router } from 'express';
import type { AuditFilter } from '../../access/audit.ts';
import type { AuditPage } from '../api.ts';
import { queryReader } from '../query.ts';
import type { Site } from '../site.ts';

const words = { type: 'string', maxLength: 200 };

const readQuery = queryReader<AuditFilter>({
  who: words,
  action: words,
  subject: words,
  cursor: { type: 'string', pattern: '^[0-9]{1,15}$' },
  limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
});

/** `GET /api/audit`: who did what when, and why, the latest first; for operators. */
export function auditRoutes({ access, doorkeeper }: Site): Router {
  return Router().get('/', doorkeeper.needs('operator'), (request, response) => {
    response.json(access.audit.page(readQuery(request.query)) satisfies AuditPage);
  });
}

import type { AuditEntry } from '../../../src/monitor/api.ts';

const orders = new Set(['pause', 'resume', 'drain', 'shutdown']);

/** Where the page shows what something was done to; undefined where it does not. */
export function placeOf({ action, subject }: Pick<AuditEntry, 'action' | 'subject'>): string | undefined {
  const id = encodeURIComponent(subject.split(' ')[0] ?? '');
  if (orders.has(action)) return '/#services';
  if (action === 'remark') return '/handover';
  if (action === 'reprocess') return '/reprocess';
  if (/^(cancel|rerun|announce)$/.test(action)) return `/runs/${encodeURIComponent(subject)}`;
  if (/ recipe$/.test(action)) return `/recipes/${encodeURIComponent(subject)}`;
  if (/ back-fill$/.test(action)) return `/reprocess/${id}`;
  if (/ (dead letters|failures|addressing)$/.test(action)) return `/failed/${id}`;
  return undefined;
}

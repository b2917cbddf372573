import { defineError } from '../core/errors.ts';

/** Another program listens where the page should. */
export const portTaken = defineError(
  'monitor.port-taken',
  (at: { readonly host: string; readonly port: number }) =>
    `The status page cannot listen on ${at.host} port ${String(at.port)}: another program does`,
  'Stop the other program, or give the page another port with --http PORT.',
);

/** The host does not let the page listen there. */
export const addressRefused = defineError(
  'monitor.address-refused',
  (at: { readonly host: string; readonly port: number; readonly reason: string }) =>
    `The status page cannot listen on ${at.host} port ${String(at.port)}: ${at.reason}`,
  'Use an address that this host has, and a port that this user may take (1024 or above).',
);

/** There is nothing under that path. */
export const noSuchPath = defineError(
  'monitor.no-such-path',
  (at: { readonly path: string }) => `There is nothing at ${at.path}`,
  'The paths are /api/health, services, queues, runs, runs/ID, announcements and events, /metrics, and the page itself at /.',
);

/** The ledger has not heard of the run. */
export const noSuchRun = defineError(
  'monitor.no-such-run',
  (at: { readonly run: string }) => `No run has the id ${JSON.stringify(at.run)}`,
  'Look for it in /api/runs; a run is known once its announcement was accepted.',
);

/** A parameter after the question mark is wrong. */
export const badQuery = defineError(
  'monitor.bad-query',
  (at: { readonly reason: string }) => `The question cannot be read: ${at.reason}`,
  'Correct the part of the address after the question mark.',
);

/** The request is no good in itself. */
export const badRequest = defineError(
  'monitor.bad-request',
  (at: { readonly reason: string }) => `The request cannot be read: ${at.reason}`,
  'Correct the address, or the program that sent it.',
);

/** The interface only answers questions. */
export const badMethod = defineError(
  'monitor.bad-method',
  (at: { readonly method: string }) => `${at.method} is not answered here, only GET and HEAD are`,
  'Ask with GET. Announcements are made over STOMP, or with `baton announce`.',
);

/** A question came with a body. */
export const bodyTooLarge = defineError(
  'monitor.body-too-large',
  (at: { readonly bytes: number }) => `A question takes no body, and this one had ${String(at.bytes)} bytes`,
  'Send the request without a body.',
);

/** One address asks too often. */
export const tooMany = defineError(
  'monitor.too-many',
  (at: { readonly what: string; readonly limit: number }) => `Too many ${at.what}: at most ${String(at.limit)}`,
  'Ask less often; /api/events tells of changes as they happen.',
);

/** The page is on loopback, and the request was made for another name: a page of another site may be behind it. */
export const foreignHost = defineError(
  'monitor.foreign-host',
  (at: { readonly host: string }) => `This page is not ${JSON.stringify(at.host)}: it answers to localhost only`,
  'Open it as http://localhost with its port, or let it listen on an address of this host.',
);

/** The page's files are not there. */
export const notBuilt = defineError(
  'monitor.page-not-built',
  (at: { readonly folder: string }) => `The status page has not been built: there is no index.html in ${at.folder}`,
  '`npm start` builds it; by hand it is `npx vite build web`. The interface under /api works without it.',
);

/** A defect in the monitor; its log has the details. */
export const internal = defineError(
  'monitor.internal',
  () => 'The monitor failed to answer, by a fault of its own',
  'Look into the log of the monitor, and report what it says.',
);

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

/** Key or certificate of the page cannot be used. */
export const badCertificate = defineError(
  'monitor.bad-certificate',
  (at: { readonly reason: string }) => `The key and the certificate of the status page cannot be used: ${at.reason}`,
  'Correct the files that page.tls names: PEM, the key without a passphrase, and the certificate made for it.',
);

/** There is nothing under that path. */
export const noSuchPath = defineError(
  'monitor.no-such-path',
  (at: { readonly path: string }) => `There is nothing at ${at.path}`,
  '/api/openapi.json lists all paths; /metrics has figures, and the page itself is at /.',
);

/** The ledger has not heard of the run, or has removed it (then, in milliseconds since 1970). */
export const noSuchRun = defineError(
  'monitor.no-such-run',
  (at: { readonly run: string; readonly removed?: number | undefined }) =>
    at.removed === undefined
      ? `No run has the id ${JSON.stringify(at.run)}`
      : `The run ${JSON.stringify(at.run)} was removed on ${new Date(at.removed).toISOString().slice(0, 10)}: it had ended long before`,
  'Look for it in /api/runs; a run is known once its announcement was accepted, and for as long as ledger.keep in baton.yaml says.',
);

/** The run has no result of that number. */
export const noSuchResult = defineError(
  'monitor.no-such-result',
  (at: { readonly run: string; readonly n: string }) =>
    `There is no result ${JSON.stringify(at.n)} of a run ${JSON.stringify(at.run)}`,
  '/api/runs/ID/results lists those that there are, numbered from 1.',
);

/** The run has no file of that number, or it is no more. */
export const noSuchFile = defineError(
  'monitor.no-such-file',
  (at: { readonly run: string; readonly n: string }) =>
    `There is no file ${JSON.stringify(at.n)} of a run ${JSON.stringify(at.run)} to be had`,
  '/api/runs/ID/files lists those that its results name; one may have been moved or removed since.',
);

/** The file lies where the site gives out none. */
export const fileNotGiven = defineError(
  'monitor.file-not-given',
  (at: { readonly n: string }) => `File ${at.n} lies in no folder from which files are given out`,
  'Get it where it lies; an administrator names folders under page.files in baton.yaml.',
);

/** The part of the file that was asked for is not there. */
export const badRange = defineError(
  'monitor.bad-range',
  (at: { readonly range: string }) => `The file has nothing at ${JSON.stringify(at.range)}`,
  'Ask without the header range, or for a part of it: a HEAD tells its length.',
);

/** The JSONPath cannot be read. */
export const badPath = defineError(
  'monitor.bad-path',
  (at: { readonly path: string; readonly reason: string }) =>
    `${JSON.stringify(at.path.slice(0, 200))} is no JSONPath: ${at.reason.slice(0, 300)}`,
  'Write it as RFC 9535 has it, such as $.scan[0].spots, and encode it for the address (curl --get --data-urlencode).',
);

/** The JSONPath leads to too much, or takes too long. */
export const costlyPath = defineError(
  'monitor.costly-path',
  (at: {
    readonly path: string;
    readonly seconds: number;
    readonly matchesAtMost: number;
    readonly bytesAtMost: number;
  }) =>
    `${JSON.stringify(at.path.slice(0, 200))} takes longer than ${String(at.seconds)} s, or leads to more than ${String(at.matchesAtMost)} values or ${String(at.bytesAtMost)} bytes`,
  'Ask for less with it, or for the whole result without a path.',
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

/** Nothing of the kind is done there. */
export const badMethod = defineError(
  'monitor.bad-method',
  (at: { readonly method: string; readonly path: string; readonly allowed: string }) =>
    `${at.method} is not answered at ${at.path}, but ${at.allowed}`,
  'Use one of these; /api/openapi.json lists what can be done, and where.',
);

/** The body is larger than what is asked there takes. */
export const bodyTooLarge = defineError(
  'monitor.body-too-large',
  (at: { readonly bytes: number; readonly limit: number }) =>
    `The body has ${at.bytes > 0 ? String(at.bytes) : 'some'} bytes, and at most ${String(at.limit)} are read here`,
  'Send less; a question has no body.',
);

/** The body comes in pieces, and nobody says how many. */
export const noLength = defineError(
  'monitor.no-length',
  () => 'The body has no length',
  'Send it in one piece, with the header content-length.',
);

/** The body is not JSON. */
export const notJson = defineError(
  'monitor.not-json',
  (at: { readonly type: string }) => `The body is expected as application/json, and is ${at.type}`,
  'Send JSON, and say so in the header content-type.',
);

/** The body does not say what is expected. */
export const badBody = defineError(
  'monitor.bad-body',
  (at: { readonly reason: string }) => `The body is not what is expected here: ${at.reason}`,
  'Correct it; docs/monitor.md tells what is expected.',
);

/** Who asks has not said who that is. */
export const loginNeeded = defineError(
  'monitor.login-needed',
  (at: { readonly path: string }) => `${at.path} is not for strangers`,
  'Log in on the page; a program sends a token of `baton token create` in the header `Authorization: Bearer`.',
);

/** The token is none, was revoked, or has expired. */
export const badToken = defineError(
  'monitor.bad-token',
  () => 'The token is not known, or has expired',
  'Make another with `baton token create`; `baton token list` tells which there are.',
);

/** Who asks may not do that. */
export const notPermitted = defineError(
  'monitor.not-permitted',
  (at: { readonly who: string; readonly has: string; readonly needs: string }) =>
    `${at.who} has the role ${at.has}, and this needs the role ${at.needs}`,
  'Ask somebody with that role, or an administrator for it (`baton user role`, `page.proxy.roles`).',
);

/** The proxy names somebody to whom the configuration gives no role. */
export const noRole = defineError(
  'monitor.no-role',
  (at: { readonly name: string }) => `${at.name} is logged in at the proxy, and has no role here`,
  'An administrator names a group or the user under page.proxy.roles in baton.yaml.',
);

/** A header that only the proxy may send came from elsewhere, or says nonsense. */
export const forgedHeader = defineError(
  'monitor.forged-header',
  (at: { readonly header: string; readonly why: string }) => `The header ${at.header} is not believed: ${at.why}`,
  'Ask through the proxy. It has to replace this header in whatever it hands on, and its address has to stand in page.proxy.addresses.',
);

/** The browser was made to ask by another site. */
export const foreignRequest = defineError(
  'monitor.foreign-request',
  (at: { readonly from: string; readonly host: string }) =>
    `This was asked for by ${JSON.stringify(at.from)}, and not by the page at ${JSON.stringify(at.host)}`,
  'Do it on the page itself. A proxy before it has to hand on the name that the browser asked for (Host, or X-Forwarded-Host from one of page.proxy.addresses).',
);

/** The header is missing by which it is known that no other site is behind it. */
export const noChangeHeader = defineError(
  'monitor.no-change-header',
  (at: { readonly header: string }) => `Who wants something done has to send the header ${at.header}`,
  'Send it, with any value, or use a token of `baton token create`.',
);

/** The name or the password is wrong. */
export const badLogin = defineError(
  'monitor.bad-login',
  () => 'The name or the password is wrong',
  'Try again; an administrator sets a new password with `baton user password NAME`.',
);

/** Too many logins have failed. */
export const tooManyLogins = defineError(
  'monitor.too-many-logins',
  (at: { readonly seconds: number }) =>
    `Too many logins have failed; the next is possible in ${at.seconds < 90 ? `${String(at.seconds)} s` : `${String(Math.ceil(at.seconds / 60))} min`}`,
  'Wait, or go on where you are logged in; a restart of the monitor forgets failures.',
);

/** The ledger did not answer. */
export const notConfirmed = defineError(
  'monitor.not-confirmed',
  (at: { readonly run: string; readonly seconds: number }) =>
    `The ledger did not answer within ${String(at.seconds)} s for ${at.run}`,
  'The wish waits in its queue, and is done when the broker is back; do not repeat it.',
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

/** The monitor runs alone. */
export const noReprocessing = defineError(
  'monitor.no-reprocessing',
  () => 'This monitor was started without the recipes of a site, and cannot reprocess',
  'Ask the monitor that `baton up` starts.',
);

/** A defect in the monitor; its log has the details. */
export const internal = defineError(
  'monitor.internal',
  () => 'The monitor failed to answer, by a fault of its own',
  'Look into the log of the monitor, and report what it says.',
);

/** The site has no recipe of that name. */
export const noSuchRecipe = defineError(
  'monitor.no-such-recipe',
  (at: { readonly name: string }) => `There is no recipe ${JSON.stringify(at.name)} in the recipe folder`,
  '/api/recipes lists those that there are.',
);

/** No version of the recipe with that text is kept. */
export const noSuchVersion = defineError(
  'monitor.no-such-version',
  (at: { readonly name: string; readonly hash: string }) =>
    `No text ${JSON.stringify(at.hash)} of the recipe ${JSON.stringify(at.name)} is kept`,
  '/api/recipes/NAME/versions lists those that are.',
);

/** Such a name no recipe can have. */
export const badRecipeName = defineError(
  'monitor.bad-recipe-name',
  (at: { readonly name: string }) => `${JSON.stringify(at.name)} cannot be the name of a recipe`,
  'Use letters, digits, spaces and _ + - . in it, not beginning with a point; a slash between folders.',
);

/** The text is so large, or so made, that looking at it takes too long. */
export const costlyRecipe = defineError(
  'monitor.costly-recipe',
  (at: { readonly seconds: number; readonly megabytes: number }) =>
    `Looking at this recipe took more than ${String(at.seconds)} s, or ${String(at.megabytes)} MB`,
  'Make the recipe smaller; a recipe travels with every message of its run.',
);

/** This site does not let recipes be saved on the page. */
export const savingOff = defineError(
  'monitor.saving-off',
  (at: { readonly why: string }) => `Recipes cannot be saved here: ${at.why}`,
  'Change the file where it lies, or have page.editRecipes set to true in baton.yaml, and the folder writable.',
);

/** The file is another than who saves has seen. */
export const recipeChanged = defineError(
  'monitor.recipe-changed',
  (at: { readonly name: string; readonly hash: string }) =>
    `The recipe ${JSON.stringify(at.name)} has changed meanwhile: ${at.hash === '' ? 'there is no such file now' : `its hash is ${at.hash} now`}`,
  'Look at the difference to what is there now, and save again.',
);

/** Who saves has to say what is to be replaced. */
export const noCondition = defineError(
  'monitor.no-condition',
  () => 'A recipe is saved with the header If-Match and the hash of the text that it replaces, in quotes',
  'Read the hash from /api/recipes/NAME; for a new recipe send If-None-Match: *.',
);

/** The recipe could not be run: it is not saved. */
export const recipeHasErrors = defineError(
  'monitor.recipe-has-errors',
  (at: { readonly errors: readonly string[] }) => `The recipe is not saved, for it has errors: ${at.errors.join(' ')}`,
  'Correct them; /api/recipes/lint names all of them with line and column.',
);

/** A link in the recipe folder leads out of it. */
export const recipeElsewhere = defineError(
  'monitor.recipe-elsewhere',
  (at: { readonly name: string }) => `The file of the recipe ${JSON.stringify(at.name)} lies outside the recipe folder`,
  'Change it where it lies: it may be shared with others.',
);

/** The file system refused what was to be saved; the file is as it was. */
export const notSaved = defineError(
  'monitor.not-saved',
  (at: { readonly name: string; readonly reason: string }) =>
    `The recipe ${JSON.stringify(at.name)} could not be saved: ${at.reason}`,
  'Make room, or have the recipe folder made writable for the user that Baton runs as; then save again.',
);

/** A recipe could not be tried. */
export const noTrial = defineError(
  'monitor.no-trial',
  (at: { readonly reason: string }) => `The recipe could not be tried: ${at.reason}`,
  'Try again; `baton recipe try` does the same on the command line.',
);

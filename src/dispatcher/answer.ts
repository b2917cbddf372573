import { digest } from '../core/json.ts';
import { BatonError } from '../core/errors.ts';
import type { Outgoing } from '../stomp/client.ts';
import { startMessages } from '../recipes/route.ts';
import { deadLetterQueue, type Destinations } from '../services/names.ts';
import { causeOf } from '../services/outcome.ts';
import { bodyOf, deliveryId, senderHeaders, type Received } from '../services/received.ts';
import type { AnnouncementRecord, RecipeSource } from '../services/record.ts';
import { replyMessage, type Reply } from '../services/reply.ts';
import { errorHeaders } from '../services/route.ts';
import { newEnvironment } from '../services/run-context.ts';
import { countSends, startedMessages, stepMessages } from '../services/sending.ts';
import type { Decision } from '../services/settlement.ts';
import { parked } from '../services/parking.ts';
import { traceOf } from '../services/trace.ts';
import type { Instantiated } from './instantiate.ts';
import type { ReplyAddress } from './reply-address.ts';
import type { Request } from './request.ts';

/** An announcement on its way through the dispatcher, as far as it was understood. */
export interface Announcement {
  readonly message: Received;
  /** The queue's name, without prefix. */
  readonly queue: string;
  readonly run: string;
  /** What it shares with others that mean the same run, in words, where the rules declare a key. */
  readonly key?: string;
  readonly request: Request | undefined;
  readonly reply: ReplyAddress | undefined;
}

/** Where and when it is answered. */
export interface Office {
  readonly destinations: Destinations;
  /** `host.pid`. */
  readonly host: string;
  /** ms since 1970. */
  readonly now: number;
}

/** Live work goes before reprocessing, whose announcements say `baton-lane: reprocessing` or name a priority. */
const livePriority = 6;
const reprocessingPriority = 2;

/** The run starts: its first messages, the record, and the announcer's answer leave together with the ACK. */
export function accepted(
  announcement: Announcement,
  recipes: readonly string[],
  instantiated: Instantiated | undefined,
  office: Office,
): Decision {
  const { run, request, message, reply } = announcement;
  const { recipe, recipeHash, sourceHash } = instantiated ?? {};
  const lane = request?.lane ?? 'live';
  const trace = traceOf(run, message.key, request?.trace ?? {});
  const context = newEnvironment(run, {
    priority: request?.priority ?? (lane === 'live' ? livePriority : reprocessingPriority),
    lane,
    ...(request?.about.beamline === undefined ? {} : { beamline: request.about.beamline }),
    // A sender whose clock is ahead does not give its run more time.
    announcedAt: Math.min(message.sent, office.now),
    ...(recipeHash === undefined ? {} : { recipeHash }),
    ...(sourceHash === undefined ? {} : { sourceHash }),
    ...(reply ? { replyTo: reply.to } : {}),
    ...(reply?.correlationId === undefined ? {} : { correlationId: reply.correlationId }),
    ...(reply?.by === undefined ? {} : { replyBy: reply.by }),
  });
  const environment = { ...context, ...trace };
  const beginnings = request?.rerun?.messages;
  const start = recipe ? startMessages(recipe, environment, run, beginnings) : [];
  return {
    sends: [...stepMessages(start, office), ...answer(announcement, 'accepted', { recipes }, office)],
    records: [
      {
        ...recordOf(announcement, 'accepted', office),
        recipes,
        lane,
        traceparent: trace.traceparent,
        sends: countSends(start),
        // What the recipe itself begins with stands in the recipe.
        ...(beginnings ? { started: startedMessages(start) } : {}),
        ...(instantiated ? kept(instantiated) : {}),
      },
    ],
  };
}

/** So many bytes of a run's recipe, and of all that it was made from, are kept: thousands of steps. */
const keptBytes = 4 * 1024 * 1024;

/** What the ledger keeps of the recipe: of what is too large the hash. */
function kept({ recipe, recipeHash, sources, sourceHash }: Instantiated): Partial<AnnouncementRecord> {
  const isKept = Buffer.byteLength(JSON.stringify(recipe)) <= keptBytes;
  return { ...(isKept ? { recipe } : {}), recipeHash, sources: keptSources(sources), sourceHash };
}

function keptSources(sources: readonly RecipeSource[]): readonly RecipeSource[] {
  let left = keptBytes;
  return sources.map(({ text, ...source }) => {
    if (text === undefined || source.bytes > left) return source;
    left -= source.bytes;
    return { ...source, text };
  });
}

/** Refused, with a reason a person understands: into the dead-letter queue, or the queue it names for that, and to the announcer. */
export function refused(announcement: Announcement, error: unknown, office: Office): Decision {
  const { message, request } = announcement;
  const cause = causeOf(error, 'refused');
  const next = error instanceof BatonError ? { next: error.next } : {};
  const { destination } = message.delivery;
  const headers = {
    ...senderHeaders(message.delivery),
    // Sent again out of the dead-letter queue it is the same announcement, and may start the run that it claimed.
    'baton-key': message.key,
    ...errorHeaders(cause),
    'baton-run': announcement.run,
    'original-destination': destination,
  };
  const errorQueue = request?.errorQueue;
  const letter: Outgoing = {
    destination: errorQueue === undefined ? deadLetterQueue(destination) : office.destinations.queue(errorQueue),
    headers,
    body: bodyOf(message.delivery),
  };
  return {
    sends: [letter, ...answer(announcement, 'refused', { reason: cause.message, ...next }, office)],
    records: [{ ...recordOf(announcement, 'refused', office), reason: cause.message }],
  };
}

/** Its run was cancelled before it started. Nobody is to look after it, so it is no dead letter. */
export function withdrawn(announcement: Announcement, office: Office): Decision {
  const reason = `The run ${announcement.run} was cancelled before it started.`;
  return {
    sends: answer(announcement, 'refused', { reason }, office),
    records: [{ ...recordOf(announcement, 'refused', office), reason }],
  };
}

/** Another announcement has started this run. */
export function duplicate(announcement: Announcement, office: Office): Decision {
  const { run, key } = announcement;
  const reason = `The run ${run} has been started by an earlier announcement${key === undefined ? '' : ` with ${key}`}.`;
  return {
    sends: answer(announcement, 'duplicate', { reason }, office),
    records: [{ ...recordOf(announcement, 'duplicate', office), reason }],
  };
}

/** Not ready: it comes again. */
export function deferred(
  announcement: Announcement,
  seconds: number,
  readyBy: number,
  reason: string,
  office: Office,
): Decision {
  const { message } = announcement;
  const headers = {
    ...senderHeaders(message.delivery),
    'baton-key': message.key,
    'baton-sent': String(message.sent),
    'baton-deferral': String(message.deferral + 1),
    'baton-ready-by': String(readyBy),
  };
  const again = { destination: message.delivery.destination, headers, body: bodyOf(message.delivery) };
  return {
    sends: [parked(again, seconds * 1000, office.now, office.destinations)],
    records: [{ ...recordOf(announcement, 'later', office), reason }],
  };
}

function answer(
  { run, reply, message }: Announcement,
  status: Reply['status'],
  body: object,
  { destinations }: Office,
): Outgoing[] {
  if (!reply) return [];
  const key = digest(message.key, status);
  return [
    replyMessage(
      { run, status, key, to: reply.to, correlationId: reply.correlationId, replyBy: reply.by, body },
      (name) => destinations.queue(name),
    ),
  ];
}

function recordOf(
  announcement: Announcement,
  outcome: AnnouncementRecord['outcome'],
  { host, now }: Office,
): AnnouncementRecord {
  const { message, queue, run, request, reply } = announcement;
  return {
    kind: 'announcement',
    id: deliveryId(message),
    messageId: message.delivery.messageId,
    outcome,
    run,
    queue,
    host,
    received: message.sent,
    settled: now,
    recipes: request?.recipes ?? [],
    parameters: request?.parameters ?? {},
    ...request?.about,
    ...(request?.event === undefined ? {} : { event: request.event }),
    ...(request?.user === undefined ? {} : { user: request.user }),
    ...(request?.rerun ? { rerunOf: request.rerun.of } : {}),
    sends: {},
    ...(reply ? { replyTo: reply.to } : {}),
    ...(reply?.correlationId === undefined ? {} : { correlationId: reply.correlationId }),
    ...(reply?.by === undefined ? {} : { replyBy: reply.by }),
  };
}

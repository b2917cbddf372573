import { defineError } from '../core/errors.ts';

/** Another process listens on the port. */
export const portTaken = defineError(
  'broker.port-taken',
  (at: { readonly host: string; readonly port: number }) =>
    `The broker cannot listen on ${at.host}:${String(at.port)}: another process has that port`,
  'Stop the other process, or give the broker another port with --stomp PORT.',
);

/** The address is not one of this machine, or not permitted. */
export const addressRefused = defineError(
  'broker.address-refused',
  (at: { readonly host: string; readonly port: number; readonly reason: string }) =>
    `The broker cannot listen on ${at.host}:${String(at.port)}: ${at.reason}`,
  'Give an address of this machine and a port that this user may open (1024 or above).',
);

/** A store belongs to one broker at a time. */
export const storeLocked = defineError(
  'broker.store-locked',
  (at: { readonly file: string }) => `The store ${at.file} is in use by another broker`,
  'Stop the other broker, or give this one a store of its own.',
);

/** The store was written by a newer version, or is no store. */
export const storeFormat = defineError(
  'broker.store-format',
  (at: { readonly file: string; readonly found: number; readonly expected: number }) =>
    `The store ${at.file} has format ${String(at.found)}; this version reads format ${String(at.expected)}`,
  'Start the version that wrote the store, or move the store aside.',
);

/** What the store holds cannot all be read. The next start repairs it. */
export const storeDamaged = defineError(
  'broker.store-damaged',
  (at: { readonly file: string; readonly reason: string }) => `The store ${at.file} is damaged: ${at.reason}`,
  'Start the broker again: it goes on with all that can be read, says what is lost, and keeps the damaged file. Check the disk.',
);

/** The store cannot be opened. */
export const storeUnusable = defineError(
  'broker.store-unusable',
  (at: { readonly file: string; readonly reason: string }) => `The store ${at.file} cannot be opened: ${at.reason}`,
  'Check that the folder exists, is writable, is on a local disk, and that the file is a store of this broker.',
);

/** Nothing of the frame (or of the transaction) happened. */
export const storeFailed = defineError(
  'broker.store-failed',
  (at: { readonly reason: string }) => `Nothing was stored: ${at.reason}`,
  'Free space on the disk of the store (or raise the limit storeBytes), then send again.',
);

/** There is no copy of the store at that path. */
export const backupFailed = defineError(
  'broker.backup-failed',
  (at: { readonly file: string; readonly path: string; readonly reason: string }) =>
    `${at.file} could not be copied to ${at.path}: ${at.reason}`,
  'Check that the folder exists, is writable and has room for another store, then try again.',
);

/** The connection has to begin with CONNECT or STOMP, once. */
export const connectExpected = defineError(
  'broker.connect-expected',
  (at: { readonly command: string; readonly expected: string }) => `${at.command} came where ${at.expected}`,
  'Send CONNECT first, wait for CONNECTED, and do not send it again.',
);

/** STOMP 1.2, "Protocol Negotiation": no version in common. */
export const versionRefused = defineError(
  'broker.version-refused',
  (at: { readonly accepts: string }) => `The client accepts STOMP ${at.accepts}; this broker speaks 1.1 and 1.2`,
  'Send accept-version:1.2 on CONNECT.',
);

/** Wrong or missing credentials. */
export const loginRefused = defineError(
  'broker.login-refused',
  (at: { readonly login: string }) => `The login ${JSON.stringify(at.login)} was refused`,
  'Send the login and passcode that the broker was started with on CONNECT.',
);

/** The user may not send to, or subscribe to, that destination. */
export const forbidden = defineError(
  'broker.forbidden',
  (at: { readonly login: string; readonly access: 'read' | 'write'; readonly destination: string }) =>
    `The user ${JSON.stringify(at.login)} may not ${at.access === 'read' ? 'read from' : 'write to'} ${at.destination}`,
  'Connect as a user who may, or add the permission to the users of the broker.',
);

/** The broker cannot speak TLS with the key and certificate that it was given. */
export const tlsUnusable = defineError(
  'broker.tls-unusable',
  (at: { readonly reason: string }) => `The broker cannot use the key and certificate for TLS: ${at.reason}`,
  'Give a private key and its certificate, both as PEM text.',
);

/** The broker has as many connections as it was told to accept. */
export const connectionsExceeded = defineError(
  'broker.connections-exceeded',
  (at: { readonly allowed: number }) => `The broker has ${String(at.allowed)} connections, which is its limit`,
  'Close connections that are not needed, or raise the limit connections.',
);

/** The peer sent neither CONNECT nor, later, the heart-beats it promised. */
export const silence = defineError(
  'broker.silence',
  (at: { readonly expected: string; readonly milliseconds: number }) =>
    `Nothing came for ${String(Math.round(at.milliseconds))} ms, where ${at.expected} was expected`,
  'Connect anew; if this recurs, give the client a longer heart-beat interval.',
);

/** Not a command of STOMP 1.2 that clients send. */
export const commandUnknown = defineError(
  'broker.command-unknown',
  (at: { readonly command: string }) => `${at.command} is no command of STOMP 1.2 that a client sends`,
  'Use SEND, SUBSCRIBE, UNSUBSCRIBE, ACK, NACK, BEGIN, COMMIT, ABORT, DISCONNECT.',
);

/** A header is missing or malformed. */
export const headerRefused = defineError(
  'broker.header-refused',
  (at: {
    readonly command: string;
    readonly header: string;
    readonly value: string | null;
    readonly expected: string;
  }) =>
    at.value === null
      ? `${at.command} came without the header ${at.header}: expected ${at.expected}`
      : `${at.command} came with ${at.header}:${at.value}, where ${at.expected} was expected`,
  'Correct the header and send the frame again on a new connection.',
);

/** ACK or NACK of something that is not in flight on this connection. */
export const deliveryUnknown = defineError(
  'broker.delivery-unknown',
  (at: { readonly command: string; readonly id: string }) =>
    `${at.command} names the delivery ${JSON.stringify(at.id)}, which is not in flight on this connection`,
  'Acknowledge each delivery once, on the connection that received it, by the ack header of its MESSAGE.',
);

/** The transaction was not begun on this connection, or has ended. */
export const transactionUnknown = defineError(
  'broker.transaction-unknown',
  (at: { readonly command: string; readonly transaction: string }) =>
    `${at.command} names the transaction ${JSON.stringify(at.transaction)}, which is not open on this connection`,
  'Send BEGIN with that name first.',
);

/** BEGIN of a name that is in use. */
export const transactionOpen = defineError(
  'broker.transaction-open',
  (at: { readonly transaction: string }) =>
    `BEGIN names the transaction ${JSON.stringify(at.transaction)}, which is already open on this connection`,
  'Use a name of its own for each transaction.',
);

/** A transaction is held in memory until its COMMIT. */
export const transactionTooLarge = defineError(
  'broker.transaction-too-large',
  (at: { readonly transaction: string; readonly allowed: number }) =>
    `The transaction ${JSON.stringify(at.transaction)} sends more than ${String(at.allowed)} bytes`,
  'Commit more often, or raise the limit transactionBytes.',
);

/** The selector of a SUBSCRIBE is not a condition. */
export const selectorRefused = defineError(
  'broker.selector-refused',
  (at: { readonly selector: string; readonly at: number; readonly expected: string }) =>
    `The selector ${JSON.stringify(at.selector)} is wrong at character ${String(at.at + 1)}: expected ${at.expected}`,
  "Write it as in SQL: colour = 'red' AND JMSPriority > 4. Texts stand in single quotes, names without - and dots.",
);

/** What is in memory alone, of all connections together, is as much as it may be. */
export const memoryFull = defineError(
  'broker.memory-full',
  (at: { readonly allowed: number }) =>
    `Open transactions, temporary queues and slow subscribers hold ${String(at.allowed)} bytes, which is the limit`,
  'Send again later; commit more often, read replies sooner, or raise the limit memoryBytes.',
);

/** SUBSCRIBE with an id that is in use. */
export const subscriptionOpen = defineError(
  'broker.subscription-open',
  (at: { readonly id: string }) =>
    `SUBSCRIBE names the id ${JSON.stringify(at.id)}, which this connection already uses`,
  'Use an id of its own for each subscription of a connection.',
);

/** UNSUBSCRIBE of nothing. */
export const subscriptionUnknown = defineError(
  'broker.subscription-unknown',
  (at: { readonly id: string }) =>
    `UNSUBSCRIBE names the id ${JSON.stringify(at.id)}, which is no subscription of this connection`,
  'Give the id of a SUBSCRIBE of this connection.',
);

/** The temporary queue ended with the connection that owned it. */
export const destinationGone = defineError(
  'broker.destination-gone',
  (at: { readonly destination: string }) =>
    `The temporary queue ${at.destination} does not exist: the connection it belonged to has ended`,
  'Nobody waits for this message any more: drop it.',
);

/** A temporary queue whose owner does not read. */
export const queueFull = defineError(
  'broker.queue-full',
  (at: { readonly destination: string; readonly allowed: number }) =>
    `The temporary queue ${at.destination} holds more than ${String(at.allowed)} bytes that its owner has not read`,
  'Use a durable queue for replies of that volume, or raise the limit temporaryBytes.',
);

/** Something of ActiveMQ's that this broker does not have. */
export const unsupported = defineError(
  'broker.unsupported',
  (at: { readonly command: string; readonly what: string; readonly expected: string }) =>
    `${at.command} asks for ${at.what}, which this broker does not have: expected ${at.expected}`,
  'Do without, or use ActiveMQ.',
);

/** The last word of a broker that is being stopped. */
export const stopping = defineError(
  'broker.stopping',
  (at: { readonly broker: string }) => `The broker ${at.broker} is being stopped`,
  'Connect again later: what was not acknowledged is delivered again.',
);

/** A defect of the broker, found while it obeyed a frame. */
export const failed = defineError(
  'broker.failed',
  (at: { readonly reason: string }) => `The broker failed at this frame: ${at.reason}`,
  'This is a defect of the broker: please report it with the frame that caused it.',
);

/**
 * True for the words with which brokers end a connection over which came what is larger than they read. They name no
 * receipt, as they have not read that far; but they read in order, so it is the first request that has no answer, and
 * neither that nor what follows has happened.
 */
export function isTooLarge(message: string): boolean {
  return WORDS.test(message);
}

/** ActiveMQ's (`wireFormat.maxFrameSize`, `maxDataLength`), and those of `stomp.limit`. */
const WORDS = /^The maximum [\w ]+ was exceeded$|^A STOMP frame received exceeds the limit /;

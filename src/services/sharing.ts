import { availableParallelism } from 'node:os';

/**
 * Options of Node for a process that holds very many messages, and works on few: 10 000 programs that wait in Redis made
 * one of 510 MB, of which 50 were in use. V8 lets garbage grow to several times what is in use, and young objects have
 * 100 MB, unless it is told so (then: 200 MB, as fast).
 */
export const leanMemory = ['--max-semi-space-size=8', '--heap-growing-percent=50'] as const;

/**
 * Options of Node for a process that takes bytes in and gives them out, broker or ledger, one of so many on this host. V8
 * learns late how many bytes lie outside of its heap, and then collects all of it, five times a second, on four more threads. With
 * fewer cores than processes those take them from the processes: over two cores, a tenth of all that broker and ledger computed. So
 * they collect by themselves there, and in any case what is young earlier (without that: 100 MB more, and as fast).
 */
export function forBytes(processes: number, cores = availableParallelism()): readonly string[] {
  return ['--max-semi-space-size=8', ...(processes > cores ? ['--single-threaded-gc'] : [])];
}

/**
 * By how much (nice(2)) a process stands back behind the broker of its host: everybody waits for the broker, which takes a
 * third of the time. As long as two others kept it waiting on two cores, it stood still for a third of its time, and a tenth fewer
 * messages were passed on.
 */
export const behindBroker = 5;

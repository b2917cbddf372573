import { availableParallelism } from 'node:os';

/**
 * Options of Node for a process that holds very many messages, and works on few: 10 000 programs that wait in Redis made
 * one of 510 MB, of which 50 were in use. V8 lets garbage grow to several times what is in use, and young objects have
 * 100 MB, unless it is told so (then: 200 MB, as fast).
 */
export const leanMemory = ['--max-semi-space-size=8', '--heap-growing-percent=50'] as const;

/**
 * Options of Node for each of so many processes that share this host. V8 collects garbage on four more threads of each;
 * with fewer cores than processes these take them from the processes, and cost more than they save: passing messages on
 * over two cores, a sixth of all that broker, ledger and service computed.
 */
export function shareCores(processes: number, cores = availableParallelism()): readonly string[] {
  return processes > cores ? ['--single-threaded-gc'] : [];
}

/**
 * By how much (nice(2)) a process stands back behind the broker of its host: everybody waits for the broker, which takes a
 * third of the time. As long as two others kept it waiting on two cores, it stood still for a third of its time, and a tenth fewer
 * messages were passed on.
 */
export const behindBroker = 5;

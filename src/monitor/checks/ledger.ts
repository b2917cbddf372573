import { plural } from '../../core/plural.ts';
import { names } from '../../services/names.ts';
import { stateBy } from '../limits.ts';
import type { Facts, Finding } from './check.ts';

/** The ledger writes, keeps up, keeps within its size, and can read what it gets. */
export function ledger({ ledgerTrouble, isLedgerTooLarge, queues, malformed, limits }: Facts): Finding {
  const check = 'ledger';
  const queue = queues.find(({ name }) => name === names.ledger);
  const backlog = (queue?.waiting ?? 0) + (queue?.inFlight ?? 0);
  if (ledgerTrouble !== undefined) {
    const advice = 'Make room on the disk of the store, or mend it; the broker keeps the records until then.';
    return { check, state: 'error', message: `The ledger cannot write: ${ledgerTrouble}`, advice };
  }
  const state = stateBy(limits, 'ledgerMessages', backlog);
  if (state !== 'pass') {
    const message = `The ledger is behind: ${plural(backlog, 'record message')} wait.`;
    const advice =
      'What is shown of runs is as old as that; look at the load of this host and the speed of its disk. It catches up by itself.';
    return { check, state, message, advice, see: `/#queue-${names.ledger}` };
  }
  if (isLedgerTooLarge) {
    const message = 'The ledger is larger than ledger.keep.megabytes, and has no run left that may be removed.';
    const advice =
      'Send dead letters again or mark them as addressed: their runs stay until then. Or let the ledger have more room.';
    return { check, state: 'warning', message, advice, see: '/failed' };
  }
  if (malformed > 0) {
    const message = `${plural(malformed, 'message')} to the ledger could not be read as records and ${malformed === 1 ? 'was' : 'were'} put aside.`;
    const advice = 'Look into the table "malformed" of the store: a service of another version may have sent them.';
    return { check, state: 'notice', message, advice };
  }
  return { check, state: 'pass', message: 'The ledger is up to date.' };
}

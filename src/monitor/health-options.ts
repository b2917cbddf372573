import type { AlertReceiver } from './alerts.ts';
import type { Limits } from './limits.ts';
import type { StoreFolder } from './stores.ts';

/** How the health of a site is judged, and who is told of it. */
export interface HealthOptions {
  readonly limits?: Limits;
  /** Seconds for which a service that was lost is shown. */
  readonly forgetLost?: number;
  /** The folders whose disks are watched; that of the ledger when absent. */
  readonly stores?: readonly StoreFolder[];
  /** Seconds between two looks at them. */
  readonly storeInterval?: number;
  readonly receivers?: readonly AlertReceiver[];
  /** Whose health it is, for those who are told. */
  readonly from?: string;
}

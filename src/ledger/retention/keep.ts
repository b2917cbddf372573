/** For how long, and how much, a ledger keeps; `null` is for ever, and without bound. */
export interface Keep {
  /** Days from a run's end for which the payloads of its deliveries are kept. */
  readonly payloadDays: number | null;
  /** Days from its end for which a run is kept. */
  readonly runDays: number | null;
  /** Megabytes of all that is kept; then the runs that ended first go, whatever their age. */
  readonly megabytes: number | null;
}

export const standardKeep: Keep = { payloadDays: 30, runDays: 730, megabytes: null };

import type { GateRules } from './gate.ts';
import type { Pace } from './views.ts';

/** When back-fills wait, where a site does not say. */
export const standardRules: GateRules = { quietSeconds: 120, queueHigh: 500, queueLow: 50 };

/** How fast they are, where neither they nor the site say. */
export const standardPace: Pace = { runsPerMinute: 30, atOnce: 10 };

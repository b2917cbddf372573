import type { AnyService } from '../service.ts';
import { commandService } from './command/command.ts';
import { fileWatch } from './file-watch/file-watch.ts';
import { perImageAnalysis } from './per-image-analysis/per-image-analysis.ts';
import { recordResult } from './record-result.ts';
import { xrayCentring } from './xray-centring/xray-centring.ts';

/** The services that ship with Baton; `command` as at a site that has no programs. */
export const builtinServices: readonly AnyService[] = [
  fileWatch,
  perImageAnalysis,
  xrayCentring,
  commandService(),
  recordResult,
];

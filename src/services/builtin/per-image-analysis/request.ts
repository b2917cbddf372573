import type { JsonObject } from '../../../core/json.ts';
import type { Analysis } from './analyser.ts';
import type { AnalysisParameters } from './parameters.ts';

/** A frame to be analysed: of a CBF file, or of that index (from 0) in an HDF5 data set. */
export interface AnalysisRequest {
  readonly file: string;
  readonly index: number;
  readonly parameters?: Partial<AnalysisParameters>;
}

/** What goes back to the pool: an error loses its class on the way between threads, so its parts travel. */
export type AnalysisAnswer =
  | { readonly analysis: Analysis }
  | {
      readonly failure: {
        readonly code: string;
        readonly message: string;
        readonly next: string;
        readonly fields: JsonObject;
      };
    };

import { digest, type JsonObject } from '../core/json.ts';

/**
 * W3C Trace Context (https://www.w3.org/TR/trace-context/): one trace for a run, from whoever announced it to whatever a
 * service calls. It stands in `environment`, which Python services pass on as it is, and is the same in all messages of a
 * run: so it costs a message nothing but its bytes.
 */
export interface Trace {
  /** Version 00: the trace, the span of the run, and whether it is sampled. */
  readonly traceparent: string;
  /** What other systems added, as they wrote it. */
  readonly tracestate?: string;
}

/** What names a trace in a log line, by the names that OpenTelemetry has for JSON logs. */
export interface TraceFields {
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly trace_flags?: string;
}

interface Parent {
  readonly traceId: string;
  readonly flags: number;
}

/** Bits of the flags that are known: sampled, and that the id of the trace is random. Others are sent as 0. */
const knownFlags = 0b11;
const sampled = 0b01;
const stateLength = 512;

/**
 * The trace of a run that starts: the announcer's where there is one (its header or parameters), else, as where what
 * came breaks the rules, a new one. The same message starts the same trace, however often it is tried.
 */
export function traceOf(run: string, key: string, given: Readonly<Record<string, unknown>>): Trace {
  const parent = parentOf(given['traceparent']);
  const { traceId, flags } = parent ?? { traceId: digest('trace', run, key), flags: sampled };
  const span = digest('span', run, key).slice(0, 16);
  const traceparent = `00-${traceId}-${span}-${flags.toString(16).padStart(2, '0')}`;
  const state = given['tracestate'];
  const isState = parent && typeof state === 'string' && state.length <= stateLength && /^[\x20-\x7e]+$/.test(state);
  return isState ? { traceparent, tracestate: state } : { traceparent };
}

/** The trace that is named in the first of these places: headers of an announcement, its parameters, the environment of the step that makes it. */
export function givenTrace(...places: readonly (JsonObject | undefined)[]): JsonObject | undefined {
  const { traceparent, tracestate = null } = places.find((place) => parentOf(place?.['traceparent'])) ?? {};
  return traceparent === undefined ? undefined : { traceparent, tracestate };
}

/** What a log line about a delivery says of its trace; the span is of this delivery. Worked out only for lines that are written. */
export function traceFields(traceparent: unknown, delivery: string): TraceFields {
  const parent = parentOf(traceparent);
  if (!parent) return {};
  const flags = parent.flags.toString(16).padStart(2, '0');
  return { trace_id: parent.traceId, span_id: digest('span', delivery).slice(0, 16), trace_flags: flags };
}

const form = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;

/** Undefined where there is none, or one that the rules forbid: then the trace begins anew. A version to come may have more behind. */
function parentOf(traceparent: unknown): Parent | undefined {
  if (typeof traceparent !== 'string' || traceparent.length > stateLength) return undefined;
  const [, version, traceId = '', flags = '', rest] = form.exec(traceparent) ?? [];
  if (version === undefined || (version === '00' && rest !== undefined)) return undefined;
  return { traceId, flags: parseInt(flags, 16) & knownFlags };
}

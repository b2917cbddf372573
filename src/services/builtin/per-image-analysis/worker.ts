import { stat } from 'node:fs/promises';
import { BatonError } from '../../../core/errors.ts';
import type { FrameSource, Mask } from '../../../detectors/frame.ts';
import { openFrames } from '../../../detectors/open.ts';
import { Analyser } from './analyser.ts';
import type { AnalysisAnswer, AnalysisRequest } from './request.ts';

/** Runs in a thread of the pool: reads the frame itself, and analyses it. */
export default async function analyse({ file, index, parameters }: AnalysisRequest): Promise<AnalysisAnswer> {
  try {
    const { source, mask } = await opened(file);
    const frame = await source.read(index);
    return { analysis: analyser.analyse(frame, source.geometry, mask, parameters) };
  } catch (error) {
    open.delete(file);
    if (!(error instanceof BatonError)) throw error;
    const { code, message, next, fields } = error;
    return { failure: { code, message, next, fields } };
  }
}

const analyser = new Analyser();

interface OpenSource {
  readonly source: FrameSource;
  readonly mask: Mask | undefined;
  /** Tells a file from one that took its name. */
  readonly identity: string;
}

/** The data sets that were read last, in the order of their use. */
const open = new Map<string, OpenSource>();
/** Threads that serve several scans at once read a few in turn. */
const mostOpen = 4;

async function opened(file: string): Promise<OpenSource> {
  const identity = await identify(file);
  let found = open.get(file);
  open.delete(file);
  if (found?.identity !== identity) {
    const source = await openFrames(file);
    found = { source, mask: await source.mask(), identity };
  }
  open.set(file, found);
  for (const [oldest] of [...open].slice(0, -mostOpen)) open.delete(oldest);
  return found;
}

async function identify(file: string): Promise<string> {
  try {
    const { dev, ino, birthtimeMs } = await stat(file);
    return `${dev} ${ino} ${birthtimeMs}`;
  } catch {
    return 'absent';
  }
}

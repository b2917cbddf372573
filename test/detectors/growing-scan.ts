import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A scan that a detector process writes. */
export const scan = {
  width: 120,
  height: 100,
  bits: 16,
  frames: 12,
  framesPerFile: 5,
  geometry: { pixelSize: [0.075, 0.075], distance: 150, beamCentre: [60, 50], wavelength: 0.9763 },
  mask: new Uint8Array(12_000),
  frameTime: 0.01,
} as const;

export function frameValue(frame: number, pixel: number): number {
  return (frame * 31 + pixel) % 251;
}

/** A detector: another process, which writes when it is told to. */
export class DetectorProcess implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(folder: string): Promise<DetectorProcess> {
    const child = fork(new URL('./writer-main.ts', import.meta.url), [folder]);
    await once(child, 'message');
    return new DetectorProcess(child);
  }

  /** Resolves when the next frame is written. */
  async write(): Promise<void> {
    this.#child.send('write');
    await once(this.#child, 'message');
  }

  async close(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.send('close');
    await exited;
  }

  /** Ends it with SIGKILL, as a power cut would. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

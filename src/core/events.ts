import { EventEmitter } from 'node:events';

/** A typed emitter: an event that is not in the map does not compile. A listener that throws is not the emitter's affair, and is reported as uncaught. */
export class Events<Map extends { [Name in keyof Map]: object }> {
  readonly #emitter = new EventEmitter({ captureRejections: false }).setMaxListeners(0);

  /** Calls the listener on each event of that name; the returned function ends that. */
  on<Name extends keyof Map & string>(name: Name, listener: (event: Map[Name]) => void): () => void {
    this.#emitter.on(name, listener);
    return () => this.#emitter.off(name, listener);
  }

  /** The next event of that name (that satisfies the condition). */
  async once<Name extends keyof Map & string>(
    name: Name,
    condition: (event: Map[Name]) => boolean = () => true,
    signal?: AbortSignal,
  ): Promise<Map[Name]> {
    return await new Promise((resolve, reject) => {
      const end = this.on(name, (event) => {
        if (!condition(event)) return;
        end();
        signal?.removeEventListener('abort', abort);
        resolve(event);
      });
      const abort = (): void => {
        end();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  emit<Name extends keyof Map & string>(name: Name, event: Map[Name]): void {
    this.#emitter.emit(name, event);
  }
}

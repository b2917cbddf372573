import type { Store } from '../store.ts';
import type { Pause } from '../../services/pause.ts';

/** Keeps which services are paused, until somebody lets them go on. */
export class PausedServices {
  readonly #store: Store;
  readonly #onChange: () => void;

  /** `onChange` is called when everybody has to be told. */
  constructor(store: Store, onChange: () => void) {
    this.#store = store;
    this.#onChange = onChange;
  }

  /** The longest first. */
  get all(): readonly Pause[] {
    const rows = this.#store.database.prepare('SELECT * FROM pauses ORDER BY since, service, host').all();
    return rows as unknown as readonly Pause[];
  }

  /** From now on these are paused; of two who want the same the first is kept. */
  add({ service, host, since, who, reason }: Pause): void {
    this.#store.transaction(() =>
      this.#store.database
        .prepare('INSERT INTO pauses (service, host, since, who, reason) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
        .run(service, host, since, who, reason),
    );
    this.#onChange();
  }

  /** These pauses are over. */
  remove(pauses: readonly Pick<Pause, 'service' | 'host'>[]): void {
    const remove = this.#store.database.prepare('DELETE FROM pauses WHERE service = ? AND host = ?');
    this.#store.transaction(() => {
      for (const { service, host } of pauses) remove.run(service, host);
    });
    this.#onChange();
  }
}

import type { JsonObject } from '../core/json.ts';
import type { AboutNames } from '../dispatcher/request.ts';

/** One service as the site runs it. */
export interface ServiceConfig {
  readonly queue?: string;
  readonly concurrency?: number;
  readonly settings?: JsonObject;
}

/** What a site configures: `baton.yaml`, with all defaults filled in. Paths are absolute. */
export interface Config {
  readonly broker: {
    /** Absent: Baton's own broker is started. `stomp://user:pass@host:port/prefix`. */
    readonly url?: string;
    /** Where Baton's own broker listens. */
    readonly host: string;
    readonly port: number;
  };
  /** The folder for everything that Baton keeps. */
  readonly store: string;
  readonly page: { readonly host: string; readonly port: number };
  /** The folder with recipes and `rules.yaml`. */
  readonly recipes: string;
  readonly announcements: {
    /** Whether an announcement may bring a recipe of its own. Whoever may post to the queue may then run any step of any service. */
    readonly customRecipes: boolean;
    /** Which parameters of an announcement tell what it is about. */
    readonly fields: AboutNames;
  };
  /** Modules that export services of the site's own. */
  readonly modules: readonly string[];
  /** Service processes: name to the services that share it. */
  readonly processes: Readonly<Record<string, readonly string[]>>;
  readonly services: Readonly<Record<string, ServiceConfig>>;
  readonly log: string;
}

import type { JsonObject } from '../core/json.ts';

/** Which parameters of an announcement tell what it is about; of each list the first that is there counts. */
export interface AnnouncementFields {
  readonly beamline: readonly string[];
  readonly visit: readonly string[];
  readonly collection: readonly string[];
  readonly runNumber: readonly string[];
}

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
    readonly fields: AnnouncementFields;
  };
  /** Service processes: name to the services that share it. */
  readonly processes: Readonly<Record<string, readonly string[]>>;
  readonly services: Readonly<Record<string, ServiceConfig>>;
  readonly log: string;
}

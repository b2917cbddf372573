import type { BrokerLimits } from '../broker/limits.ts';
import type { Permission } from '../broker/permissions.ts';
import type { BullMqConfig, LocalConfig, SlurmConfig } from './compute-config.ts';
import type { JsonObject } from '../core/json.ts';
import type { AboutNames } from '../dispatcher/request.ts';
import type { Keep } from '../ledger/retention/keep.ts';
import type { RunLogLevel } from '../services/step-log.ts';
import type { Programs } from '../services/builtin/command/program.ts';
import type { GateRules } from '../reprocess/gate.ts';
import type { Pace } from '../reprocess/views.ts';
import type { PageConfig } from './page-config.ts';
import type { Limits } from '../monitor/limits.ts';
import type { ShiftPlan } from '../monitor/shift/shifts.ts';

/** One service as the site runs it. */
export interface ServiceConfig {
  readonly queue?: string;
  readonly concurrency?: number;
  readonly settings?: JsonObject;
}

/** Somebody who may connect to Baton's own broker. */
export interface BrokerUser {
  readonly passcodeFile: string;
  /** What is permitted; everything when absent. */
  readonly may?: readonly Permission[];
}

/** PEM files of Baton's own broker. */
export interface BrokerTls {
  readonly key: string;
  readonly cert: string;
  /** Who signed the certificate, where the system does not know. */
  readonly ca?: string;
  /** The name in the certificate, where that is not the host. */
  readonly name?: string;
}

/** The limits of Baton's own broker that a site may set; `bodyBytes` is of a message. */
export type ConfiguredLimits = Partial<Omit<BrokerLimits, 'frame' | 'outputBytes' | 'patienceMs'>> & {
  readonly bodyBytes?: number;
};

/** One who is told when something is wrong. */
export interface AlertConfig {
  /** Either of the two is there. */
  readonly url?: string;
  readonly urlFile?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Files with the values, by header. */
  readonly headerFiles: Readonly<Record<string, string>>;
  readonly minimum: 'notice' | 'warning' | 'error';
  readonly holdSeconds: number;
  readonly quietSeconds: number;
}

/** What a site configures: `baton.yaml`, with all defaults filled in. Paths are absolute. */
export interface Config {
  readonly broker: {
    /** Absent: Baton's own broker is started. As `parseBrokerAddress` reads it. */
    readonly url?: string;
    /** Where Baton's own broker listens. */
    readonly host: string;
    readonly port: number;
    /** As whom everything that has this configuration connects, unless the url says. */
    readonly user?: { readonly login: string; readonly passcode: string };
    /** Who may connect to Baton's own broker, by login; everybody when absent. */
    readonly users?: Readonly<Record<string, BrokerUser>>;
    /** Given: Baton's own broker speaks TLS, and nothing else. */
    readonly tls?: BrokerTls;
    readonly limits: ConfiguredLimits;
  };
  /** The folder for everything that Baton keeps. */
  readonly store: string;
  readonly page: PageConfig;
  /** The folder with recipes and `rules.yaml`. */
  readonly recipes: string;
  readonly announcements: {
    /** Whether an announcement may bring a recipe of its own. Whoever may post to the queue may then run any step of any service. */
    readonly customRecipes: boolean;
    /** Which parameters of an announcement tell what it is about. */
    readonly fields: AboutNames;
    /** How long an announcement of a run that was started is a duplicate. */
    readonly rememberDays: number;
  };
  /** `quietAfter`: seconds of silence after which a run has ended that went through services without records. */
  readonly ledger: { readonly quietAfter: number; readonly keep: Keep };
  /** When back-fills wait for live work, and how fast they are where nothing else is said. */
  readonly reprocessing: GateRules & Pace;
  /** What handlers log about runs: from which level on it is told, and how much of it is kept. */
  readonly runLog: {
    readonly level: RunLogLevel;
    readonly linesPerRun: number;
    readonly megabytes: number;
    readonly days: number;
  };
  /** Modules that export services of the site's own. */
  readonly modules: readonly string[];
  /** Service processes: name to the services that share it. */
  readonly processes: Readonly<Record<string, readonly string[]>>;
  readonly services: Readonly<Record<string, ServiceConfig>>;
  /** The programs that recipes may run. */
  readonly programs: Programs;
  /** What programs may have of this host, where that is not all. */
  readonly compute: { readonly local: LocalConfig; readonly bullmq?: BullMqConfig; readonly slurm?: SlurmConfig };
  readonly shifts: ShiftPlan;
  readonly health: { readonly limits: Limits; readonly forgetLostSeconds: number };
  /** Who is told when something is wrong, by name. */
  readonly alerts: Readonly<Record<string, AlertConfig>>;
  readonly log: string;
}

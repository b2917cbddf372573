import type { JsonObject } from '../../core/json.ts';
import type { Finding } from '../../recipes/finding.ts';
import type { RerunMessage, RerunStep } from '../reruns/views.ts';
import type { ParameterField, RuleVerdict } from './announcing-site.ts';

/** An announcement that somebody makes by hand. */
export interface HandAnnouncement {
  /** `data-collection` leaves the recipes to the rules; on `processing_recipe` they are named. */
  readonly queue: 'data-collection' | 'processing_recipe';
  readonly recipes?: readonly string[];
  readonly parameters: JsonObject;
  /** `live` where absent. */
  readonly lane?: 'live' | 'reprocessing';
  /** STOMP priority of all messages; that of the lane where absent. */
  readonly priority?: number;
}

/** What can be announced here. */
export interface AnnouncementChoices {
  readonly queues: readonly HandAnnouncement['queue'][];
  /** By name. */
  readonly recipes: readonly string[];
}

/** What the dispatcher would make of it. */
export interface AnnouncementPreview {
  readonly recipes: readonly string[];
  /** How each rule judges it; none where the recipes are named. */
  readonly rules: readonly RuleVerdict[];
  /** Why it would be refused, and what to do. */
  readonly refused?: { readonly reason: string; readonly next: string };
  /** What the run would wait for. */
  readonly waits: readonly string[];
  /** Messages that the run begins with; all its steps; and the first of these messages. */
  readonly messages: number;
  readonly steps: readonly RerunStep[];
  readonly begins: readonly RerunMessage[];
  /** The parameters that the recipes ask for, and those that are given beside them. */
  readonly fields: readonly ParameterField[];
  /** What the linter says of the recipes with these parameters. */
  readonly findings: readonly (Finding & { readonly recipe: string })[];
  /** Names exactly this: what is announced is this, or nothing. */
  readonly plan: string;
}

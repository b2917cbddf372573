import type { JsonObject } from '../../core/json.ts';
import type { Finding } from '../finding.ts';
import type { Path } from '../problem.ts';
import type { LintSite } from './site.ts';
import type { Subject } from './subject.ts';

/**
 * One thing that may be wrong with a recipe. What it says of itself is its page in docs/lint.md, and its two examples are
 * run by the tests: `wrong` breaks the rule, `right` does not.
 */
export interface Rule {
  /** Stable: stands in findings, in the documentation, and in what people search for. */
  readonly id: string;
  readonly severity: Finding['severity'];
  /** What is wrong, without a full stop. */
  readonly title: string;
  /** What comes of it, in a sentence or two. */
  readonly why: string;
  /** What to do, where a finding does not know better. */
  readonly hint: string;
  readonly wrong: string;
  readonly right: string;
  /** The parameters that the examples are looked at with. */
  readonly given?: JsonObject;
  /** Finds it. Absent where reading or validating finds it. */
  readonly check?: (subject: Subject, site: LintSite) => Iterable<Flaw>;
}

/** A rule broken at one place. */
export interface Flaw {
  readonly path: Path;
  /** What is there, as a sentence. */
  readonly message: string;
  /** Takes the place of the rule's own. */
  readonly hint?: string;
}

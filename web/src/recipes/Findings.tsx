import type { ReactElement } from 'react';
import type { Finding, LintedRecipe } from '../../../src/monitor/api.ts';
import { State } from '../parts/State.tsx';
import { plural } from '../words/figures.ts';
import { severityStates } from './words.ts';

interface FindingsProps {
  readonly look: LintedRecipe;
  /** Leads to where a finding is. */
  readonly onChoose: (finding: Finding) => void;
}

/** What the linter says, each leading to its place. */
export function Findings({ look: { findings, more }, onChoose }: FindingsProps): ReactElement {
  if (findings.length === 0) return <p className="findings-none soft">The linter has nothing to complain about.</p>;
  return (
    <>
      <ol className="findings">
        {findings.map((finding, index) => (
          <li key={index}>
            <button type="button" className="finding" onClick={() => onChoose(finding)}>
              <State state={severityStates[finding.severity]} />
              <span className="finding-place soft">
                {finding.line}:{finding.column}
              </span>
              <span className="finding-text">
                {finding.message} <span className="soft">{finding.hint}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      {more > 0 && <p className="findings-none soft">{plural(more, 'finding')} more.</p>}
    </>
  );
}

import type { ReactElement } from 'react';
import type { DifferenceInWords } from '../../../src/monitor/api.ts';
import './differences.css';

const words: Readonly<Record<DifferenceInWords['kind'], string>> = {
  added: 'added',
  removed: 'removed',
  changed: 'changed',
  renumbered: 'renumbered',
};

/** Two recipes side by side, where they differ; on a narrow screen one above the other. */
export function Differences({
  differences,
  before,
  after,
  caption,
}: {
  readonly differences: readonly DifferenceInWords[];
  readonly before: string;
  readonly after: string;
  readonly caption: string;
}): ReactElement {
  return (
    <table className="differences">
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Where</th>
          <th scope="col">{before}</th>
          <th scope="col">{after}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map((difference, index) => (
          <tr key={index}>
            <th scope="row">
              {difference.where} <span className="soft">{words[difference.kind]}</span>
            </th>
            <td data-of={before}>
              {difference.before === undefined ? <i className="soft">nothing</i> : <del>{difference.before}</del>}
            </td>
            <td data-of={after}>
              {difference.after === undefined ? <i className="soft">nothing</i> : <ins>{difference.after}</ins>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

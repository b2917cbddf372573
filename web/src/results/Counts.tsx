import type { ReactElement } from 'react';
import { count } from '../words/figures.ts';
import type { GridScan } from './gridScan.ts';

/** The numbers behind the picture, for those who cannot see it or want to copy them. */
export function Counts({ scan }: { readonly scan: GridScan }): ReactElement {
  return (
    <details>
      <summary>Spots per position as a table</summary>
      <div className="counts" tabIndex={0} role="group" aria-label="Spots per position">
        <table>
          <thead>
            <tr>
              <td />
              {scan.counts[0]?.map((_, column) => (
                <th key={column} scope="col">
                  {column + 1}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {scan.counts.map((row, index) => (
              <tr key={index}>
                <th scope="row">{index + 1}</th>
                {row.map((spots, column) => (
                  <td key={column}>{count(spots)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

import type { ReactElement } from 'react';
import type { BackendView, ToldPlace } from '../../../src/monitor/api.ts';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Link } from '../routing/Link.tsx';
import { plural } from '../words/figures.ts';
import type { StateWord } from '../words/states.ts';
import { withFilter } from './filter.ts';
import { gigabytes, machine } from './words.ts';

const taking: StateWord = { word: 'takes jobs', shape: 'check', tone: 'good' };
const full: StateWord = { word: 'full', shape: 'dot', tone: 'active' };
const draining: StateWord = { word: 'takes no more', shape: 'slash', tone: 'warn' };

/** Where jobs can run, by backend: what each host has, and how much of it is in use. */
export function Workers({
  backends,
  query,
}: {
  readonly backends: readonly BackendView[];
  readonly query: URLSearchParams;
}): ReactElement | null {
  const telling = backends.filter(({ places, trouble }) => places !== undefined || trouble !== undefined);
  if (telling.length === 0) return null;
  return (
    <div className="jobs-backends">
      {telling.map((backend) => (
        <Panel
          key={backend.name}
          title={backend.name === 'local' ? 'On the hosts of services (local)' : `Workers (${backend.name})`}
          aside={backend.places && plural(backend.places.length, 'host')}
        >
          {backend.trouble !== undefined && <Nothing>It cannot be asked: {backend.trouble}</Nothing>}
          {backend.places?.length === 0 && (
            <Nothing>
              No worker is there. Start one on any host that has the programs:{' '}
              <code>baton worker --config baton.yaml</code>
            </Nothing>
          )}
          {backend.places !== undefined && backend.places.length > 0 && (
            <Places backend={backend.name} places={backend.places} query={query} />
          )}
        </Panel>
      ))}
    </div>
  );
}

interface PlacesProps {
  readonly backend: string;
  readonly places: readonly ToldPlace[];
  readonly query: URLSearchParams;
}

function Places({ backend, places, query }: PlacesProps): ReactElement {
  return (
    <div className="scroll" tabIndex={0} role="group" aria-label={`Hosts of ${backend}, scrolls sideways`}>
      <table className="grid jobs-places">
        <thead>
          <tr>
            <th scope="col">host</th>
            <th scope="col">state</th>
            <th scope="col" className="number">
              jobs
            </th>
            <th scope="col">cores</th>
            <th scope="col" className="number">
              memory
            </th>
            <th scope="col" className="number">
              gpus
            </th>
            <th scope="col">labels</th>
          </tr>
        </thead>
        <tbody>
          {places.map((place) => (
            <tr key={place.name}>
              <th scope="row" title={place.name}>
                <Link to={withFilter(query, { backend, host: machine(place.name) })}>{machine(place.name)}</Link>
              </th>
              <td>
                <State state={stateOf(place)} />
              </td>
              <td className="number">{place.running}</td>
              <td>
                <Cores place={place} />
              </td>
              <td className="number">
                {place.used && place.used.memory > 0 ? `${gigabytes(place.used.memory)} of ` : ''}
                {gigabytes(place.memory)}
              </td>
              <td className="number">
                {place.gpus === 0 ? '–' : `${String(place.used?.gpus ?? 0)} of ${String(place.gpus)}`}
              </td>
              <td>{place.labels.length === 0 ? <span className="soft">–</span> : place.labels.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cores({ place: { cores, used } }: { readonly place: ToldPlace }): ReactElement {
  if (!used) return <>{cores}</>;
  return (
    <div className="jobs-use">
      <div className="utilisation-bar" aria-hidden="true">
        <div style={{ transform: `scaleX(${String(Math.min(1, used.cores / cores))})` }} />
      </div>
      <span>
        {used.cores} of {cores}
      </span>
    </div>
  );
}

function stateOf({ isDraining, used, cores }: ToldPlace): StateWord {
  if (isDraining) return draining;
  return used !== undefined && used.cores >= cores ? full : taking;
}

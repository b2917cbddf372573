import { useCallback, type ReactElement } from 'react';
import type { FileEntry, LiveEvent, Page } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { useRequest } from '../server/useRequest.ts';
import { plural } from '../words/figures.ts';

const atFirst = 20;

/** The files that the results of a run name: to be had here where the site gives them out. Nothing while there are none. */
export function Files({ run }: { readonly run: string }): ReactElement | null {
  const concerns = useCallback((event: LiveEvent) => event.type === 'result' && event.run === run, [run]);
  const address = `/api/runs/${encodeURIComponent(run)}/files`;
  const { answer, failure } = useRequest<Page<FileEntry>>(`${address}?limit=${atFirst}`, concerns);
  if (failure !== undefined) return <Failure failure={failure} />;
  if (answer === undefined || answer.items.length === 0) return null;
  const kept = answer.items.filter(({ isGiven }) => !isGiven).length;
  return (
    <section className="files" aria-label="Files">
      <h3>Files</h3>
      <ul>
        {answer.items.map((file) => (
          <li key={file.n}>
            <File file={file} address={`${address}/${file.n}`} />
            <span className="soft"> step {file.step}</span>
          </li>
        ))}
      </ul>
      {answer.next !== undefined && (
        <p className="soft">
          These are the first {atFirst}; <a href={address}>the interface</a> lists all.
        </p>
      )}
      {kept > 0 && (
        <p className="soft">
          {plural(kept, 'file')} cannot be fetched here: only files below the folders of <code>page.files</code> in
          baton.yaml are given out, and an administrator decides which.
        </p>
      )}
    </section>
  );
}

function File({ file, address }: { readonly file: FileEntry; readonly address: string }): ReactElement {
  const { name, path, isGiven } = file;
  return isGiven ? (
    <a href={address} download={name} title={path}>
      {name}
    </a>
  ) : (
    <code title={path}>{path}</code>
  );
}

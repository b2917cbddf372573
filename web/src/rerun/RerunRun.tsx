import { lazy, Suspense, useRef, useState, type ReactElement } from 'react';
import type { RunDetail } from '../../../src/monitor/api.ts';

const RerunDialog = lazy(() => import('./RerunDialog.tsx'));

/** A button that asks what of the run is to be repeated and how, shows what would start, and starts it. */
export function RerunRun({ run }: { readonly run: RunDetail }): ReactElement {
  const [opened, setOpened] = useState(0);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpened(0);
    button.current?.focus();
  };
  return (
    <>
      <button ref={button} type="button" className="button" onClick={() => setOpened((before) => before + 1)}>
        Repeat run …
      </button>
      {opened > 0 && (
        <Suspense>
          <RerunDialog run={run} onClose={close} />
        </Suspense>
      )}
    </>
  );
}

import { useId, useRef, type ReactElement, type ReactNode } from 'react';
import { useNamed } from '../routing/useNamed.ts';
import './panel.css';

interface PanelProps {
  readonly title: string;
  /** Stands at the right of the title. */
  readonly aside?: ReactNode;
  readonly className?: string;
  /** What links within the page call it. */
  readonly id?: string;
  readonly children?: ReactNode;
}

/** A titled part of a page. */
export function Panel({ title, aside, className, id, children }: PanelProps): ReactElement {
  const heading = useId();
  const panel = useRef<HTMLElement>(null);
  useNamed(id, panel);
  return (
    <section ref={panel} id={id} className={`panel ${className ?? ''}`} aria-labelledby={heading}>
      <header className="panel-head">
        <h2 id={heading}>{title}</h2>
        {aside !== undefined && <div className="panel-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** What stands in a panel that has nothing to show: one sentence that says why, and what would change it. */
export function Nothing({ children }: { readonly children: ReactNode }): ReactElement {
  return <p className="nothing">{children}</p>;
}

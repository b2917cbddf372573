import { useId, useRef, useState, type ReactElement, type ReactNode, type SubmitEvent } from 'react';
import { Failure } from '../parts/Failure.tsx';
import { RequestFailure } from '../server/request.ts';

interface ReasonDialogProps {
  /** On the button that opens it. */
  readonly button: string;
  readonly className?: string;
  readonly title: string;
  /** On the button that does it, and on the one that does not. */
  readonly act: string;
  readonly leave?: string;
  /** What is asked for beside it. */
  readonly asks?: string;
  readonly isHarmful?: boolean;
  readonly disabled?: boolean;
  /** Says whether it can be done: while what it touches is still being counted, it cannot. */
  readonly isReady?: boolean;
  readonly onOpen?: () => void;
  readonly submit: (form: FormData) => Promise<unknown>;
  /** What it will touch. */
  readonly children: ReactNode;
}

/** A button, and behind it what would be done, why, and the button that does it. */
export function ReasonDialog(props: ReasonDialogProps): ReactElement {
  const { button, className = 'button', title, act, leave = 'Leave it', isHarmful, disabled, isReady = true } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [isOpen, setOpen] = useState(false);
  const [failure, setFailure] = useState<RequestFailure>();
  const [busy, setBusy] = useState(false);

  const open = (): void => {
    setOpen(true);
    setFailure(undefined);
    props.onOpen?.();
    dialog.current?.showModal();
  };
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    props
      .submit(new FormData(event.currentTarget))
      .then(() => dialog.current?.close())
      .catch((error: unknown) => {
        setFailure(error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.'));
      })
      .finally(() => setBusy(false));
  };

  return (
    <>
      <button type="button" className={className} onClick={open} disabled={disabled}>
        {button}
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby={heading} onClose={() => setOpen(false)}>
        {isOpen && (
          <form onSubmit={submit}>
            <h2 id={heading}>{title}</h2>
            {props.children}
            <label className="field">
              <span>{props.asks ?? 'Why? The group and the audit will say so.'}</span>
              <input name="reason" maxLength={500} pattern=".*\S.*" required autoFocus autoComplete="off" />
            </label>
            {failure !== undefined && <Failure failure={failure} />}
            <div className="dialog-buttons">
              <button type="button" className="button" onClick={() => dialog.current?.close()}>
                {leave}
              </button>
              <button
                type="submit"
                className={isHarmful === true ? 'button button-bad' : 'button button-main'}
                disabled={busy || !isReady}
              >
                {act}
              </button>
            </div>
          </form>
        )}
      </dialog>
    </>
  );
}

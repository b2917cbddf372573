import { useEffect, useId, useRef, useState, type ReactElement, type SubmitEvent } from 'react';
import type { OrderPreview, OrderView, ServiceOrder, ServiceView } from '../../../src/monitor/api.ts';
import { Failure } from '../parts/Failure.tsx';
import { RequestFailure, send } from '../server/request.ts';
import { useRequest } from '../server/useRequest.ts';
import { orderWords, ordersFor, scopesOf, targetStates, obeying, type Scope } from './order.ts';
import { Targets } from './Targets.tsx';
import './control.css';

/** Asks what a service is to do and why, shows whom that touches, gives the order, and tells what came of it. */
export function OrderDialog({
  service,
  onClose,
}: {
  readonly service: ServiceView;
  readonly onClose: () => void;
}): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const orders = ordersFor(service);
  const [order, setOrder] = useState<ServiceOrder>(orders[0] ?? 'pause');
  const scopes = scopesOf(order, service);
  const [chosen, setChosen] = useState(0);
  const [given, setGiven] = useState<OrderView>();
  const scope = scopes[chosen] ?? scopes[0];
  useEffect(() => dialog.current?.showModal(), []);

  return (
    <dialog ref={dialog} className="dialog order" aria-labelledby={heading} onClose={onClose}>
      <h2 id={heading}>
        {service.service} <span className="soft">on {service.host}</span>
      </h2>
      {given ? (
        <Outcome given={given} onClose={() => dialog.current?.close()} />
      ) : (
        <>
          <fieldset className="order-choice">
            <legend>What is it to do?</legend>
            {orders.map((each) => (
              <label key={each}>
                <input type="radio" name="order" checked={each === order} onChange={() => setOrder(each)} />
                <span>
                  <strong>{orderWords[each].name}</strong> <span className="soft">{orderWords[each].does}</span>
                </span>
              </label>
            ))}
          </fieldset>
          {scopes.length > 1 && (
            <fieldset className="order-choice order-scopes">
              <legend>Which?</legend>
              {scopes.map(({ words }, index) => (
                <label key={words}>
                  <input type="radio" name="scope" checked={index === chosen} onChange={() => setChosen(index)} />
                  <span>{words}</span>
                </label>
              ))}
            </fieldset>
          )}
          {scope && (
            <Order
              key={`${order} ${scope.words}`}
              order={order}
              scope={scope}
              onGiven={setGiven}
              onClose={() => dialog.current?.close()}
            />
          )}
        </>
      )}
    </dialog>
  );
}

function Order({
  order,
  scope,
  onGiven,
  onClose,
}: {
  readonly order: ServiceOrder;
  readonly scope: Scope;
  readonly onGiven: (given: OrderView) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { service, host } = scope;
  const query = new URLSearchParams({ order, service, host });
  const preview = useRequest<OrderPreview>(`/api/services/orders?${query.toString()}`, onService);
  const [failure, setFailure] = useState<RequestFailure>();
  const [busy, setBusy] = useState(false);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const reason = new FormData(event.currentTarget).get('reason');
    setBusy(true);
    setFailure(undefined);
    send<OrderView>('POST', `/api/services/${order}`, { service, host, reason })
      .then(onGiven)
      .catch((error: unknown) => {
        setFailure(error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.'));
      })
      .finally(() => setBusy(false));
  };
  const failed = failure ?? preview.failure;
  return (
    <form onSubmit={submit}>
      {preview.answer && (
        <Targets
          title={`${orderWords[order].name}: ${scope.words}`}
          targets={preview.answer.targets}
          stateOf={obeying}
          none="None of them lives now. Whoever starts later obeys."
        />
      )}
      <label className="field">
        <span>Why? The card, the hand-over and the audit will say so.</span>
        <input name="reason" maxLength={500} pattern=".*\S.*" required autoComplete="off" />
      </label>
      {failed && <Failure failure={failed} />}
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={onClose}>
          Leave it
        </button>
        <button type="submit" className="button button-bad" disabled={busy || !preview.answer}>
          {busy ? 'Waiting for their answers …' : `${orderWords[order].name} ${scope.words}`}
        </button>
      </div>
    </form>
  );
}

function Outcome({ given, onClose }: { readonly given: OrderView; readonly onClose: () => void }): ReactElement {
  const silent = given.targets.some(({ state }) => state === 'silent');
  return (
    <>
      <Targets
        title={`${orderWords[given.order].name}: what came of it`}
        targets={given.targets}
        stateOf={({ state }) => targetStates[state]}
        none="None of them lives now. Whoever starts later obeys."
      />
      {silent && <p>Who gave no answer may be busy, or gone: its card shows what it does.</p>}
      <div className="dialog-buttons">
        <button type="button" className="button" autoFocus onClick={onClose}>
          Close
        </button>
      </div>
    </>
  );
}

/** Whom it reaches changes only with who lives; that is asked anew with each snapshot. */
function onService(): boolean {
  return false;
}

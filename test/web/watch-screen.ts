/**
 * Runs in the browser before the page does: notes in `window.watched` how long what says when it was sent takes until it is
 * on the screen, and how long the page stands still.
 */
export function watchScreen(): void {
  const watched = { latencies: [] as number[], tasks: [] as number[], gaps: [] as number[] };
  Object.assign(window, { watched });

  const seen = new Set<string>();
  const look = (node: Node): void => {
    for (const [, time = ''] of (node.textContent ?? '').matchAll(/sent (\d{13})/g)) {
      if (seen.has(time)) continue;
      seen.add(time);
      // The task after the frame: then it is drawn.
      requestAnimationFrame(() => setTimeout(() => watched.latencies.push(Date.now() - Number(time))));
    }
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      if (target.nodeType === Node.TEXT_NODE) look(target);
      addedNodes.forEach(look);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });

  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watched.tasks.push(duration);
  }).observe({ type: 'longtask' });

  let last = performance.now();
  const frame = (now: number): void => {
    watched.gaps.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

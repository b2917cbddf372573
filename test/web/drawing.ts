/** Resolves, inside the browser, when what has changed has been laid out and drawn. */
export async function nextPicture(): Promise<void> {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}

declare global {
  interface Window {
    drawing: { frames: number; pictures: number; shift: number };
  }
}

/** Counts, inside the browser, the frames, the frames in which anything was drawn anew, and how far anything moved. */
export function watchDrawing(): void {
  window.drawing = { frames: 0, pictures: 0, shift: 0 };
  const count = (): void => {
    window.drawing.frames += 1;
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  const numbers = new MutationObserver(() => {
    window.drawing.pictures += 1;
  });
  numbers.observe(document.querySelector('.queues') ?? document.body, {
    subtree: true,
    characterData: true,
    childList: true,
  });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      window.drawing.shift += (entry as PerformanceEntry & { value: number }).value;
  }).observe({ type: 'layout-shift' });
}

type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/**
 * Looks through the page for what a machine can see of WCAG 2.2, AA: names, headings, contrast, the reach of the
 * keyboard. Runs inside the browser, so it uses nothing from outside itself. Returns a sentence for each finding.
 */
export function audit(): readonly string[] {
  const findings: string[] = [];
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const colours = new Map<string, Rgba>();
  const isShown = (element: Element): boolean =>
    element.checkVisibility({ visibilityProperty: true }) && element.closest('.unseen') === null;
  const shown = (selector: string): readonly HTMLElement[] =>
    [...document.querySelectorAll<HTMLElement>(selector)].filter(isShown);
  const describe = (element: Element): string => {
    const text = element.textContent.trim().replaceAll(/\s+/g, ' ').slice(0, 40);
    return `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> "${text}"`;
  };

  names();
  headings();
  reach();
  contrast();
  return findings;

  function names(): void {
    if (document.documentElement.lang === '') findings.push('The document names no language.');
    if (document.title === '') findings.push('The document has no title.');
    if (document.querySelectorAll('main').length !== 1) findings.push('There is not exactly one main region.');
    for (const element of document.querySelectorAll<HTMLElement>(
      'a, button, input, select, [role="group"], [role="application"]',
    )) {
      const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
      const labelled = element.getAttribute('aria-label') ?? labels.map((label) => label.textContent).join('');
      if ((labelled || element.textContent).trim() === '') findings.push(`No name: ${describe(element)}`);
    }
    for (const cell of document.querySelectorAll('thead th:not([scope="col"]), tbody th:not([scope="row"])')) {
      findings.push(`A table heading without its scope: ${describe(cell)}`);
    }
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    for (const id of ids.filter((each, index) => ids.indexOf(each) !== index))
      findings.push(`Two elements have the id ${id}.`);
  }

  function headings(): void {
    const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName.slice(1)));
    if (levels.filter((level) => level === 1).length !== 1) findings.push('There is not exactly one h1.');
    for (const [index, level] of levels.entries()) {
      if (level > (levels[index - 1] ?? 0) + 1) findings.push(`Heading ${index + 1} skips to level ${level}.`);
    }
  }

  function reach(): void {
    if (document.documentElement.scrollWidth > window.innerWidth) findings.push('The page is wider than its window.');
    for (const element of shown('main *')) {
      const { overflowX, overflowY } = getComputedStyle(element);
      const scrolls = ['auto', 'scroll'];
      const hidden =
        (scrolls.includes(overflowX) && element.scrollWidth > element.clientWidth + 1) ||
        (scrolls.includes(overflowY) && element.scrollHeight > element.clientHeight + 1);
      const holdsFocus = element.tabIndex >= 0 || element.querySelector('a, button, input') !== null;
      if (hidden && !holdsFocus) findings.push(`The keyboard cannot scroll ${describe(element)}`);
    }
  }

  function contrast(): void {
    for (const element of shown('body *')) {
      const words = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && (node.nodeValue ?? '').trim() !== '',
      );
      if (
        !words ||
        element instanceof HTMLScriptElement ||
        (element instanceof HTMLElement && element.tagName === 'NOSCRIPT')
      )
        continue;
      const style = getComputedStyle(element);
      const ground = groundOf(element);
      const ink = over(colour(element instanceof SVGElement ? style.fill : style.color), ground);
      const large =
        parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
      const ratio = ratioOf(ink, ground);
      if (ratio < (large ? 3 : 4.5)) findings.push(`Contrast ${ratio.toFixed(2)}: ${describe(element)}`);
    }
  }

  function groundOf(element: Element): Rgba {
    const layers: Rgba[] = [];
    for (let each: Element | null = element; each !== null; each = each.parentElement) {
      const box = each.querySelector(':scope > g > .step-box');
      layers.push(colour(box === null ? getComputedStyle(each).backgroundColor : getComputedStyle(box).fill));
    }
    return layers.reduceRight<Rgba>((below, layer) => over(layer, below), [255, 255, 255, 1]);
  }

  /** Any CSS colour, as the browser itself understands it. */
  function colour(text: string): Rgba {
    const known = colours.get(text);
    if (known !== undefined) return known;
    if (canvas === null) throw new Error('This browser draws nothing.');
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data;
    const found: Rgba = [red, green, blue, alpha / 255];
    colours.set(text, found);
    return found;
  }

  function over(top: Rgba, below: Rgba): Rgba {
    const mix = (index: 0 | 1 | 2): number => top[index] * top[3] + below[index] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  }

  function ratioOf(one: Rgba, other: Rgba): number {
    const [bright = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (bright + 0.05) / (dark + 0.05);
  }

  function luminance([red, green, blue]: Rgba): number {
    const linear = (value: number): number =>
      value <= 10.3 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  }
}

/** One character of a pattern: itself, any one (`_`), or any number of any (`%`). */
type Part = { readonly is: string } | '_' | '%';

/**
 * SQL's LIKE as a test of texts. `%` is any number of characters, `_` one, after the escape character each is itself.
 * The time is bounded by text × pattern, whatever the pattern: a regular expression of many `%` would take for ever.
 */
export function like(pattern: string, escape?: string): (text: string) => boolean {
  const parts = partsOf([...pattern], escape);
  return (text) => matches([...text], parts);
}

function partsOf(pattern: readonly string[], escape: string | undefined): readonly Part[] {
  const parts: Part[] = [];
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index] as string;
    if (character === escape) parts.push({ is: pattern[(index += 1)] ?? character });
    else parts.push(character === '_' || character === '%' ? character : { is: character });
  }
  return parts;
}

/** After a mismatch only the last `%` needs to try again, one character later. */
function matches(text: readonly string[], parts: readonly Part[]): boolean {
  let [at, part, lastAt, lastPart] = [0, 0, 0, -1];
  while (at < text.length) {
    const wanted = parts[part];
    if (wanted === '%') [lastAt, lastPart, part] = [at, part, part + 1];
    else if (wanted !== undefined && (wanted === '_' || wanted.is === text[at])) [at, part] = [at + 1, part + 1];
    else if (lastPart >= 0) [at, part, lastAt] = [lastAt + 1, lastPart + 1, lastAt + 1];
    else return false;
  }
  return parts.slice(part).every((rest) => rest === '%');
}

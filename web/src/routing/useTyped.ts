import { useEffect, useState } from 'react';
import { go } from './place.ts';

/** So long after the last key the address follows, in milliseconds. */
const typingPause = 200;

/**
 * The text of a field that stands in the address under a name, and what sets it. The address follows a moment after the
 * last key, without an entry in the history; `addressWith` makes the one with another text.
 */
export function useTyped(
  query: URLSearchParams,
  name: string,
  addressWith: (text: string) => string,
): readonly [text: string, setText: (text: string) => void] {
  const inAddress = query.get(name) ?? '';
  const [text, setText] = useState(inAddress);
  const [known, setKnown] = useState(inAddress);
  if (known !== inAddress) {
    // The address changed without this field, by Back or by Clear: the field follows it.
    setKnown(inAddress);
    setText(inAddress);
  }
  const address = text.trim() === inAddress ? undefined : addressWith(text.trim());
  useEffect(() => {
    if (address === undefined) return;
    const timer = setTimeout(() => go(address, 'replace'), typingPause);
    return () => clearTimeout(timer);
  }, [address]);
  return [text, setText];
}

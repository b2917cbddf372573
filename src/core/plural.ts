/** `1 message`, `2 messages`. */
export function plural(count: number, thing: string): string {
  return `${String(count)} ${thing}${count === 1 ? '' : 's'}`;
}

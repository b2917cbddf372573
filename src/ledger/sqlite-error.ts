/** SQLite's primary result codes (sqlite.org/rescode.html) that say something of the disk rather than of the data. */
const names = {
  5: 'busy',
  7: 'no-memory',
  8: 'read-only',
  10: 'disk',
  11: 'corrupt',
  13: 'full',
  14: 'cannot-open',
} as const;

/** What kept SQLite from reading or writing its file; undefined when the error is of another kind. */
export function resultCode(error: unknown): (typeof names)[keyof typeof names] | undefined {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return (names as Partial<Record<number, (typeof names)[keyof typeof names]>>)[code];
}

/** True when a version (`1.2.3`) is older than the newest. Versions of another form are not judged. */
export function isOutdated(version: string | undefined, newest: string | undefined): boolean {
  const [mine, theirs] = [numbers(version), numbers(newest)];
  if (mine === undefined || theirs === undefined) return false;
  const place = mine.findIndex((number, index) => number !== theirs[index]);
  return place !== -1 && (mine[place] ?? 0) < (theirs[place] ?? 0);
}

function numbers(version: string | undefined): readonly number[] | undefined {
  return /^(\d+)\.(\d+)\.(\d+)/
    .exec(version ?? '')
    ?.slice(1)
    .map(Number);
}

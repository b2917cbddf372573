/** The first five, and how many more there are. */
export function listed(all: readonly string[]): string {
  const shown = all.slice(0, 5).join(', ');
  return all.length > 5 ? `${shown} and ${String(all.length - 5)} more` : shown;
}

/** A span of time as one would say it: `0.4 s`, `12 s`, `7 min`, `3.5 h`. */
export function span(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${String(Math.floor(seconds))} s`;
  if (seconds < 7200) return `${String(Math.floor(seconds / 60))} min`;
  return `${(Math.floor(seconds / 360) / 10).toFixed(1)} h`;
}

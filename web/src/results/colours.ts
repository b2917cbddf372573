type Colour = readonly [red: number, green: number, blue: number];

/** Nine points of viridis (van der Walt and Smith, 2015): even steps to the eye, and to one that sees no red or green. */
const viridis: readonly Colour[] = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
];

/** The colour of a fraction of the maximum, 0 to 1, as red, green and blue of 0 to 255. */
export function colourOf(fraction: number): Colour {
  const place = Math.min(1, Math.max(0, fraction)) * (viridis.length - 1);
  const below = Math.floor(place);
  const [from, to] = [viridis[below] ?? [0, 0, 0], viridis[below + 1] ?? viridis[below] ?? [0, 0, 0]];
  const mix = (index: 0 | 1 | 2): number => Math.round(from[index] + (to[index] - from[index]) * (place - below));
  return [mix(0), mix(1), mix(2)];
}

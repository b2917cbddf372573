"""Scans: text files with a position and a count in each line; what stands behind a # is a comment."""


def peak_of(file):
    """Position and height of the peak, and the number of points. Raises ValueError for what is no scan."""
    points = list(read_points(file))
    if not points:
        raise ValueError(f"{file} has no points.")
    position, count = max(points, key=lambda point: point[1])
    return {"position": position, "count": count, "points": len(points)}


def read_points(file):
    with open(file, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            words = line.split("#")[0].split()
            if not words:
                continue
            try:
                position, count = (float(word) for word in words)
            except ValueError:
                said = line.strip()[:60]
                raise ValueError(f"{file}, line {number}: expected a position and a count, got {said}.") from None
            yield position, count

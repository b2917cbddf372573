#!/usr/bin/python3
"""Finds the peak of a scan: of a text file with a position and a count in each line.

    scan_peak.py [--broker stomp://login:passcode@host:port/prefix]

A step of a recipe with the queue scan_peak. Its payload names the `file`; `least`, among the step's parameters, is the
count below which nothing is called a peak.
"""

from recipe_service import Rejected, Service


def process(step):
    file = step.payload.get("file") if isinstance(step.payload, dict) else None
    if not isinstance(file, str):
        raise Rejected("The payload names no file.", "payload")
    points = list(read_points(file))
    if not points:
        raise Rejected(f"{file} has no points.", "empty")
    position, count = max(points, key=lambda point: point[1])
    if count < float(step.parameters.get("least", 1)):
        raise Rejected(f"{file} has no peak: the highest count is {count:g}.", "no-peak")
    yield "peak", {**step.payload, "position": position, "count": count, "points": len(points)}


def read_points(file):
    with open(file, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            words = line.split("#")[0].split()
            if not words:
                continue
            try:
                position, count = (float(word) for word in words)
            except ValueError:
                raise Rejected(f"{file}, line {number}: expected a position and a count, got {line.strip()[:60]}", "syntax")
            yield position, count


if __name__ == "__main__":
    Service("scan-peak", "Peak of a scan", queue="scan_peak", default_channel="peak", process=process).main()

#!/usr/bin/python3
"""Finds the peak of a scan: a step of recipes, with the queue scan_peak.

    scan_peak.py [--broker stomp://login:passcode@host:port/prefix]

Its payload names the `file`; the step's parameter `least` is the count below which nothing is called a peak.
"""

from recipe_service import Rejected, Service
from scan import peak_of


def process(step):
    file = step.payload.get("file") if isinstance(step.payload, dict) else None
    if not isinstance(file, str):
        raise Rejected("The payload names no file.", "payload")
    try:
        peak = peak_of(file)
    except ValueError as error:
        raise Rejected(str(error), "no-scan") from error
    if peak["count"] < float(step.parameters.get("least", 1)):
        raise Rejected(f"{file} has no peak: the highest count is {peak['count']:g}.", "no-peak")
    yield "peak", {**step.payload, **peak}


if __name__ == "__main__":
    Service("scan-peak", "Peak of a scan", queue="scan_peak", default_channel="peak", process=process).main()

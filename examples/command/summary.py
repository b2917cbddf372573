#!/usr/bin/python3
"""A step in Python: reads numbers from the file that its message names, and leaves their statistics beside it."""

import json
import statistics

import baton_program as baton

file = baton.payload()["file"]
with open(file, encoding="utf-8") as lines:
    numbers = [float(line) for line in lines]
baton.progress(0.5, f"read {len(numbers)} numbers")
found = {"count": len(numbers), "mean": statistics.fmean(numbers), "deviation": statistics.pstdev(numbers)}
with open("summary.json", "w", encoding="utf-8") as result:
    json.dump(found, result)
baton.result_file("summary.json")
baton.send("result", found)

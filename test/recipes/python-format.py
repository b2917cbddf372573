"""Writes python-format.json: what Python's own format() makes of values and specifications, null where it refuses."""

import json
import pathlib

VALUES = [0, 1, -1, 42, 1234567, -987654321, True, False, "", "hello", "äö😀", 0.5, 1.5, 2.5, 0.125, 0.1, -0.4]
VALUES += [1e-5, 1.23456e-7, 3.14159, -1234.5678, 12345678.9, 5e-324, 99.95, 9.995, 123456.5, [1, 2], {"a": 1}, None]
SPECS = ["", "d", "05d", "<5d", "^7d", "=+6d", " d", ",", "_", ",d", "010,d", "08,", "012,.2f", "_b", "#x", "#X", "#o"]
SPECS += ["#010x", "c", "+c", "n", "e", ".2e", ".0e", "f", ".2f", ".0f", ".3F", "08.3f", "+.1f", "%", ".1%", "g", "G"]
SPECS += [".3g", "#.3g", ".10g", ".0g", "#.0g", "s", ">8", "^8", "*^9", "*^9s", ".3s", "05", "5", "=5", "x<5", "{<5"]
SPECS += [",b", "_x", "020_x", "0,", "015,.1f", "015,.2%", "015,.2e", "5.d", "  ", "ls", "d5", "+s", ",s", "#.0f"]
# Whole numbers with a precision and no type are left out: JSON does not tell 216 from 216.0.
FLOAT_SPECS = [".1", ".2", ".3", ".5", "10.4", "#.2"]


def formatted(value, spec):
    try:
        return format(value, spec)
    except (ValueError, TypeError, OverflowError):
        return None


cases = [[value, spec, formatted(value, spec)] for value in VALUES for spec in SPECS]
cases += [[value, spec, formatted(value, spec)] for value in VALUES if isinstance(value, float) for spec in FLOAT_SPECS]
lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
pathlib.Path(__file__).with_suffix(".json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")

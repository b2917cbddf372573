"""Reads cases as JSON, one list, and writes what Python makes of each: null where it refuses."""

import json
import string
import sys


class Parameters(dict):
    """Stands for a parameter that is unknown by its own placeholder."""

    def __missing__(self, name):
        return Unknown(name)


class Unknown:
    def __init__(self, text):
        self.text = text

    def __getitem__(self, key):
        return Unknown(f"{self.text}[{key}]")

    def __str__(self):
        return "{" + self.text + "}"


def made(case):
    try:
        if case[0] == "format":
            return format(case[1], case[2])
        if case[0] == "replace":
            ((_, name, _, _),) = string.Formatter().parse("{" + case[1] + "}")
            return json.dumps(string.Formatter().get_field(name, (), case[2])[0])
        return string.Formatter().vformat(case[1], (), Parameters(case[2]))
    except Exception:  # whatever it is, the dispatcher fails
        return None


json.dump([made(case) for case in json.load(sys.stdin)], sys.stdout)

"""Answers of a program that runs as a step of a recipe. Needs nothing but Python 3.

Outside of Baton there is no message, and what would be sent is printed.
"""

import json
import os
import sys


def message():
    """The message of the step, in Zocalo's format: environment, payload, recipe."""
    with open(os.environ["BATON_MESSAGE"], encoding="utf-8") as file:
        return json.load(file)


def payload():
    """What the step before sent."""
    return message()["payload"]


def send(channel, payload=None):
    """A message on a channel of the recipe: updates leave at once, others when the program has ended well."""
    line = json.dumps({"channel": channel, "payload": payload}, allow_nan=False) + "\n"
    if "BATON_OUTPUT" not in os.environ:
        sys.stdout.write(line)
        return
    with open(os.environ["BATON_OUTPUT"], "a", encoding="utf-8") as file:
        file.write(line)


def progress(fraction, text=""):
    """How far it is."""
    send("updates", {"progress": fraction, "message": text})


def result_file(path, file_type="Result", rank=1):
    """A file that is a result: Result, Log or Graph."""
    folder, name = os.path.split(os.path.abspath(path))
    send("result-individual-file",
         {"file_path": folder, "file_name": name, "file_type": file_type, "importance_rank": rank})

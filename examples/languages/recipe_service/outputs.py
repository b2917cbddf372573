"""The messages that one message to a step leads to."""

import collections
import hashlib
import json

from .message import now, text
from .step import number_in, object_or_empty

# Baton's queues for what has to wait, in seconds. The broker's own delay begins after the COMMIT: a crash would lose it.
DELAYS = [2.0**power for power in range(-3, 13)]
# Of longer payloads the ledger is told the length.
KEPT_BYTES = 8192


class Outputs:
    """Collects frames, (destination, headers, body), and what the ledger is told of them."""

    def __init__(self, prefix, message, step):
        self.prefix, self.message, self.step = prefix, message, step
        self.frames, self.told = [], []
        self.counts = collections.Counter()

    def add(self, number, channel, payload, is_error=False):
        """Raises ValueError for a payload that JSON has no form for, such as a NaN."""
        target = object_or_empty(self.step.recipe.get(str(number)))
        content = json.dumps(payload, allow_nan=False)
        key = self.key(number, f"error {channel}" if is_error else channel)
        headers = {**self.headers(key), **({"baton-link": "error"} if is_error else {})}
        body = self.body(number, payload)
        queue, topic = target.get("queue"), target.get("topic")
        if isinstance(queue, str) and queue:
            frame = (f"/queue/{self.prefix}{queue}", headers, body)
            delay = number_in(target, "transport-delay", 0)
            self.frames.append(parked(self.prefix, frame, delay) if delay > 0 else frame)
            kept = {"payload": payload} if len(content) <= KEPT_BYTES else {}
            self.told.append({"step": number, "channel": channel, "key": key, "bytes": len(content), **kept})
        if isinstance(topic, str) and topic:
            self.frames.append((f"/topic/{self.prefix}{topic}", headers, body))

    def key(self, number, over):
        """The same when the work is done again: joins and the ledger know a duplicate by it."""
        name = json.dumps([self.message.key, number, over, self.counts[number, over]])
        self.counts[number, over] += 1
        return hashlib.sha256(name.encode()).hexdigest()[:32]

    def body(self, number, payload):
        step = self.step
        message = {"environment": step.environment, "payload": payload, "recipe": step.recipe}
        return json.dumps({**message, "recipe-path": [*step.path, step.number], "recipe-pointer": number})

    def headers(self, key):
        return {
            "workflows-recipe": "True",
            "persistent": "true",
            "baton-attempt": "1",
            "baton-deferral": "0",
            "baton-sent": str(now()),
            **identity(key, self.step),
        }


def identity(key, step):
    """Headers that every message of a run has, also one that is sent again."""
    priority = step.context.get("priority")
    ranked = {"priority": str(priority)} if type(priority) is int and 0 <= priority <= 9 else {}
    return {"baton-key": key, "baton-run": text(step.run, 1000), **ranked}


def parked(prefix, frame, seconds):
    """The frame for later: Baton's timekeeper moves it on when its time has come."""
    destination, headers, body = frame
    fitting = [delay for delay in DELAYS if delay <= seconds] or DELAYS[:1]
    parking = {
        "baton-destination": destination,
        "baton-due": str(now() + round(seconds * 1000)),
        "baton-parked": str(now()),
        # Among what waits nobody passes another.
        "priority": "4",
        **({"baton-priority": headers["priority"]} if "priority" in headers else {}),
    }
    return f"/queue/{prefix}baton.later.{fitting[-1]:g}", {**headers, **parking}, body

"""What becomes of a message: the frames of its transaction. Nothing is sent here."""

import collections
import json
import logging

from .message import now, text
from .outputs import Outputs, identity, parked
from .step import Rejected, Step

# What a step may say that only Baton's own services do: to pass it over would do something else than the recipe says.
UNSUPPORTED = ("join", "when")


class Worker:
    def __init__(self, service, prefix, host, records):
        self.service, self.prefix, self.host, self.records = service, prefix, host, records

    def work(self, message):
        """Runs the handler."""
        started = now()
        try:
            step = Step(message.body)
        except Rejected as error:
            # It names no run that it could be told to.
            return [self.dead_letter(message, None, cause_of(error))]
        try:
            outcome = self.done(message, step)
        except Exception as error:
            if not isinstance(error, Rejected):
                logging.exception("The handler failed")
            outcome = self.failed(message, step, error)
        return self.frames(message, step, started, *outcome)

    def refused(self, message, why):
        """For what the broker does not take, whatever is done: a dead letter with none of the headers it came with."""
        cause = {"code": "refused", "message": why}
        letter = self.dead_letter(message, None, cause, bare=True)
        try:
            return self.frames(message, Step(message.body), now(), "dead", [letter], [], cause)
        except Rejected:
            return [letter]

    def frames(self, message, step, started, outcome, frames, told=(), cause=None):
        if not self.records or not step.run:
            return frames
        return [*frames, self.record(message, step, started, outcome, told, cause)]

    def done(self, message, step):
        for key in UNSUPPORTED:
            if step.definition.get(key) is not None:
                raise Rejected(f"{self.service.name} cannot do a step with `{key}`.", "unsupported")
        outputs = Outputs(self.prefix, message, step)
        for channel, payload in self.service.process(step) or ():
            name, steps = step.linked(channel, self.service.default_channel)
            for number in steps:
                outputs.add(number, name, payload)
        return "done", outputs.frames, outputs.told

    def failed(self, message, step, error):
        cause = cause_of(error)
        attempts, delay, factor, longest = step.retry
        if not isinstance(error, Rejected) and message.attempt < attempts:
            wait = min(longest, delay * min(factor, 1000) ** min(message.attempt - 1, 50))
            return "retry", [parked(self.prefix, self.another_attempt(message, step), wait)], [], cause
        channel, steps = step.error_links(cause["code"])
        where = {"step": step.number, "service": self.service.name, "host": self.host, "attempt": message.attempt}
        outputs = Outputs(self.prefix, message, step)
        try:
            for number in steps:
                outputs.add(number, channel, {"error": {**cause, **where}, "payload": step.payload}, is_error=True)
        except (ValueError, RecursionError) as impossible:
            return "dead", [self.dead_letter(message, step, cause_of(impossible))], [], cause
        if outputs.frames:
            return "error-link", outputs.frames, outputs.told, cause
        return "dead", [self.dead_letter(message, step, cause)], [], cause

    def another_attempt(self, message, step):
        headers = {
            **message.sender_headers(),
            **identity(message.key, step),
            "baton-attempt": str(message.attempt + 1),
            "baton-first-failure": str(message.first_failure or now()),
        }
        return message.destination, headers, message.body

    def dead_letter(self, message, step, cause, bare=False):
        """The message as it was, with its cause in headers, for the dead-letter queue of its queue."""
        recipe_hash = step.context.get("recipeHash") if step else None
        headers = {
            **({} if bare else message.sender_headers()),
            **(identity(message.key, step) if step else {}),
            "persistent": "true",
            "baton-error-code": text(cause["code"], 200),
            "baton-error-message": text(cause["message"], 2000),
            **({"baton-error-step": str(step.number)} if step else {}),
            "baton-error-service": self.service.name,
            "baton-error-host": self.host,
            "baton-error-attempt": str(message.attempt),
            "baton-first-failure": str(message.first_failure or now()),
            "baton-last-failure": str(now()),
            **({"baton-recipe-hash": text(recipe_hash, 200)} if isinstance(recipe_hash, str) else {}),
            "original-destination": message.destination,
        }
        return message.destination.replace("/queue/", "/queue/DLQ.", 1), headers, message.body

    def record(self, message, step, started, outcome, told, cause):
        """For Baton's ledger: what became of this delivery."""
        record = {
            "kind": "step",
            "id": message.delivery,
            "run": step.run,
            "key": message.key,
            "messageId": message.id,
            "step": step.number,
            "queue": self.service.queue,
            "service": self.service.name,
            "host": self.host,
            "attempt": message.attempt,
            "deferral": message.deferral,
            **({"reinjected": message.reinjected} if message.reinjected else {}),
            "outcome": outcome,
            **({"cause": cause} if cause else {}),
            "path": step.path,
            "sent": message.sent,
            "received": message.received,
            "started": started,
            "finished": now(),
            "sends": dict(collections.Counter(str(output["step"]) for output in told)),
            "outputs": list(told),
        }
        return f"/queue/{self.prefix}baton.ledger", {"persistent": "true"}, json.dumps({"records": [record]})


def cause_of(error):
    return {"code": str(getattr(error, "code", type(error).__name__)), "message": str(error) or type(error).__name__}

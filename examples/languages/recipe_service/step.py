"""A message to a step of a recipe, as its body has it."""

import json
import math

# Where a recipe says nothing: as services of Baton do it.
RETRY = {"attempts": 3, "delay": 1, "factor": 4, "maxDelay": 300}


class Rejected(Exception):
    """Trying again will not help: goes to the step's error links, or to the dead-letter queue. The recipe may choose by the code."""

    def __init__(self, message, code="rejected"):
        super().__init__(message)
        self.code = code


class Step:
    """What a handler is given. Raises Rejected for a body that is no message to a step."""

    def __init__(self, body):
        message = read_object(body)
        self.environment = part(message, "environment", dict, {})
        self.recipe = part(message, "recipe", dict)
        self.path = part(message, "recipe-path", list, [])
        self.payload = message.get("payload")
        pointer = message.get("recipe-pointer")
        self.number = int(pointer) if isinstance(pointer, str) and pointer.isdecimal() else pointer
        self.definition = self.recipe.get(str(self.number))
        if type(self.number) is not int or not isinstance(self.definition, dict):
            raise Rejected(f"recipe-pointer: expected the number of a step, got {pointer!r:.60}.", "recipes.envelope")
        if not all(type(number) is int for number in self.path):
            raise Rejected("recipe-path: expected a list of numbers of steps.", "recipes.envelope")
        self.parameters = object_or_empty(self.definition.get("parameters"))
        self.run = str(self.environment.get("ID", ""))
        # Of Baton's own: it stands in the environment because services that know nothing of it pass on no headers.
        self.context = object_or_empty(self.environment.get("baton"))

    @property
    def retry(self):
        """(attempts, delay, factor, maxDelay) of this step."""
        settings = object_or_empty(self.definition.get("retry"))
        return [number_in(settings, name, standard) for name, standard in RETRY.items()]

    def linked(self, channel, default_channel):
        """The channel's name in the recipe, and the steps that it leads to."""
        links = self.definition.get("output")
        if isinstance(links, dict):
            return channel, numbers(links.get(channel))
        return "", numbers(links) if channel in (None, default_channel) else []

    def error_links(self, code):
        """The same for a failure. A step without error links of its own has the recipe's, unless they lead back to it."""
        links = self.definition.get("error")
        if isinstance(links, dict):
            chosen = code if code in links else "default"
            return chosen, numbers(links.get(chosen))
        if links is not None:
            return "", numbers(links)
        steps = numbers(self.recipe.get("error"))
        return "", [] if self.number in self.reached_from(steps) else steps

    def reached_from(self, steps):
        reached = list(steps)
        for number in reached:
            step = object_or_empty(self.recipe.get(str(number)))
            for links in (step.get("output"), step.get("error")):
                for targets in links.values() if isinstance(links, dict) else [links]:
                    reached.extend(target for target in numbers(targets) if target not in reached)
        return reached


def read_object(body):
    """The JSON object in a body; whatever else came is rejected."""
    try:
        message = json.loads(body, parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        raise Rejected(f"The message is no JSON that can be read: {error}.", "recipes.syntax") from error
    if not isinstance(message, dict):
        raise Rejected(f"The message: expected an object, got {message!r:.60}.", "recipes.envelope")
    return message


def no_constant(name):
    raise ValueError(f"{name} is no JSON")


def part(message, name, kind, *absent):
    found = message.get(name, *absent)
    if isinstance(found, kind):
        return found
    expected = "a list" if kind is list else "an object"
    raise Rejected(f"{name}: expected {expected}, got {found!r:.60}.", "recipes.envelope")


def object_or_empty(value):
    return value if isinstance(value, dict) else {}


def numbers(targets):
    """A number of a step, or a list of them; what is no number leads nowhere."""
    return [target for target in (targets if isinstance(targets, list) else [targets]) if type(target) is int]


def number_in(settings, name, standard):
    """A number in a recipe, which may be text there: parameters given by hand are."""
    try:
        value = float(settings.get(name, standard))
    except (TypeError, ValueError):
        return standard
    return value if math.isfinite(value) and 0 <= value <= 1e9 else standard

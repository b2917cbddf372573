"""Heartbeats, in Zocalo's form."""

import collections
import json
import threading
import time

import stomp

from .message import now

# Zocalo's codes of what a service does.
STARTING, IDLE, PROCESSING, END = 1, 2, 4, 6
TEXTS = {STARTING: "starting", IDLE: "idle", PROCESSING: "processing", END: "end"}


class Status:
    """Tells on the topic transient.status what the service does: on each change, and at least every 5 s."""

    def __init__(self, service, prefix, host):
        self.service, self.prefix, self.host = service, prefix, host
        self.connection = None
        self.code, self.since, self.spent = STARTING, time.monotonic(), collections.Counter()
        self.changed, self.lock = threading.Event(), threading.Lock()
        threading.Thread(target=self.keep_telling, daemon=True).start()

    def set(self, code):
        with self.lock:
            passed, self.since = time.monotonic() - self.since, time.monotonic()
            self.spent[self.code] += passed
            # The share of each status is that of the last minute or so.
            for spent in self.spent:
                self.spent[spent] *= 0.5 ** (passed / 30)
            self.code = code
        self.changed.set()

    def keep_telling(self):
        while True:
            has_changed = self.changed.wait(5)
            self.changed.clear()
            # Idle is told only when it lasts: a busy service does not flicker.
            if has_changed and self.code == IDLE and self.changed.wait(0.5):
                continue
            self.tell()

    def tell(self):
        """One that cannot leave is replaced by the next."""
        try:
            if self.connection and self.connection.is_connected():
                headers = {"expires": str(now() + 15_000)}
                self.connection.send(f"/topic/{self.prefix}transient.status", json.dumps(self.beat()), headers=headers)
        except (stomp.exception.StompException, OSError):
            pass

    def beat(self):
        with self.lock:
            total = sum(self.spent.values()) or 1
            return {
                "host": self.host,
                "status": self.code,
                "statustext": TEXTS[self.code],
                "service": self.service.description,
                "serviceclass": self.service.name,
                "utilization": {str(code): round(seconds / total, 3) for code, seconds in self.spent.items()},
                "workflows": "3.5",
            }

"""A delivery, as its headers have it."""

import re
import time

# What the broker put on a delivery: not the sender's, and not to be sent again.
BROKERS = {
    *("message-id", "subscription", "ack", "destination", "timestamp", "redelivered", "content-length", "receipt"),
    *("transaction", "expires", "original-destination", "scheduledJobId"),
    "dlqDeliveryFailureCause",
}


class Message:
    """Of any sender: what Baton's headers would say, and do not, is assumed."""

    def __init__(self, frame):
        self.headers, self.body = frame.headers, frame.body
        self.id, self.destination = self.headers["message-id"], self.headers["destination"]
        key = self.headers.get("baton-key", "")
        # What comes from other software has the broker's name for it.
        self.key = key if 0 < len(key) <= 200 else self.id
        self.received = now()
        self.attempt = self.count("baton-attempt", 1)
        self.deferral = self.count("baton-deferral", 0)
        self.reinjected = self.count("baton-reinjected", 0)
        self.sent = self.count("baton-sent", self.count("timestamp", self.received))
        self.first_failure = self.count("baton-first-failure", 0)

    @property
    def delivery(self):
        """Names this delivery of the message in the ledger, and no other."""
        again = f".r{self.reinjected}" if self.reinjected else ""
        return f"{self.key}.{self.attempt}.{self.deferral}{again}"

    def count(self, name, absent):
        digits = self.headers.get(name, "")
        return int(digits) if re.fullmatch("[0-9]{1,15}", digits) else absent

    def sender_headers(self):
        """Those to send it again with."""
        headers = {
            name: text(value, 2000)
            for name, value in self.headers.items()
            # A malformed one of JMS makes ActiveMQ end the connection, and stomp.py escapes no names.
            if name not in BROKERS and not name.startswith(("AMQ_", "JMS")) and re.fullmatch(r"[^:\\\r\n\0]+", name)
        }
        if "baton-group" in headers:
            # ActiveMQ does not deliver the other: sent again without it, the message would leave its group.
            headers["JMSXGroupID"] = headers["baton-group"]
        # ActiveMQ makes text of what has no content-length, and bytes of what has one.
        if "content-length" in self.headers:
            headers["content-length"] = str(len(self.body))
        return headers


def text(value, most):
    """What a header can carry."""
    return str(value)[:most].encode("utf-8", "replace").decode().replace("\0", "").replace("\r", " ")


def now():
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000

#!/usr/bin/python3
"""Announces a data collection to Baton and waits for the result.

    acquisition.py [--broker stomp://login:passcode@host:port/prefix] [--timeout SECONDS] ANNOUNCEMENT.json

ANNOUNCEMENT.json holds {"parameters": {...}}; "-" reads it from standard input. Each result is printed on standard
output as one line of JSON, everything else on standard error. Exit code: 0 when the run has finished, 1 when it was
refused, failed, or gave no answer in time, 2 when it could not be announced.

Needs stomp.py (Debian: python3-stomp).
"""

import argparse
import json
import logging
import os
import queue
import socket
import sys
import time
import uuid
from urllib.parse import unquote, urlparse

import stomp


class Answers(stomp.ConnectionListener):
    """Hands what the broker sends from stomp.py's thread to the main one, as pairs of a kind and its text."""

    def __init__(self, correlation_id):
        self.received = queue.Queue()
        self.correlation_id = correlation_id

    def on_message(self, frame):
        # The reply queue is ours alone; the correlation id still guards against an answer to somebody else.
        if frame.headers.get("correlation-id") == self.correlation_id:
            self.received.put(("answer", frame.body))

    def on_receipt(self, frame):
        self.received.put(("receipt", ""))

    def on_error(self, frame):
        self.received.put(("error", f"{frame.headers.get('message', '')} {frame.body}".strip()))

    def on_disconnected(self):
        self.received.put(("error", "the broker closed the connection"))


def main():
    options = read_options()
    announcement = read_announcement(options.announcement)
    host, port, login, passcode, prefix = read_address(options.broker)
    deadline = time.time() + options.timeout

    # stomp.py would write its own lines about a lost connection; ours say what to do.
    logging.getLogger("stomp.py").setLevel(logging.CRITICAL)
    request = str(uuid.uuid4())
    answers = Answers(request)
    # Without content-length ActiveMQ hands the body on as text, which other clients expect of JSON.
    connection = stomp.Connection12(
        [(host, port)], heartbeats=(10000, 10000), reconnect_attempts_max=1, auto_content_length=False
    )
    connection.set_listener("answers", answers)
    try:
        connection.connect(login, passcode, wait=True)
    except stomp.exception.ConnectFailedException:
        reason = first_error(answers) or "nothing answers there"
        give_up(f"No connection to the broker {host}:{port}: {reason}. Is Baton (or its broker) running?")

    reply_to = f"/queue/{prefix}reply.{socket.gethostname()}.{request}"
    connection.subscribe(reply_to, id="answers", ack="auto")
    connection.send(
        f"/queue/{prefix}data-collection",
        json.dumps(announcement),
        content_type="application/json",
        headers={
            "persistent": "true",
            "receipt": "announced",
            "reply-to": reply_to,
            "correlation-id": request,
            # What comes later than this is of no use to us.
            "baton-reply-by": str(int(deadline * 1000)),
        },
    )
    ended_well = wait_for_end(answers, deadline)
    # What the broker says from here on is its goodbye.
    connection.remove_listener("answers")
    connection.disconnect()
    return 0 if ended_well else 1


def wait_for_end(answers, deadline):
    """Prints what comes until the run has ended; True when it ended well."""
    announced = False
    while True:
        try:
            kind, text = answers.received.get(timeout=max(0.0, deadline - time.time()))
        except queue.Empty:
            where = "The announcement is with the broker, but" if announced else "The broker did not confirm, and"
            say(f"{where} there was no final answer in time. Does a dispatcher run? The status page tells.")
            return False
        if kind == "error":
            say(f"Lost the broker: {text}." + (" The announcement is safe with it." if announced else ""))
            return False
        if kind == "receipt":
            announced = True
            say("announced")
            continue
        answer = json.loads(text)
        status, run = answer["status"], answer.get("run", "")
        if status == "result":
            print(json.dumps(answer), flush=True)
        else:
            say(f"{status} {run} {answer.get('reason', '')}".rstrip())
        if status in ("finished", "refused", "duplicate", "failed"):
            return status == "finished"


def read_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--broker", default=os.environ.get("BATON_BROKER", "stomp://localhost:61613"))
    parser.add_argument("--timeout", type=float, default=120, help="seconds to wait for the end of the run (120)")
    parser.add_argument("announcement", metavar="ANNOUNCEMENT.json")
    return parser.parse_args()


def read_announcement(path):
    try:
        with sys.stdin if path == "-" else open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        give_up(f"Cannot read the announcement {path}: {error}.")


def read_address(address):
    """Host, port, login, passcode, and the prefix of the site's queues with its dot, or empty."""
    try:
        url = urlparse(address)
        if url.scheme != "stomp" or not url.hostname:
            raise ValueError("it has to begin with stomp:// and name a host")
        prefix = url.path.strip("/")
        login, passcode = (part and unquote(part) for part in (url.username, url.password))
        return url.hostname, url.port or 61613, login, passcode, f"{prefix}." if prefix else ""
    except ValueError as error:
        give_up(f"{address} is no address of a broker: {error}. Write stomp://login:passcode@host:port/prefix.")


def first_error(answers):
    while not answers.received.empty():
        kind, text = answers.received.get()
        if kind == "error":
            return text
    return None


def say(text):
    print(text, file=sys.stderr, flush=True)


def give_up(sentence):
    say(sentence)
    sys.exit(2)


if __name__ == "__main__":
    sys.exit(main())

"""A program that does the steps of one queue."""

import argparse
import collections
import logging
import os
import queue
import signal
import socket
import sys
import threading

import stomp

from .address import read_address
from .message import Message
from .status import END, IDLE, PROCESSING, STARTING, Status
from .step import Rejected, read_object
from .worker import Worker

# So often one outcome is settled before it is taken for what makes the broker end the connection.
SETTLED_AT_MOST = 5


class Lost(Exception):
    """The connection has ended, and with it what is known of the deliveries that came over it."""


class Service:
    def __init__(self, name, description, queue, process, default_channel=None):
        self.name, self.description, self.queue = name, description, queue
        self.process, self.default_channel = process, default_channel

    def main(self):
        """Works until it is told to end, over the broker or by SIGTERM or Ctrl-C; what it works on is finished first."""
        parser = argparse.ArgumentParser(description=f"{self.description}: does the steps with the queue {self.queue}.")
        parser.add_argument("--broker", default=os.environ.get("BATON_BROKER", "stomp://localhost:61613"))
        parser.add_argument("--no-records", action="store_true", help="tell Baton's ledger nothing, as Zocalo's services do")
        options = parser.parse_args()
        try:
            address = read_address(options.broker)
        except ValueError as error:
            parser.error(str(error))
        # stomp.py would write its own lines about a lost connection.
        logging.getLogger("stomp.py").setLevel(logging.CRITICAL)
        consumer = Consumer(self, address, not options.no_records)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: consumer.stop())
        consumer.run()


class Consumer:
    """Consumes the queue of a service, over one connection after the other."""

    def __init__(self, service, address, records):
        self.service, self.address = service, address
        self.host = f"{socket.gethostname()}.{os.getpid()}"
        self.hosts = ", ".join(f"{host}:{port}" for host, port in address.hosts)
        self.worker = Worker(service, address.prefix, self.host, records)
        self.status = Status(service, address.prefix, self.host)
        self.stopping = threading.Event()
        self.inbox, self.connection = None, None
        # Decided, but whether the broker has done it is not known: frames and number of tries, by message id.
        self.unconfirmed = collections.OrderedDict()

    def run(self):
        wait = 1
        while not self.stopping.is_set():
            try:
                self.connect()
                wait = 1
                self.consume()
            except (Lost, stomp.exception.StompException, OSError) as error:
                reason = str(error) or "nobody answers"
                say(f"No connection to the broker at {self.hosts}: {reason}. Another try in {wait} s.")
                self.stopping.wait(wait)
                wait = min(2 * wait, 30)
            finally:
                self.disconnect()

    def stop(self):
        self.stopping.set()
        if self.inbox:
            self.inbox.messages.put(None)

    def connect(self):
        self.inbox = Inbox(self.take_command)
        # Bodies stay bytes: what is no UTF-8 is not replaced by something else. They are sent without content-length:
        # ActiveMQ then makes text of them, which other clients expect of JSON.
        how = {"heartbeats": (10_000, 10_000), "auto_decode": False, "auto_content_length": False}
        self.connection = stomp.Connection12(self.address.hosts, reconnect_attempts_max=1, **how)
        self.connection.set_listener("inbox", self.inbox)
        self.connection.connect(self.address.login, self.address.passcode, wait=True)
        self.status.connection = self.connection
        self.status.set(STARTING)
        self.connection.subscribe(f"/topic/{self.address.prefix}command", id="commands", ack="auto")
        # One at a time: what else waits is for other instances of this service.
        one = {"activemq.prefetchSize": "1"}
        source = f"/queue/{self.address.prefix}{self.service.queue}"
        self.connection.subscribe(source, id="steps", ack="client-individual", headers=one)
        say(f"{self.service.description} is up: {self.host} works for {source}.")

    def disconnect(self):
        """In good order where the connection is still there: what was not begun goes back to the queue."""
        connection, self.connection = self.connection, None
        try:
            if connection and connection.is_connected():
                self.status.set(END)
                self.status.tell()
                connection.disconnect(receipt="goodbye")
        except (stomp.exception.StompException, OSError):
            pass

    def take_command(self, body):
        try:
            command = read_object(body)
        except Rejected:
            return
        is_for_us = command.get("host") == self.host or command.get("service") == self.service.name
        if command.get("command") == "shutdown" and is_for_us:
            self.stop()

    def consume(self):
        while not self.stopping.is_set():
            self.status.set(IDLE)
            frame = self.inbox.messages.get()
            if self.stopping.is_set():
                return
            if frame is None:
                raise Lost("it was lost")
            self.status.set(PROCESSING)
            message = Message(frame)
            self.settle(message, self.decided(message))

    def decided(self, message):
        """The frames of its transaction; where it comes again after a COMMIT without an answer, those that were decided then."""
        frames, tries = self.unconfirmed.pop(message.id, (None, 0))
        if frames is None:
            frames = self.worker.work(message)
        elif tries >= SETTLED_AT_MOST:
            frames = self.worker.refused(message, f"The broker ended {tries} connections over what became of it.")
        self.unconfirmed[message.id] = (frames, tries + 1)
        while len(self.unconfirmed) > 100:
            self.unconfirmed.popitem(last=False)
        return frames

    def settle(self, message, frames):
        """All or nothing; returns when the broker has confirmed it."""
        transaction = self.connection.begin()
        self.connection.ack(message.headers["ack"], transaction=transaction)
        for destination, headers, body in frames:
            self.connection.send(destination, body, headers={**headers, "transaction": transaction})
        self.connection.commit(transaction, receipt=transaction)
        while (receipt := self.inbox.receipts.get()) != transaction:
            if receipt is None:
                raise Lost("it was lost before the broker had confirmed a transaction")
        del self.unconfirmed[message.id]


class Inbox(stomp.ConnectionListener):
    """Hands what comes in stomp.py's thread to the main one; None where the connection has ended."""

    def __init__(self, on_command):
        self.on_command = on_command
        # SimpleQueue: a signal may put while the main thread gets.
        self.messages, self.receipts = queue.SimpleQueue(), queue.SimpleQueue()

    def on_message(self, frame):
        if frame.headers.get("subscription") == "commands":
            self.on_command(frame.body)
        else:
            self.messages.put(frame)

    def on_receipt(self, frame):
        self.receipts.put(frame.headers["receipt-id"])

    def on_error(self, frame):
        said = frame.body.decode(errors="replace") if isinstance(frame.body, bytes) else frame.body
        say(f"The broker complains: {frame.headers.get('message', '')} {said:.500}".strip())
        # After it nothing is sure.
        self.on_disconnected()

    def on_disconnected(self):
        self.messages.put(None)
        self.receipts.put(None)


def say(sentence):
    print(sentence, file=sys.stderr, flush=True)

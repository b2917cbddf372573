"""What a Python service does, with stomp.py: arguments are the port and the STOMP version. Prints what came as JSON."""
import json
import queue
import sys

import stomp

port, version = int(sys.argv[1]), sys.argv[2]
connect = {"1.1": stomp.Connection11, "1.2": stomp.Connection12}[version]


class Inbox(stomp.ConnectionListener):
    def __init__(self):
        self.messages = queue.Queue()
        self.errors = queue.Queue()

    def on_message(self, frame):
        self.messages.put(frame)

    def on_error(self, frame):
        self.errors.put(frame)


def connection():
    made = connect([("127.0.0.1", port)], heartbeats=(5000, 5000))
    inbox = Inbox()
    made.set_listener("", inbox)
    made.connect(wait=True)
    return made, inbox


def ack(made, frame, method="ack", **more):
    name = frame.headers["ack"] if version == "1.2" else frame.headers["message-id"]
    where = {} if version == "1.2" else {"subscription": frame.headers["subscription"]}
    getattr(made, method)(name, **where, **more)


source, target = f"/queue/py.{version}", f"/queue/py.{version}.out"
first, inbox = connection()
for body in ("Grüße: ✓", "refused", "kept"):
    first.send(source, body, persistent="true", headers={"zocalo.go.user": "a:b\nc"})
first.subscribe(source, id="1", ack="client-individual")
taken, refused, kept = [inbox.messages.get(timeout=10) for _ in range(3)]

transaction = first.begin()
ack(first, taken, transaction=transaction)
first.send(target, json.dumps({"done": taken.body}), transaction=transaction, persistent="true")
first.commit(transaction)
ack(first, refused, "nack")
first.subscribe(target, id="2", ack="auto")
done = inbox.messages.get(timeout=10)
first.subscribe(f"/queue/DLQ.py.{version}", id="3", ack="auto")
dead = inbox.messages.get(timeout=10)
first.disconnect(receipt="bye")

second, inbox = connection()
second.subscribe(source, id="1", ack="client-individual")
again = inbox.messages.get(timeout=10)
ack(second, again)
second.disconnect(receipt="bye")

print(
    json.dumps(
        {
            "taken": [taken.body, taken.headers["zocalo.go.user"]],
            "done": json.loads(done.body),
            "dead": [dead.body, dead.headers["original-destination"]],
            "again": [again.body, again.headers["redelivered"]],
            "errors": inbox.errors.qsize(),
        }
    )
)

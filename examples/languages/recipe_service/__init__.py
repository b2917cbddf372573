"""Takes part in recipes, with stomp.py (Debian: python3-stomp) and nothing else: copy this folder and write a handler.

    def process(step):                      # called for each message, one after the other
        yield "peak", {"position": 1.5}     # a channel of the recipe, and what goes over it

    Service("scan-peak", "Peak of a scan", queue="scan_peak", default_channel="peak", process=process).main()

Each message is one transaction: its acknowledgement, all that follows from it, and its record for Baton's ledger. A
handler raises Rejected for what can never succeed; any other exception is tried again as the recipe's `retry` says.
docs/other-languages.md explains the messages, and what this leaves out.
"""

from .service import Service
from .step import Rejected, Step

__all__ = ["Rejected", "Service", "Step"]

"""The same service with python-workflows, as a site of Zocalo's has them: nothing in it knows of Baton.

Registered under the entry point `workflows.services`; what changes is the broker that it is started with.
"""

import workflows.recipe
from workflows.services.common_service import CommonService

from scan_peak import read_points


class ScanPeak(CommonService):
    """Finds the peak of a scan: of a text file with a position and a count in each line."""

    _service_name = "Peak of a scan"
    _logger_name = "services.scan_peak"

    def initializing(self):
        workflows.recipe.wrap_subscribe(
            self._transport,
            "scan_peak",
            self.receive_scan,
            acknowledgement=True,
            log_extender=self.extend_log,
        )

    def receive_scan(self, rw, header, message):
        least = float(rw.recipe_step.get("parameters", {}).get("least", 1))
        try:
            points = list(read_points(message["file"]))
            position, count = max(points, key=lambda point: point[1])
        except Exception as error:
            self.log.error("No peak in %s: %s", message, error, exc_info=True)
            rw.transport.nack(header)
            return
        transaction = rw.transport.transaction_begin(subscription_id=header["subscription"])
        rw.transport.ack(header, transaction=transaction)
        rw.set_default_channel("peak")
        if count >= least:
            found = {**message, "position": position, "count": count, "points": len(points)}
            rw.send_to("peak", found, transaction=transaction)
        rw.transport.transaction_commit(transaction)

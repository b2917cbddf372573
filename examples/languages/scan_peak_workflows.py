"""The same for python-workflows, as a site of Zocalo's has its services: nothing in it knows of Baton.

It is registered under the entry point `workflows.services` of its package, and started as all others there:

    python -m workflows.contrib.start_service -t StompTransport --stomp-host … --stomp-port … -s ScanPeak
"""

import workflows.recipe
from workflows.services.common_service import CommonService

from scan import peak_of


class ScanPeak(CommonService):
    """Finds the peak of a scan."""

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
        try:
            peak = peak_of(message["file"])
        except Exception as error:
            self.log.error("No peak in %s: %s", message, error, exc_info=True)
            # The broker puts it into the dead-letter queue, without the cause.
            self._transport.nack(header)
            return
        transaction = self._transport.transaction_begin(subscription_id=header["subscription"])
        self._transport.ack(header, transaction=transaction)
        rw.send_to("peak", {**message, **peak}, transaction=transaction)
        self._transport.transaction_commit(transaction)

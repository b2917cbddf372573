"""The address of a broker, as all of Baton's programs take it."""

import collections
from urllib.parse import unquote, urlparse

# hosts: (host, port), of which the first that answers is taken; prefix: of the site's queues, with its dot, or empty.
Address = collections.namedtuple("Address", "hosts login passcode prefix")


def read_address(address):
    """Raises ValueError with a sentence for the user."""
    try:
        urls = [urlparse(each) for each in address.split(",")]
        if any(url.scheme != "stomp" or not url.hostname for url in urls):
            raise ValueError("it has to begin with stomp:// and name a host")
        hosts = [(url.hostname, url.port or 61613) for url in urls]
    except ValueError as error:
        reason = f"{address} is no address of a broker: {error}. Write stomp://login:passcode@host:port/prefix."
        raise ValueError(reason) from error
    login, passcode = (given and unquote(given) for given in (urls[0].username, urls[0].password))
    prefix = urls[-1].path.strip("/")
    return Address(hosts, login, passcode, f"{prefix}." if prefix else "")

"""Web push: to which services of the browsers' makers a notification may go. Pure.

The address of a subscription comes from a browser. Nobody but the administrator aims our server
at a host: only the push services of the browsers count, and what the settings name beside them.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

CHANNEL = "push"
# Chrome and its kin, Firefox, Edge, Safari (each maker's documentation, November 2026).
SERVICES = (
    "fcm.googleapis.com",
    ".push.services.mozilla.com",
    ".notify.windows.com",
    ".push.apple.com",
)
LONGEST = 1000  # characters of an address


def permitted(endpoint: str, more: Collection[str] = ()) -> bool:
    """Whether `endpoint` is one of theirs; `more`: origins such as `https://push.example.com`."""
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable():
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if f"{parts.scheme}://{parts.netloc}" in more:
        return True
    if parts.scheme != "https" or port not in {None, 443} or parts.username is not None:
        return False
    return any(f".{host}".endswith(f".{one.lstrip('.')}") for one in SERVICES)

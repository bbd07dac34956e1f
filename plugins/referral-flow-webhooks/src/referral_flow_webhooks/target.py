"""The URL of a receiver, checked before anything is sent."""

from __future__ import annotations

import re
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from referral_flow.errors import ConfigurationError
from referral_flow_webhooks.exchange import Target
from referral_flow_webhooks.networks import Network, Reach

_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_VISIBLE = re.compile(r"[!-~]*")


def target_of(
    url: str, trusted: str | None, proxy: str | None, networks: tuple[Network, ...]
) -> tuple[Target, Reach]:
    """Give the target of a URL, and what its host may stand for.

    Raises ConfigurationError, which does not repeat the URL.
    """
    parts, port = _parsed(url)
    if parts.scheme not in _PORTS:
        wrong("it is neither https nor http")
    if "@" in parts.netloc:
        wrong("it has a user or password: a webhook is signed, it does not sign in")
    host = parts.hostname or ""
    if not _HOST.fullmatch(host):
        wrong("it names no host")
    secured = parts.scheme == "https"
    if not secured and not networks:
        wrong("http goes in the clear: use https, or allow= the network that it stays in")
    reach = Reach(networks, public=secured)
    _check_literal(host, reach)
    path = parts.path or "/"
    path += f"?{parts.query}" if parts.query else ""
    context = _context(trusted) if secured else None
    by = _proxy(proxy, secured) if proxy is not None else None
    return Target(host, port or _PORTS[parts.scheme], path, context, by), reach


def _parsed(url: str) -> tuple[SplitResult, int | None]:
    if not _VISIBLE.fullmatch(url):
        wrong("it has a space or a letter beyond ASCII: write that as %20 or xn--")
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        wrong("its host or port cannot be read")


def _proxy(url: str, secured: bool) -> tuple[str, int]:
    parts, port = _parsed(url)
    if not secured:
        wrong("proxy= is for https only")
    if parts.scheme != "http" or not parts.hostname or port is None or "@" in parts.netloc:
        wrong("proxy= is http://HOST:PORT, without user and password")
    return parts.hostname, port


def _check_literal(host: str, reach: Reach) -> None:
    try:
        address = ip_address(host)
    except ValueError:
        return  # A name: its addresses are checked at each connection.
    if not reach.has(address):
        wrong("webhooks may not go to its address: allow= says which networks they may go to")


def _context(trusted: str | None) -> ssl.SSLContext:
    if trusted is not None and not Path(trusted).is_file():
        wrong("there is no file at the path of trusted=")
    try:
        return ssl.create_default_context(cafile=trusted)
    except (OSError, ValueError):
        wrong("the file of trusted= has no certificates that can be read")


def wrong(problem: str) -> NoReturn:
    """Refuse the address, without repeating any of it."""
    raise ConfigurationError(problem=f"the address of the webhook cannot be used: {problem}")

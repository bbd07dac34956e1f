"""Which addresses a webhook may go to, and finding those of a host."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from threading import Thread

from attrs import frozen

from referral_flow.errors import ConfigurationError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
"""Give the addresses of a host, of which one is connected to at this port."""

_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Older releases of Python take them for public: 6to4 and Teredo lead to an IPv4 address,
# the others are for protocols and documentation.
_NOT_PUBLIC: tuple[Network, ...] = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("2001::/23"),
    IPv6Network("2002::/16"),
    IPv6Network("3fff::/20"),
)


class Forbidden(Exception):
    """Say that a host stands for an address that webhooks may not go to."""


@frozen
class Reach:
    """What webhooks may go to: public addresses, unless `public` is False, and `networks`."""

    networks: tuple[Network, ...] = ()
    public: bool = True

    def has(self, address: Address) -> bool:
        """Say whether webhooks may go to an address."""
        meant = _meant(address)
        if any(meant in network or address in network for network in self.networks):
            return True
        return self.public and _is_public(meant)


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    if address.is_multicast or address.is_reserved or any(address in n for n in _NOT_PUBLIC):
        return False
    return address.is_global


def _meant(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 address leads to, where it does."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def reachable(
    host: str, port: int, resolve: Resolve, reach: Reach, seconds: float
) -> tuple[str, ...]:
    """Find the addresses of a host, every one of which was checked.

    Raises Forbidden if one of them may not be gone to, TimeoutError when it takes longer
    than `seconds`, and what `resolve` raises.
    """
    found = tuple(dict.fromkeys(_within(seconds, lambda: resolve(host, port))))
    for address in found:
        if not reach.has(ip_address(address.partition("%")[0])):
            raise Forbidden
    return found


def by_system(host: str, port: int) -> Sequence[str]:
    """Ask the system."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(where[0]) for *_, where in found]


def networks_of(text: str) -> tuple[Network, ...]:
    """Read networks (`10.0.0.0/8,::1`), with commas between; raises ConfigurationError."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(","))
    except ValueError:
        problem = "allow= has networks of webhooks such as 10.0.0.0/8, with commas between"
        raise ConfigurationError(problem=problem) from None


def _within(seconds: float, ask: Callable[[], Sequence[str]]) -> Sequence[str]:
    # The system's resolver knows no time limit of ours.
    answer: Future[Sequence[str]] = Future()

    def asking() -> None:
        try:
            answer.set_result(ask())
        except Exception as error:  # handed over to whoever waits
            answer.set_exception(error)

    Thread(target=asking, daemon=True).start()
    return answer.result(seconds)

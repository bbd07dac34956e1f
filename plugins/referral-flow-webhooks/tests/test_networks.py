"""Which addresses webhooks may go to."""

from __future__ import annotations

import threading
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from referral_flow_webhooks.networks import Forbidden, Reach, networks_of, reachable

PUBLIC = ["8.8.8.8", "203.162.4.190", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
NOT_PUBLIC = {
    "of this machine": ["0.0.0.0", "127.0.0.1", "127.8.8.8", "::", "::1", "::127.0.0.1"],
    "private": ["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd00::1"],
    "shared": ["100.64.0.1", "100.127.255.254"],
    "link-local": ["169.254.169.254", "fe80::1", "fec0::1"],
    "multicast": ["224.0.0.1", "239.255.255.250", "255.255.255.255", "ff02::1", "ff0e::1"],
    "for protocols": [
        "192.0.0.1",
        "192.0.0.9",
        "192.88.99.1",
        "198.18.0.1",
        "2001:2::1",
        "5f00::1",
    ],
    "for documents": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "reserved": ["240.0.0.1", "100::1", "2001::1", "2001:10::1", "64:ff9b:1::808:808"],
    "IPv4 in IPv6": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::8.8.8.8"],
    "IPv4 by way of IPv6": [
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::1",
        "2002:808:808::1",
    ],
}
EACH = [address for addresses in NOT_PUBLIC.values() for address in addresses]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_gone_to(address: str) -> None:
    assert Reach().has(ip_address(address))
    assert not Reach(public=False).has(ip_address(address))


@pytest.mark.parametrize("address", EACH)
def test_no_other_may_unless_its_network_is_allowed(address: str) -> None:
    assert not Reach().has(ip_address(address))
    assert Reach(networks_of(address)).has(ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_however_it_is_written(address: object) -> None:
    plain, mapped = ip_address(str(address)), ip_address(f"::ffff:{address}")
    for reach in (Reach(), Reach(networks_of("10.0.0.0/8"))):
        assert reach.has(plain) == reach.has(mapped)


def test_an_allowed_network_allows_no_other() -> None:
    reach = Reach(networks_of("10.2.0.0/16, ::1"))
    allowed = ("10.2.3.4", "::1", "::ffff:10.2.3.4", "8.8.8.8")
    assert all(reach.has(ip_address(address)) for address in allowed)
    assert not any(reach.has(ip_address(address)) for address in ("10.3.0.1", "127.0.0.1", "::2"))


@pytest.mark.parametrize("bad", [*EACH, "fe80::1%eth0"])
def test_one_forbidden_address_is_enough_to_forbid_the_host(bad: str) -> None:
    with pytest.raises(Forbidden):
        reachable("h", 443, lambda host, port: ["8.8.8.8", bad], Reach(), 5)


def test_every_address_is_given_once_in_the_order_of_the_resolver() -> None:
    found = ["8.8.4.4", "2606:4700::1111", "8.8.4.4", "8.8.8.8"]
    assert reachable("h", 443, lambda host, port: found, Reach(), 5) == (
        "8.8.4.4",
        "2606:4700::1111",
        "8.8.8.8",
    )


def test_a_resolver_that_hangs_is_left() -> None:
    over = threading.Event()

    def hangs(host: str, port: int) -> list[str]:
        over.wait(30)
        return ["8.8.8.8"]

    with pytest.raises(TimeoutError):
        reachable("h", 443, hangs, Reach(), 0.05)
    over.set()


def test_what_the_resolver_raises_is_raised() -> None:
    def fails(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(OSError, match="no such name"):
        reachable("h", 443, fails, Reach(), 5)

"""Which hosts a feed may be fetched from, and which of them get its headers.

A discovery file may name any host. Headers (authentication) go to the discovery's own host and to hosts that a setting
lists. Private addresses are asked only where the discovery itself lies on one, link-local ones (where clouds keep their
credentials) only where the discovery itself is link-local, or where a setting allows both.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from enum import IntEnum

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Reach(IntEnum):
    """From where an address can be reached: the later ones of these are the more private."""

    PUBLIC = 0
    PRIVATE = 1
    LINK_LOCAL = 2


def reach_of(address: Address) -> Reach:
    """Public, private (loopback, local networks, anything not global) or link-local.

    >>> reach_of(ipaddress.ip_address("169.254.169.254")).name
    'LINK_LOCAL'
    >>> reach_of(ipaddress.ip_address("::ffff:10.0.0.1")).name
    'PRIVATE'
    """
    embedded = _embedded(address)
    if embedded is not None:
        return reach_of(embedded)
    if address.is_link_local or address in _CLOUD_SERVICES:
        return Reach.LINK_LOCAL
    if any(address in network for network in _NOT_GLOBAL):
        return Reach.PRIVATE
    return Reach.PUBLIC if address.is_global and not address.is_multicast else Reach.PRIVATE


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address within one of IPv6: mapped, compatible, translated, 6to4, or NAT64's (RFC 6052)."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if any(address in network for network in _ENDING_IN_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


# Where clouds keep credentials although the address is not link-local by its number: EC2's over IPv6, Azure's,
# Alibaba's, Oracle's, Google's over IPv6
_CLOUD_SERVICES = frozenset(
    map(
        ipaddress.ip_address,
        ("fd00:ec2::254", "fd00:ec2::23", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd20:ce::254"),
    )
)
_ENDING_IN_IPV4 = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96")))
_NOT_GLOBAL = tuple(map(ipaddress.IPv6Network, ("64:ff9b:1::/48", "fec0::/10", "3fff::/20", "5f00::/16")))


class AddressPolicy:
    """What one feed may reach. `home` is the host that the operator named; its own addresses are always allowed.
    An empty `home` is no host's. With `home_https` the home's headers go to it over TLS alone.

    `allow_private` allows every address, `header_hosts` are further hosts that get the feed's headers, `reach` tells
    how private an address is.
    """

    def __init__(
        self,
        home: str,
        *,
        home_https: bool = False,
        header_hosts: Iterable[str] = (),
        allow_private: bool = False,
        reach: Callable[[Address], Reach] = reach_of,
    ) -> None:
        self._home = home.lower().rstrip(".")
        self._home_https = home_https
        self._header_hosts = {host.strip().lower().rstrip(".") for host in header_hosts if host.strip()}
        self._allow_private = allow_private
        self._reach = reach
        self._home_reach: Reach | None = None

    def gets_headers(self, host: str, *, https: bool = True) -> bool:
        """Whether a host gets the feed's headers, over TLS or without."""
        name = host.lower().rstrip(".")
        return name in self._header_hosts or (name == self._home and (https or not self._home_https))

    def allowed(self, host: str, addresses: Iterable[str]) -> list[str]:
        """Those of a host's addresses that may be connected to."""
        reaches = {address: self._reach(ipaddress.ip_address(address.partition("%")[0])) for address in addresses}
        is_home = self._home != "" and host.lower().rstrip(".") == self._home
        if is_home and self._home_reach is None and reaches:
            self._home_reach = max(reaches.values())
        if self._allow_private:
            return list(reaches)
        limit = self._home_reach or Reach.PUBLIC
        return [address for address, reach in reaches.items() if reach <= limit]

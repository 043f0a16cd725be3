"""Whose request it is, by address: a proxy's word is taken only from a trusted proxy."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

Network = IPv4Network | IPv6Network


def parse_networks(text: str) -> tuple[Network, ...]:
    """The networks of a list by commas."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def client_address(scope: Scope, trusted: tuple[Network, ...]) -> str:
    """The caller's address: the peer's, or the last one in X-Forwarded-For that no trusted proxy has."""
    peer = scope["client"][0] if scope.get("client") else "local"
    if not trusted or not _is_in(peer, trusted):
        return str(peer)
    header = next((value for name, value in scope["headers"] if name == b"x-forwarded-for"), b"")
    for hop in reversed([part.strip() for part in header.decode("latin-1").split(",") if part.strip()]):
        if not _is_in(hop, trusted):
            return hop if _is_address(hop) else str(peer)
    return str(peer)


def address_block(address: str) -> str:
    """What one caller has of addresses: an IPv4 address, or the /64 network of an IPv6 one.

    >>> address_block("2001:db8:1:2:a:b:c:d"), address_block("192.0.2.1")
    ('2001:db8:1:2::/64', '192.0.2.1')
    """
    if ":" not in address or not _is_address(address):
        return address
    ip = IPv6Address(address)
    return str(ip.ipv4_mapped or IPv6Network((int(ip) >> 64 << 64, 64)))


def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

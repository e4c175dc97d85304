"""Whom a request is from: whoever is connected, or whom a proxy of ours names in its X-Forwarded-For."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
# This machine itself, where a proxy of ours may be.
HERE: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1"))
_LONGEST_ADDRESS = 45


def is_in(networks: Sequence[Network], peer: str) -> bool:
    """Whether the address ``peer`` is in one of ``networks``."""
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return any(address in network for network in networks)


def speaks_for(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """The address that ``peer`` asks for: its own, or for one of ``proxies`` the last in ``forwarded``.

    Anybody else could name any address, and would be a new client with each request.
    """
    named = forwarded.rpartition(",")[2].strip()[:_LONGEST_ADDRESS]
    return named if named and is_in(proxies, peer) else peer

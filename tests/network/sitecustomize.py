"""Refuses every address but this machine's, in each Python that starts with this folder first.

Python imports a module of this name at its start. What was refused is added to the file that
``REFUSED_ADDRESSES`` names.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from typing import Any

CALLS = {"socket.connect", "socket.connect_ex", "socket.sendto", "socket.sendmsg"}
NAMES = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}


def _own(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in CALLS:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in NAMES:
        host = arguments[0]
    else:
        return
    if not _own(host):
        with open(os.environ["REFUSED_ADDRESSES"], "a", encoding="utf-8") as file:  # noqa: PTH123
            file.write(f"{event} {host}\n")
        raise PermissionError(f"{event} {host} is refused")


if "REFUSED_ADDRESSES" in os.environ:
    sys.addaudithook(_watch)

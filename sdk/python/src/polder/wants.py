"""What a plugin asks for outside the sandbox, and why: whoever installs it reads that and agrees, or does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: What can be asked for.
INTERFACES = ("catalog", "clock", "http", "metrics", "model", "query", "random", "secrets", "state", "storage")


@dataclass(frozen=True)
class Want:
    """One request."""

    interface: str
    #: Empty where the interface takes no grant.
    privilege: str
    #: A kind of securable, such as ``VOLUME``.
    kind: str
    #: Its name; empty when the installer chooses.
    on: str
    reason: str


_WANTED: list[Want] = []


def want(privilege: str = "", *, on: str = "", reason: str) -> Want:
    """A request for :func:`wants`.

    Args:
        privilege: What it needs, such as ``READ VOLUME``; left out where the interface takes no grant.
        on: A kind of securable and a name, ``VOLUME main.nyc.inbox``; only the kind when the installer chooses.
        reason: Why a reader of the prompt should agree.
    """
    kind, _, name = on.partition(" ")
    return Want("", privilege, kind, name.strip(), reason)


def wants(**requests: Want | Sequence[Want]) -> None:
    """Says what the plugin asks for, by interface, and why. Everything that it calls has to be told, but for the log.

    >>> wants(
    ...     storage=want("READ VOLUME", on="VOLUME main.nyc.inbox", reason="reads the day's file"),
    ...     clock=want(reason="stamps the run"),
    ... )
    """
    for interface, requested in requests.items():
        if interface not in INTERFACES:
            raise TypeError(f"there is nothing called `{interface}` to want; there are: {', '.join(INTERFACES)}")
        for one in [requested] if isinstance(requested, Want) else requested:
            if not isinstance(one, Want) or not one.reason.strip():
                raise TypeError(f"`{interface}` wants `want(…, reason=…)`")
            _WANTED.append(Want(interface, one.privilege, one.kind, one.on, one.reason))


def wanted() -> list[Want]:
    """All requests of the plugin."""
    return list(_WANTED)

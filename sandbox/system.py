"""The seam between the framework and one simulated system."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from starlette.types import ASGIApp

Json = dict[str, Any]
"""A JSON object as `json.loads` gives it."""

Action = Callable[[Json], Json]
"""What a person does in a system's own screens: arguments in, outcome out. The first docstring line is its help."""


class ActionError(Exception):
    """An action that a person could not do; the message says why. Control answers 400 with it."""


class System(Protocol):
    """One simulated system as the framework sees it.

    The ASGI application is called with its own paths: ``scope["path"]`` is what follows ``base_url``
    (``/v1/customers``), ``scope["root_path"]`` is empty.
    """

    name: str
    """Lower case; the system answers under ``/{name}``."""
    app: ASGIApp
    credentials: Mapping[str, str]
    """Goes into the ready file beside ``base_url``."""
    addresses: tuple[str, ...]
    """Names under which the ready file gives the system's address: ``base_url``, and where it has more than one."""
    settings: Mapping[str, Any]
    """What a person who knows this company would set for it; goes into the ready file as ``settings``."""
    secrets: set[str]
    """Every value that must not be shown: credentials that are secret and all tokens issued so far."""
    actions: Mapping[str, Action]
    kinds: list[str]
    """Names of the kinds of stored objects, in the vendor's spelling."""

    def objects(self, kind: str) -> list[Json]:
        """Everything stored of one kind, vendor-shaped. `kind` is matched without regard to case, ``_``, ``-``.

        Raises KeyError for an unknown kind.
        """
        ...

    def expire_tokens(self) -> None:
        """Makes all tokens issued so far invalid."""
        ...

    def fault_body(self, status: int) -> tuple[bytes, str]:
        """The body and content type with which this vendor would answer `status` (an ordered fault)."""
        ...


def plain(kind: str) -> str:
    """A kind's name without case and separators, for comparing: ``Sales-Orders`` -> ``salesorders``."""
    return kind.casefold().replace("_", "").replace("-", "")

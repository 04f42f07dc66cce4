"""What the tests say of a page that is shown."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page

Scheme = Literal["light", "dark"]


@dataclass
class Seen:
    """A page and what happened in it: requests, dialogs, complaints."""

    page: Page
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def hear(self, dialog: Dialog) -> None:
        """A dialog came up."""
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def ask(self, script: str) -> Any:
        """The value of an expression in the page."""
        return self.page.evaluate(script)


class Open(Protocol):
    """Opens an address in a window of its own, with an empty profile: in light or dark, of any width in pixels."""

    def __call__(
        self, address: str | Path, *, width: int = 1280, scheme: Scheme = "light"
    ) -> AbstractContextManager[Seen]: ...

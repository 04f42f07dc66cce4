"""Tenants that are not connected yet, and the person in front of the browser (ALL-12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from connectors.settings import SETTINGS
from tenants.secrets import reference_for
from tenants.section import secret_fields
from tenants.template import render
from tests.support.sandbox import Sandbox

PAGES = "/Go/Onboarding/"
"""Pages for people: no vendor's specification describes them."""


@dataclass
class Office:
    """A folder with tenant files and a home, and the systems to which they are to be connected."""

    folder: Path
    sandbox: Sandbox

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def file(self, tenant: str) -> Path:
        return self.folder / "tenants" / f"{tenant}.yaml"

    def add(self, tenant: str, erp: str = "poweroffice", **sections: Mapping[str, Any]) -> Path:
        """A tenant's file as `init` leaves it: addresses of the simulated systems, the rest to be filled in."""
        values: dict[str, Any] = {"tenant": tenant, "switched_on": datetime(2026, 1, 1, tzinfo=UTC)}
        for system in ("severa", erp):
            access = self.sandbox.access[system]
            names = secret_fields(SETTINGS[system])
            values[system] = {name: reference_for(tenant, f"{system}.{name}") for name in names}
            values[system] |= {name: access[name] for name in ("base_url", "connect_url") if name in access}
            values[system] |= sections.get(system, {})
        self.file(tenant).parent.mkdir(parents=True, exist_ok=True)
        self.file(tenant).write_text(render(SETTINGS, erp, values), encoding="utf-8")
        return self.file(tenant)

    def secrets(self, *names: str) -> dict[str, SecretStr]:
        """Secrets of the simulated systems, such as `severa.client_secret`."""
        return {name: SecretStr(self.value(name)) for name in names}

    def value(self, name: str) -> str:
        system, _, field = name.partition(".")
        return str(self.sandbox.access[system][field])

    def below_home(self) -> dict[str, str]:
        """Every secret file by its name."""
        folder = self.home / "secrets"
        return {path.name: path.read_text().strip() for path in sorted(folder.glob("*"))} if folder.exists() else {}


def person(answer: str = "approve", *, back: bool = True, seen: list[str] | None = None) -> Callable[[str], bool]:
    """A browser with somebody in front of it, who presses a button on the vendor's page.

    `back` off: the browser is on another machine, where nothing listens on the address to which it is sent; `seen`
    gets that address.
    """

    def browse(url: str) -> bool:
        with httpx.Client(timeout=10, trust_env=False) as browser:
            assert "Give the extension access" in browser.get(url).text
            sent = browser.post(url, data={"answer": answer})
            assert sent.status_code == 303
            target = sent.headers["location"]
            if seen is not None:
                seen.append(target)
            if back:
                page = browser.get(target)
                assert page.status_code == 200, page.text
                assert urlsplit(target).hostname == "127.0.0.1"
        return True

    return browse

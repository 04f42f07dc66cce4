"""A place where a tenant is set up by `severa-sync init`, and what its simulated systems want to know."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.wizard.wizard import Wanted, set_up
from connectors.settings import SETTINGS
from tenants.section import access_fields
from tests.support.sandbox import Sandbox

SECRETS = ("client_secret", "application_key", "client_key", "subscription_key")


@dataclass
class Place:
    """Where a tenant of this ERP is set up: its folders, and the options that let a caller into its systems."""

    root: Path
    sandbox: Sandbox
    erp: str

    @property
    def folder(self) -> Path:
        """The folder of tenant files."""
        return self.root / "tenants"

    @property
    def file(self) -> Path:
        """The tenant's file."""
        return self.folder / "acme.yaml"

    def access(self, *systems: str, **other: str) -> list[str]:
        """Values of --set that let a caller into both systems; secrets by `env:`. `other` are instead of these."""
        given: dict[str, Any] = {
            f"{system}.{name}": f"env:{system}_{name}" if name in SECRETS else value
            for system in systems or ("severa", self.erp)
            for name, value in self.sandbox.access[system].items()
            if name in access_fields(SETTINGS[system])
        }
        return [f"{name}={value}" for name, value in {**given, **other}.items()]

    def set_up(self, *settings: str, **options: Any) -> int:
        """`severa-sync init` with these values of --set."""
        wanted = Wanted("acme", self.erp, settings, **{"after": (), **options})
        return set_up(wanted, folder=self.folder, home=self.root / "home")

    def left(self) -> list[str]:
        """The files that are there."""
        return sorted(path.name for path in self.root.rglob("*") if path.is_file())

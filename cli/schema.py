"""`severa-sync schema`: prints the JSON schema of a tenant file."""

from __future__ import annotations

import json

import typer

from connectors.settings import SETTINGS
from tenants.schema import json_schema


def schema() -> None:
    """Print the JSON schema of a tenant file, for editors that complete and check YAML."""
    typer.echo(json.dumps(json_schema(SETTINGS), indent=2, ensure_ascii=False))

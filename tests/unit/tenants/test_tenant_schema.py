"""The JSON schema helps an editor: it accepts good files, refuses bad words and describes every setting."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from cli.schema import schema
from connectors.poweroffice.vocabulary import UnitOfMeasure, VoucherType
from connectors.settings import SETTINGS
from connectors.severa.settings import SCOPES
from tenants.document import read
from tenants.schema import json_schema


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    found = json_schema(SETTINGS)
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def test_a_good_file_is_good_for_the_schema(validator: Draft202012Validator, valid: str) -> None:
    validator.validate(read(valid, "demo.yaml").data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("enabled: true", "enabled: yes"),
        ("enabled: true", "enabeld: true"),
        ("customers: severa", "customers: both"),
        ("customers: severa", "custmers: severa"),
        ("    sent: Sent\n", ""),
        ("calls_per_second: 8", "calls_per_second: 11"),
        ("erp: poweroffice", "erp: other"),
        ("client_secret: file:secrets/demo.severa", "client_secret: hunter2"),
        ("staggered", "nightly"),
        ("poweroffice:\n", "poweroffice: null\nnotes:\n"),
    ],
)
def test_a_bad_file_is_bad_for_the_schema(validator: Draft202012Validator, valid: str, old: str, new: str) -> None:
    """ALL-04, ALL-11, PO-02."""
    assert old in valid
    assert not validator.is_valid(read(valid.replace(old, new), "demo.yaml").data)


def properties(node: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        for name, child in node.get("properties", {}).items() if isinstance(node.get("properties"), dict) else ():
            yield f"{where}.{name}", child
        for name, child in node.items():
            if name != "allOf":
                yield from properties(child, f"{where}.{name}")


def test_every_setting_is_described() -> None:
    undescribed = [
        where for where, child in properties(json_schema(SETTINGS)) if not {"description", "$ref"} & {*child}
    ]
    assert undescribed == []


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    schema()
    assert json.loads(capsys.readouterr().out) == json_schema(SETTINGS)


def vendor(system: str) -> dict[str, Any]:
    root = Path(os.environ.get("VENDOR_SPECS", Path(__file__).parents[3] / "../shared/vendor"))
    path = root / system / "openapi.json"
    if not path.exists():
        pytest.skip(f"no vendor specification at {path}")
    found = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_the_words_are_the_vendors_own() -> None:
    schemas = vendor("poweroffice")["components"]["schemas"]
    assert set(get_args(UnitOfMeasure)) == set(schemas["UnitOfMeasureType"]["enum"])
    assert {*get_args(VoucherType), "Unknown"} == set(schemas["VoucherType"]["enum"])


def test_the_scopes_are_the_vendors_own() -> None:
    flow = vendor("severa")["components"]["securitySchemes"]["OAuth2"]["flows"]["clientCredentials"]
    assert set(SCOPES) <= set(flow["scopes"])

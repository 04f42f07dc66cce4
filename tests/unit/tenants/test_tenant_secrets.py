"""Secrets by reference (law 9)."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from pydantic import SecretStr

from connectors.settings import SETTINGS
from core.errors import ConfigurationError
from tenants.load import parse
from tenants.secrets import resolve, resolve_section, store_file


def test_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEVERA_SECRET", " s3cret\n")
    assert resolve("env:SEVERA_SECRET", tmp_path).get_secret_value() == "s3cret"
    monkeypatch.delenv("SEVERA_SECRET")
    with pytest.raises(ConfigurationError, match="The environment variable SEVERA_SECRET is not set"):
        resolve("env:SEVERA_SECRET", tmp_path)


def test_a_stored_secret_is_read_back_and_only_its_owner_may_read_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reference = store_file(tmp_path, "demo", "severa", SecretStr("åäö s3cret"))
    assert reference == "file:secrets/demo.severa"
    path = tmp_path / "secrets" / "demo.severa"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [entry.name for entry in path.parent.iterdir()] == ["demo.severa"]
    secret = resolve(reference, tmp_path)
    assert secret.get_secret_value() == "åäö s3cret"
    assert "s3cret" not in repr(secret)
    assert not caplog.records


def test_storing_again_replaces_and_mends_the_permissions(tmp_path: Path) -> None:
    reference = store_file(tmp_path, "demo", "severa", SecretStr("old"))
    path = tmp_path / "secrets" / "demo.severa"
    path.chmod(0o644)
    store_file(tmp_path, "demo", "severa", SecretStr("new"))
    assert resolve(reference, tmp_path).get_secret_value() == "new"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_may_read_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "s").write_text("s3cret", encoding="utf-8")
    (tmp_path / "s").chmod(0o640)
    with caplog.at_level(logging.WARNING):
        assert resolve("file:s", tmp_path).get_secret_value() == "s3cret"
    assert "can be read by others" in caplog.text
    assert "s3cret" not in caplog.text


def test_a_full_path_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mounted").write_text("s3cret\n", encoding="utf-8")
    (tmp_path / "mounted").chmod(0o400)
    assert resolve(f"file:{tmp_path / 'mounted'}", tmp_path / "home").get_secret_value() == "s3cret"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "There is no such file"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"a\nb", "holds a line break"),
        (b"a\x00b", "holds a line break"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"x" * 70_000, "is too large"),
    ],
)
def test_a_file_that_holds_no_secret_says_where_it_looked(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "s").write_bytes(content)
        (tmp_path / "s").chmod(0o600)
    with pytest.raises(ConfigurationError, match=said) as caught:
        resolve("file:s", tmp_path)
    assert "file" in str(caught.value)


def test_a_folder_is_no_secret(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        resolve("file:.", tmp_path)


def test_other_kinds_are_read_by_who_knows_them(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Nothing reads block: references"):
        resolve("block:severa", tmp_path)
    assert resolve("block:severa", tmp_path, {"block": lambda name: f"of {name}"}).get_secret_value() == "of severa"


@pytest.mark.parametrize("reference", ["s3cret", "vault:s3cret", "env:", "", "file: ", ":s3cret"])
def test_what_is_no_reference_is_refused_and_not_repeated(tmp_path: Path, reference: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        resolve(reference, tmp_path)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("reference", ["file:../x", "file:secrets/../../x"])
def test_paths_do_not_climb_out_of_the_folder(tmp_path: Path, reference: str) -> None:
    (tmp_path / "x").write_text("s3cret", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="outside its folder"):
        resolve(reference, tmp_path / "home")


@pytest.mark.parametrize("name", ["../x", "a/b", "a\nb", ""])
def test_names_of_secret_files_are_safe(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError):
        store_file(tmp_path, "/etc" if not name else "demo", name, SecretStr("x"))
    assert list(tmp_path.iterdir()) == []


def test_all_secrets_of_a_section(tmp_path: Path, valid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """ALL-12: PowerOffice needs three keys."""
    monkeypatch.setenv("PO_APPLICATION_KEY", "application")
    store_file(tmp_path, "demo", "client_key", SecretStr("client"))
    section = parse(valid, "demo.yaml", SETTINGS).erp_section
    secrets = resolve_section(section, tmp_path, {"block": lambda name: name})
    assert {name: secret.get_secret_value() for name, secret in secrets.items()} == {
        "application_key": "application", "client_key": "client", "subscription_key": "po-subscription"
    }  # fmt: skip

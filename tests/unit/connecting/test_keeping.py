"""Where credentials are kept: by reference, all or nothing, the tenant's file with its comments (ALL-12, law 9)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from cli.connecting import Connected, Place, decide, keep, tenant_file
from cli.connecting.editing import edited
from cli.connecting.keeping import reference
from cli.connecting.known import read_tenant, settings_for_access
from connectors.connecting import Proof
from core.errors import ConfigurationError
from tenants.document import read
from tenants.mistakes import TenantFileError
from tests.support.connecting import Office

FILE = """\
# about the tenant
tenant: acme  # its name
severa:
  # the client
  client_id: <fill in>   # made in Severa
  client_secret: file:secrets/acme.severa.client_secret
  #base_url: https://api.severa.visma.com/rest-api
  statuses: {trigger: a}

erp: poweroffice
"""


def connected(system: str = "severa", **more: Any) -> Connected:
    """A system that was connected: one typed secret, unless the test says otherwise."""
    given: dict[str, Any] = {
        "tenant": "acme",
        "plain": {"client_id": "c-1"},
        "references": {"client_secret": "file:secrets/acme.severa.client_secret"},
        "secrets": {"client_secret": SecretStr("s3cret")},
        "new": frozenset({"client_secret"}),
        **more,
    }
    values = {"client_id": "c-1", **given["references"]}
    return Connected(system=system, settings=settings_for_access(system, values), proof=Proof(None), **given)


# the tenant's file ----------------------------------------------------------------------------------------------------


def test_only_the_values_change_and_comments_stay() -> None:
    changed = edited(FILE, "acme.yaml", "severa", {"client_id": "c-1", "base_url": "http://127.0.0.1:1/severa"})
    assert changed == FILE.replace("client_id: <fill in>", "client_id: c-1").replace(
        "  #base_url: https://api.severa.visma.com/rest-api", "  base_url: http://127.0.0.1:1/severa"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("severa:\n  a: 1\n", "severa:\n  x: v\n  a: 1\n"),
        ("severa:   # note\nb: 2\n", "severa:   # note\n  x: v\nb: 2\n"),
        ("severa:\n", "severa:\n  x: v\n"),
        ("severa:", "severa:\n  x: v"),
        ("b: 2\n", "b: 2\n\nsevera:\n  x: v\n"),
        ("b: 2", "b: 2\n\nsevera:\n  x: v\n"),
        ("severa: {a: 1}\n", "severa: {x: v, a: 1}\n"),
        ("severa: {}\n", "severa: {x: v}\n"),
        ("severa: {x: 1, a: 2}\n", "severa: {x: v, a: 2}\n"),
        ("severa:\n    x:   # later\n    a: 1\n", "severa:\n    x: v   # later\n    a: 1\n"),
        ("severa:\n  x: 'old'  # x: old\n", "severa:\n  x: v  # x: old\n"),
        ("severa:\r\n  a: 1\r\n", "severa:\r\n  x: v\r\n  a: 1\r\n"),
        ("severa:\n  å: 'æ'\n  x: ø\nb: 𝔘\n", "severa:\n  å: 'æ'\n  x: v\nb: 𝔘\n"),
    ],
)
def test_a_setting_finds_its_place_in_every_way_of_writing(before: str, after: str) -> None:
    assert edited(before, "f.yaml", "severa", {"x": "v"}) == after


@pytest.mark.parametrize("value", ["007", "1.5", "true", "a: b", "a #b", "- x", "", "Å", "{x}", '"', "file:a/b", "no"])
def test_every_value_reads_back_as_it_was_given(value: str) -> None:
    changed = edited(FILE, "f.yaml", "severa", {"client_id": value})
    assert read(changed, "f.yaml").data["severa"]["client_id"] == value


@pytest.mark.parametrize("text", ["severa: [a, b]\n", "severa: text\n", "severa:\n  x: {deep: 1}\n"])
def test_a_file_that_would_need_more_than_that_is_left_with_what_to_write(text: str) -> None:
    with pytest.raises(ConfigurationError, match="does not change") as caught:
        edited(text, "f.yaml", "severa", {"x": "v", "y": "w"})
    assert "x: v, y: w" in str(caught.value)


def test_settings_that_access_does_not_need_may_be_missing_but_not_wrong(office: Office) -> None:
    """A file in which statuses are still to be filled in can be connected; a mistake is shown at its place."""
    file = office.add("acme")
    tenant = read_tenant(file)
    assert "statuses" not in tenant.section("severa")
    values = {**tenant.section("severa"), "client_id": "c"}
    assert settings_for_access("severa", values).model_dump()["page_size"] == 100
    file.write_text(file.read_text().replace("#page_size: 100", "page_size: 7"))
    tenant = read_tenant(file)
    with pytest.raises(TenantFileError) as caught:
        settings_for_access("severa", {**tenant.section("severa"), "client_id": "c"}, tenant.document)
    assert "severa.page_size: 7 is too small" in str(caught.value).replace("'", "")
    assert f"{file}:" in str(caught.value)


# places ---------------------------------------------------------------------------------------------------------------


def test_a_secret_goes_where_the_file_says_for_its_owner_only(office: Office) -> None:
    file = office.file("acme")
    file.parent.mkdir()
    file.write_text(FILE)
    file.chmod(0o640)
    kept = decide(connected())
    new = tenant_file(read_tenant(file), [kept])
    keep([kept], new)
    stored = office.home / "secrets" / "acme.severa.client_secret"
    assert (stored.read_text(), stored.stat().st_mode & 0o777) == ("s3cret\n", 0o600)
    assert stored.parent.stat().st_mode & 0o777 == 0o700
    assert file.read_text() == FILE.replace("<fill in>", "c-1")
    assert file.stat().st_mode & 0o777 == 0o640
    assert tenant_file(read_tenant(file), [decide(connected(new=frozenset()))]) is None


@pytest.mark.parametrize("before", ["file:/run/secrets/severa", "file:mounted/severa", "file:secrets/../x"])
def test_a_file_of_somebody_else_is_not_written(before: str, office: Office) -> None:
    kept = decide(connected(references={"client_secret": before}))
    assert kept.references == {"client_secret": "file:secrets/acme.severa.client_secret"}
    assert [file.path for file in kept.files] == [office.home / "secrets" / "acme.severa.client_secret"]


def test_a_secret_in_the_environment_is_named_and_never_written(office: Office) -> None:
    kept = decide(connected(), Place.ENV)
    assert kept.variables == ("SEVERA_SYNC_ACME_SEVERA_CLIENT_SECRET",)
    assert kept.references == {"client_secret": "env:SEVERA_SYNC_ACME_SEVERA_CLIENT_SECRET"}
    assert not kept.files
    assert not kept.blocks
    own = decide(connected(references={"client_secret": "env:MY_SECRET"}))
    assert own.variables == ("MY_SECRET",)
    assert "s3cret" not in repr((kept, own))


def test_moving_takes_along_what_is_stored_already(office: Office) -> None:
    kept = decide(connected(new=frozenset()), Place.BLOCK)
    assert kept.references == {"client_secret": "block:severa-sync-acme-severa-client-secret"}
    assert {name: value.get_secret_value() for name, value in kept.blocks.items()} == {
        "severa-sync-acme-severa-client-secret": "s3cret"
    }
    stays = decide(connected(new=frozenset()), Place.FILE)
    assert not stays.files


def test_tenants_with_like_names_never_share_a_place() -> None:
    names = ("a-b", "a_b", "a--b", "a__b", "a-_b", "a_-b", "ab")
    for where in Place:
        assert len({reference(where, name, "visma_net", "client_secret") for name in names}) == len(names)
    blocks = [reference(Place.BLOCK, name, "visma_net", "client_secret") for name in names]
    assert all(block.partition(":")[2].replace("-", "").isalnum() and block.islower() for block in blocks)


def test_nothing_is_half_written(office: Office) -> None:
    """The tenant's file cannot be replaced: the secret that was there stands there again."""
    file = office.file("acme")
    file.parent.mkdir()
    file.write_text(FILE)
    keep([decide(connected(secrets={"client_secret": SecretStr("old")}))])
    kept = decide(connected())
    new = tenant_file(read_tenant(file), [kept])
    assert new is not None
    file.unlink()
    file.mkdir()  # in the way
    (file / "x").touch()
    with pytest.raises(ConfigurationError, match="nothing was changed") as caught:
        keep([kept], new)
    assert office.below_home() == {"acme.severa.client_secret": "old"}
    assert not [path for path in file.parent.iterdir() if path != file]
    assert "s3cret" not in str(caught.value)


def test_a_home_that_cannot_be_written_is_a_clear_error(office: Office) -> None:
    office.home.write_text("a file is in the way")
    with pytest.raises(ConfigurationError, match="cannot be kept"):
        keep([decide(connected())])


def test_no_tenant_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text("tenant: acme\nerp: powerofice\n")
    with pytest.raises(ConfigurationError, match="did you mean poweroffice"):
        _ = read_tenant(tmp_path / "acme.yaml").erp
    with pytest.raises(ConfigurationError, match=r"Did you mean acme\?"):
        read_tenant(tmp_path / "acm.yaml")

"""Access tokens are sealed: unreadable without the credential's secret, in clear nowhere (ALL-12, law 9)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from state.schema import tokens
from state.store import Store, TenantState
from state.tokens import StoredToken

TOKEN = StoredToken("eyJhbGciOi.very-secret-access-token", datetime(2026, 3, 2, 10, tzinfo=UTC))
SECRET = "the client secret of fjord"


def test_a_token_is_given_back_for_its_secret(state: TenantState) -> None:
    assert state.tokens.get("severa", secret=SECRET) is None
    state.tokens.put("severa", TOKEN, secret=SECRET)
    assert state.tokens.get("severa", secret=SECRET) == TOKEN
    newer = StoredToken("another", TOKEN.expires_at)
    state.tokens.put("severa", newer, secret=SECRET)
    assert state.tokens.get("severa", secret=SECRET) == newer
    state.tokens.drop("severa")
    assert state.tokens.get("severa", secret=SECRET) is None


def test_a_token_cannot_be_read_with_another_secret(state: TenantState) -> None:
    state.tokens.put("severa", TOKEN, secret=SECRET)
    assert state.tokens.get("severa", secret="a new client secret") is None
    assert state.tokens.get("poweroffice", secret=SECRET) is None


def test_a_sealed_token_opens_nothing_where_it_was_copied_to(store: Store) -> None:
    """Law 8: a row that is moved to another tenant or system cannot be opened there with the same secret."""
    store.tenant("fjord").tokens.put("severa", TOKEN, secret=SECRET)
    with store._database.engine.begin() as connection:  # type: ignore[union-attr]
        sealed = connection.execute(sa.select(tokens)).mappings().one()
        connection.execute(sa.insert(tokens), [{**sealed, "tenant": "berg"}, {**sealed, "system": "poweroffice"}])
    assert store.tenant("berg").tokens.get("severa", secret=SECRET) is None
    assert store.tenant("fjord").tokens.get("poweroffice", secret=SECRET) is None


def test_neither_token_nor_secret_is_in_the_database_files(sqlite_url: str, tmp_path: Path) -> None:
    store = Store.open(sqlite_url)
    store.tenant("fjord").tokens.put("severa", TOKEN, secret=SECRET)
    files = {path.name: path.read_bytes() for path in (tmp_path / "home").iterdir()}
    store.close()
    files["closed"] = (tmp_path / "home" / "state.db").read_bytes()
    assert any(b"severa" in content for content in files.values())
    for content in files.values():
        assert TOKEN.value.encode() not in content
        assert SECRET.encode() not in content


def test_a_token_is_not_shown() -> None:
    assert TOKEN.value not in repr(TOKEN)

"""Tokens, headers, privileges (ALL-12 kept tokens, contract sections 1, 2 and 10)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from go_server import EMPTY, SECRETS, TOKEN, Asked, Go, Reply
from pydantic import SecretStr

from connectors.auth import MemoryTokenStore
from connectors.poweroffice.access import PRIVILEGES
from connectors.poweroffice.adapter import PowerOfficeAdapter
from connectors.poweroffice.settings import PowerOfficeSettings
from core.errors import ConfigurationError, TransientError
from core.records import Registry

CUSTOMERS = "/v2/Customers"
INFORMATION = "/v2/ClientIntegrationInformation"


async def test_every_call_carries_the_subscription_key_and_the_token_call_both_keys(
    go: Go, adapter: PowerOfficeAdapter
) -> None:
    go.on("GET", CUSTOMERS, EMPTY)
    await adapter.read(Registry.CUSTOMERS, None)
    token, read = go.asked
    assert token.path == "/OAuth/Token"
    assert token.body == b"grant_type=client_credentials"
    assert token.headers["authorization"].removeprefix("Basic ") == base64.b64encode(
        b"the-application-key:the-client-key"
    ).decode("ascii")
    assert read.headers["authorization"] == "Bearer token-1"
    assert {asked.headers["ocp-apim-subscription-key"] for asked in go.asked} == {"the-subscription-key"}


async def test_a_token_is_kept_for_the_next_adapter_and_renewed_before_its_end(
    go: Go, open_adapter: Callable[..., PowerOfficeAdapter], store: MemoryTokenStore
) -> None:
    """ALL-12: expires_in counts, less 60 seconds."""
    go.on("GET", CUSTOMERS, EMPTY)
    before = datetime.now(UTC)
    await open_adapter().read(Registry.CUSTOMERS, None)
    await open_adapter().read(Registry.CUSTOMERS, None)
    assert len(go.calls("POST", "/OAuth/Token")) == 1
    kept = store.load("poweroffice")
    assert kept is not None
    assert timedelta(0) <= kept[1] - before - timedelta(seconds=1140) < timedelta(seconds=10)
    store.save("poweroffice", "old", before)
    await open_adapter().read(Registry.CUSTOMERS, None)
    assert len(go.calls("POST", "/OAuth/Token")) == 2


async def test_a_refused_token_is_renewed_once_and_the_call_repeated(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("POST", "/OAuth/Token", Reply(200, TOKEN), Reply(200, TOKEN | {"access_token": "token-2"}))

    def only_the_second(asked: Asked) -> Reply:
        return EMPTY if asked.headers["authorization"] == "Bearer token-2" else Reply(401)

    go.on("GET", CUSTOMERS, only_the_second)
    assert (await adapter.read(Registry.CUSTOMERS, None)).items == ()
    assert len(go.calls("GET", CUSTOMERS)) == 2


async def test_a_second_401_is_a_setting_to_mend(go: Go, adapter: PowerOfficeAdapter) -> None:
    go.on("GET", CUSTOMERS, Reply(401))
    with pytest.raises(ConfigurationError, match="subscription key"):
        await adapter.read(Registry.CUSTOMERS, None)
    assert len(go.calls("GET", CUSTOMERS)) == 2


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_wrong_keys_are_one_clear_sentence_without_the_keys(
    go: Go, adapter: PowerOfficeAdapter, status: int
) -> None:
    error = {"error": "invalid_client", "error_description": "the-client-key is not known here"}
    go.on("POST", "/OAuth/Token", Reply(status, error))
    with pytest.raises(ConfigurationError, match="same environment") as caught:
        await adapter.check_access()
    assert "the-application-key" not in str(caught.value)
    assert len(go.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        TOKEN | {"access_token": 7},
        TOKEN | {"access_token": "two\nlines"},
        TOKEN | {"expires_in": "soon"},
        TOKEN | {"expires_in": 0},
        TOKEN | {"expires_in": True},
    ],
)
async def test_an_unusable_token_answer_is_tried_again_later(
    go: Go, adapter: PowerOfficeAdapter, answer: object
) -> None:
    go.on("POST", "/OAuth/Token", Reply(200, answer))
    with pytest.raises(TransientError):
        await adapter.check_access()


async def test_all_privileges_given_is_silent(go: Go, adapter: PowerOfficeAdapter) -> None:
    """Customer_Full covers persons and addresses, X_Full covers X (contract section 10)."""
    given = set(PRIVILEGES) - {"ContactPerson_Full", "ContactDeliveryAddress_Full", "OutgoingInvoice"}
    go.on("GET", INFORMATION, Reply(200, {"ValidPrivileges": [*given, "OutgoingInvoice_Full"]}))
    await adapter.check_access()
    assert go.story == [f"GET {INFORMATION}"]


async def test_missing_privileges_and_modules_are_named(go: Go, adapter: PowerOfficeAdapter) -> None:
    """ALL-10: each failure says what to do."""
    valid = [each for each in PRIVILEGES if each not in {"SalesOrders_Full", "Project_Full"}]
    go.on("GET", INFORMATION, Reply(200, {"ValidPrivileges": valid, "InvalidPrivileges": ["Project_Full"]}))
    with pytest.raises(ConfigurationError) as caught:
        await adapter.check_access()
    assert "Project_Full, SalesOrders_Full" in caught.value.what
    assert "no module for Project_Full" in caught.value.why
    assert "PowerOffice Go" in caught.value.todo


@pytest.mark.parametrize("answer", [{}, {"ValidPrivileges": "all"}, {"ValidPrivileges": [1, None]}])
async def test_an_odd_answer_about_privileges_gives_none(go: Go, adapter: PowerOfficeAdapter, answer: object) -> None:
    go.on("GET", INFORMATION, Reply(200, answer))
    with pytest.raises(ConfigurationError, match="Customer_Full"):
        await adapter.check_access()


async def test_an_empty_secret_is_named_before_anything_is_sent(settings: Callable[..., PowerOfficeSettings]) -> None:
    with pytest.raises(ConfigurationError, match="client_key"):
        PowerOfficeAdapter.open(settings(), SECRETS | {"client_key": SecretStr("")}, MemoryTokenStore())

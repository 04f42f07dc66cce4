"""Writes to Severa's registries that go wrong half-way (law 1, contract sections 7 and 8)."""

from __future__ import annotations

from typing import Any

import pytest
from scripted import Raw, Reply, Request, ScriptedServer
from severa_fake import FakeSevera, error, guid

from core.errors import BadDataError, OutcomeUnknownError, TransientError
from core.records import Address, Registry

HOME = Address(line1="Sjøgata 12", line2="Inngang B", postal_code="5035", city="Bergen", country="NO")
COUNTRIES = [{"guid": guid(900), "name": "Norja", "englishName": "Norway", "code2": "NO", "code3": "NOR"}]
NEW = {"number": "15001", "name": "Ny AS"}


def failing(method: str, path: str, answer: Reply | Raw) -> Any:
    def intercept(request: Request) -> Reply | Raw | None:
        return answer if request.method == method and request.path.startswith(path) else None

    return intercept


@pytest.mark.parametrize("answer", [Raw(), Reply(502), Reply(201, b"<html>"), Reply(201, {"name": "no guid"})])
async def test_a_create_without_a_usable_answer_is_unknown_and_not_repeated_law_1(
    server: ScriptedServer, answer: Reply | Raw
) -> None:
    fake = FakeSevera(server)
    fake.intercept = failing("POST", "/v1/customers", answer)
    with pytest.raises(OutcomeUnknownError):
        await fake.adapter().create(Registry.CUSTOMERS, NEW, None)
    assert fake.calls == ["POST /v1/customers"]


async def test_a_new_project_whose_status_cannot_be_looked_up_is_not_claimed_to_be_unwritten(
    server: ScriptedServer,
) -> None:
    """The Won types are read once; a lookup that fails after the create must not look like a failed create."""
    fake = FakeSevera(server)
    fake.intercept = failing("GET", "/v1/addresses", Reply(500))
    row = {"firstName": "A", "lastName": "B", "customer": {"guid": guid(9)}, "guid": guid(1), "addressGuid": guid(2)}
    posted = failing("POST", "/v1/contactpersons", Reply(201, row))
    lookups = fake.intercept
    fake.intercept = lambda request: posted(request) or lookups(request)
    with pytest.raises(OutcomeUnknownError):
        await fake.adapter().create(Registry.CONTACTS, {"customer": guid(9), "first_name": "A", "last_name": "B"}, None)


async def test_a_new_customer_whose_address_is_lost_stands_and_names_what_is_missing(server: ScriptedServer) -> None:
    fake = FakeSevera(server, {"/v1/localization/countries": COUNTRIES})
    fake.intercept = failing("POST", "/v1/customers/", Raw())
    written = await fake.adapter().create(Registry.CUSTOMERS, {**NEW, "address": HOME}, None)
    assert written.missing == {"address"}
    assert isinstance(written.error, OutcomeUnknownError)
    assert written.record.key == "15001"


async def test_the_missing_address_is_looked_up_before_it_is_made_again(server: ScriptedServer) -> None:
    path = f"/v1/customers/{guid(1)}/addresses"
    address = {"guid": guid(500), "addressline": "Sjøgata 12\nInngang B", "postalCode": "5035", "city": "Bergen"}
    rows: dict[str, list[dict[str, Any]]] = {
        "/v1/customers": [{"guid": guid(1), "number": 15001, "name": "Ny AS", "headquarterAddress": None}],
        "/v1/localization/countries": COUNTRIES,
        path: [address],
    }
    fake = FakeSevera(server, rows)
    await fake.adapter().update(Registry.CUSTOMERS, guid(1), {"address": HOME})
    assert not any(call.startswith("POST") for call in fake.calls)
    assert fake.one(1)["headquarterAddress"] == {"guid": guid(500)}


async def test_a_value_that_severa_answers_otherwise_is_read_once_more_and_then_said(server: ScriptedServer) -> None:
    fake = FakeSevera(server, {"/v1/businessunits": [{"guid": guid(1), "code": "1", "name": "Gammel"}]})
    fake.intercept = failing(
        "PATCH", "/v1/businessunits", Reply(200, [{"guid": guid(1), "code": "1", "name": "Gammel"}])
    )
    written = await fake.adapter().update(Registry.BUSINESS_UNITS, guid(1), {"name": " Ny ", "active": True})
    assert written.missing == {"name"}
    assert "did not take name" in str(written.error)
    assert [call.partition(" ")[0] for call in fake.calls] == ["PATCH", "GET"]


@pytest.mark.parametrize("answer", [Reply(200, []), Reply(200, b"")])
async def test_a_change_answered_without_a_row_is_read_back(server: ScriptedServer, answer: Reply) -> None:
    fake = FakeSevera(server, {"/v1/businessunits": [{"guid": guid(1), "code": "1", "name": "Ny"}]})
    fake.intercept = failing("PATCH", "/v1/businessunits", answer)
    written = await fake.adapter().update(Registry.BUSINESS_UNITS, guid(1), {"name": "Ny"})
    assert written.missing == frozenset()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(error(409, "InvalidOperation", "closed"), BadDataError), (Reply(503), TransientError), (Raw(), TransientError)],
)
async def test_a_refused_change_is_raised_as_what_it_is(server: ScriptedServer, answer: Reply, kind: type) -> None:
    fake = FakeSevera(server, {"/v1/businessunits": [{"guid": guid(1), "name": "x"}]})
    fake.intercept = failing("PATCH", "/v1/businessunits", answer)
    with pytest.raises(kind):
        await fake.adapter().update(Registry.BUSINESS_UNITS, guid(1), {"name": "y"})


async def test_a_number_that_severa_cannot_hold_is_bad_data_before_any_call(server: ScriptedServer) -> None:
    fake = FakeSevera(server)
    with pytest.raises(BadDataError, match="number"):
        await fake.adapter().create(Registry.CUSTOMERS, {"number": "P-77", "name": "x"}, None)
    assert fake.calls == []


async def test_two_items_with_one_code_are_a_persons_matter_after_a_lost_answer(server: ScriptedServer) -> None:
    rows = [{"guid": guid(number), "name": "Rør", "code": "X1"} for number in (1, 2)]
    fake = FakeSevera(server, {"/v1/products": [*rows, {"guid": guid(3), "name": "Rør", "code": "X10"}]})
    with pytest.raises(BadDataError, match="2 items"):
        await fake.adapter().find_by_reference(Registry.PRODUCTS, "any", {"code": "X1"})
    found = await fake.adapter().find_by_reference(Registry.PRODUCTS, "any", {"code": "X10"})
    assert found is not None
    assert found.id == f"product:{guid(3)}"
    with pytest.raises(BadDataError, match="cannot be found out"):
        await fake.adapter().find_by_reference(Registry.PRODUCTS, "any", {"name": "Rør"})

"""What Severa does for an ERP that has classes, several addresses and mobile phones (VN-03, VN-05 to VN-08)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from pydantic import SecretStr
from severa_sandbox import Sandbox, serving

from connectors.severa.adapter import SeveraAdapter
from connectors.severa.settings import SCOPES, SeveraSettings
from core.errors import BadDataError, TransientError
from core.profiles import Choice
from core.records import Address, Contact, Customer, Product, ProductKind, Project, Registry

TITLE = "Visma.net customer class"
CLASSES = (Choice("10", "Innenlands"), Choice("20", "Utenlands"))
ITEMS = (Choice("VARE", "Varer"), Choice("REISE", "Reise"))
ALL = {
    Registry.CUSTOMERS: {"name", "address", "billing_address", "postal_address", "customer_class", "notes"},
    Registry.CONTACTS: {"first_name", "last_name", "email", "phone", "mobile", "salutation", "do_not_email"},
    Registry.PRODUCTS: {"name", "unit_price", "item_class"},
}
HOME = Address(line1="Sjøgata 12", postal_code="5035", city="Bergen", country="NO")
BILL = Address(line1="Fakturagata 1", line2="Etasje 2", postal_code="0150", city="Oslo", country="NO")
NUMBERS = iter(range(41001, 42000))


class Kept:
    """Keeps registers as the state does."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Any]] = {}

    def load(self, name: str) -> list[Any] | None:
        return self.rows.get(name)

    def save(self, name: str, rows: list[Any]) -> None:
        self.rows[name] = rows


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serving(seed=8) as running:
        yield running


@pytest.fixture
async def severa(sandbox: Sandbox) -> AsyncIterator[SeveraAdapter]:
    adapter = sandbox.adapter(scopes=[*SCOPES, "customers:delete"])
    await with_classes(adapter)
    yield adapter
    await adapter.close()


async def with_classes(adapter: SeveraAdapter, *, write: bool = True) -> None:
    adapter.carry(ALL)
    await adapter.offer(Registry.CUSTOMERS, TITLE, CLASSES, write=write)
    await adapter.offer(Registry.PRODUCTS, "item class", ITEMS, write=write)


async def made(severa: SeveraAdapter, **more: Any) -> Customer:
    number = next(NUMBERS)
    values = {"number": str(number), "name": f"Kunde {number} AS", **more}
    written = await severa.create(Registry.CUSTOMERS, values, None)
    assert (written.missing, written.error) == (frozenset(), None)
    return cast(Customer, written.record)


def children(sandbox: Sandbox) -> list[str]:
    rows = sandbox.objects("marketsegments")
    parent = next(row["guid"] for row in rows if row["name"] == TITLE)
    return [row["name"] for row in rows if (row["parentMarketSegment"] or {}).get("guid") == parent]


async def test_every_class_is_offered_once_however_often(sandbox: Sandbox, severa: SeveraAdapter) -> None:
    """VN-05, VN-08: what stands there already is other people's and stays."""
    for _ in range(2):
        other = sandbox.adapter()
        await with_classes(other)
        await other.close()
    names = children(sandbox)
    assert sorted(names) == sorted({*names})
    assert {"10 Innenlands", "20 Utenlands", "Standard"} <= set(names)
    codes = [row["code"] for row in sandbox.objects("productcategories")]
    assert (codes.count("VARE"), codes.count("REISE")) == (1, 1)
    del severa


async def test_what_was_offered_is_not_looked_at_again_for_a_day(sandbox: Sandbox) -> None:
    """VN-05: a quiet run makes no call for it; a class that is new is offered at once."""
    kept, settings = Kept(), sandbox.adapter()
    await settings.close()
    for classes, calls in ((CLASSES, True), (CLASSES, False), ((*CLASSES, Choice("30", "Nye")), True)):
        adapter = again(sandbox, kept)
        adapter.carry(ALL)
        await adapter.offer(Registry.CUSTOMERS, TITLE, classes, write=True)
        assert (adapter.transport.calls.total() > 0) is calls
        await adapter.close()
    assert "30 Nye" in children(sandbox)


def again(sandbox: Sandbox, kept: Kept) -> SeveraAdapter:
    """An adapter with registers that last."""
    secrets = sandbox.system.credentials
    statuses = {"trigger": "T", "transferred": "I", "sent": "S", "paid": "P"}
    settings = SeveraSettings.model_validate(
        {
            "base_url": f"{sandbox.url}/severa",
            "client_id": secrets["client_id"],
            "client_secret": "env:X",
            "statuses": statuses,
            "calls_per_second": 0,
        }
    )
    return SeveraAdapter.open(settings, SecretStr(secrets["client_secret"]), kept=kept)


async def test_a_preview_learns_what_is_offered_and_writes_nothing(sandbox: Sandbox) -> None:
    """Law 2."""
    adapter = sandbox.adapter()
    before = len(sandbox.objects("marketsegments")), len(sandbox.objects("productcategories"))
    adapter.carry(ALL)
    await adapter.offer(Registry.CUSTOMERS, TITLE, (Choice("99", "Bare sett"),), write=False)
    await adapter.offer(Registry.PRODUCTS, "item class", (Choice("BARE"),), write=False)
    assert (len(sandbox.objects("marketsegments")), len(sandbox.objects("productcategories"))) == before
    await adapter.close()


async def test_a_customer_is_read_with_its_class_and_places_singly_and_in_full(severa: SeveraAdapter) -> None:
    """VN-05, VN-06: the whole list and the single question say the same."""
    one = await made(severa, address=HOME, billing_address=BILL, customer_class="20", notes="Ring først")
    assert (one.customer_class, one.billing_address, one.postal_address) == ("20", BILL, None)
    full = {record.id: record for record in (await severa.read(Registry.CUSTOMERS, None)).items}
    assert full[one.id] == await severa.get(Registry.CUSTOMERS, one.id)
    assert cast(Customer, full[one.id]).notes == "Ring først"


async def test_the_billing_address_is_changed_taken_away_and_given_again(
    sandbox: Sandbox, severa: SeveraAdapter
) -> None:
    """VN-06."""
    one = await made(severa, address=HOME, billing_address=BILL)
    other = Address(line1="Ny 3", postal_code="0150", city="Oslo", country="NO")
    for wanted in (other, None, other):
        written = await severa.update(Registry.CUSTOMERS, one.id, {"billing_address": wanted})
        assert (cast(Customer, written.record).billing_address, written.missing) == (wanted, frozenset())
    rows = [row for row in sandbox.objects("addresses") if row["customer"]["guid"] == one.id]
    assert len(rows) == 2, "a row that says it already is used again"


async def test_a_billing_address_that_is_the_headquarter_is_none_of_its_own(severa: SeveraAdapter) -> None:
    """VN-06: an ERP shows the main address where there is no other one."""
    one = await made(severa, address=HOME, billing_address=HOME)
    assert (one.address, one.billing_address) == (HOME, None)


async def test_a_changed_class_replaces_the_former_one(sandbox: Sandbox, severa: SeveraAdapter) -> None:
    """VN-05: new link first, old link away; segments that stand for no class stay."""
    one = await made(severa, customer_class="10")
    standard = next(row for row in sandbox.objects("marketsegments") if row["name"] == "Standard")
    link = {"customer": {"guid": one.id}, "marketSegment": {"guid": standard["guid"]}}
    await severa._client.post("/v1/customermarketsegments", link)
    written = await severa.update(Registry.CUSTOMERS, one.id, {"customer_class": "20"})
    assert (cast(Customer, written.record).customer_class, written.error) == ("20", None)
    assert segments(sandbox, one) == {"20 Utenlands", "Standard"}


def segments(sandbox: Sandbox, one: Customer) -> set[str]:
    rows = sandbox.objects("customermarketsegments")
    return {row["marketSegment"]["name"] for row in rows if row["customer"]["guid"] == one.id}


async def test_without_the_right_to_delete_the_new_class_counts_and_the_old_one_is_told(sandbox: Sandbox) -> None:
    """VN-05: default scopes do not delete."""
    severa = sandbox.adapter()
    await with_classes(severa)
    one = await made(severa, customer_class="10")
    written = await severa.update(Registry.CUSTOMERS, one.id, {"customer_class": "20"})
    assert (cast(Customer, written.record).customer_class, written.missing) == ("20", frozenset())
    assert isinstance(written.error, BadDataError)
    assert "customers:delete" in written.error.todo
    await severa.close()


async def test_a_class_that_is_not_offered_yet_is_waited_for(severa: SeveraAdapter) -> None:
    """VN-08."""
    with pytest.raises(TransientError, match="does not offer the class NY"):
        await severa.create(Registry.PRODUCTS, {"code": "X-1", "name": "Vare", "item_class": "NY"}, None)


@pytest.mark.parametrize(
    ("kind", "register"),
    [
        (ProductKind.PRODUCT, "products"),
        (ProductKind.WORK_TYPE, "worktypes"),
        (ProductKind.TRAVEL_EXPENSE, "travelexpensetypes"),
    ],
)
async def test_an_item_is_made_in_the_register_of_its_kind_and_found_there_again(
    sandbox: Sandbox, severa: SeveraAdapter, kind: ProductKind, register: str
) -> None:
    """VN-07: after a lost answer, too."""
    values: dict[str, Any] = {"code": f"K-{kind.value}", "name": "Nytt", "kind": kind}
    if kind is not ProductKind.WORK_TYPE:
        values["item_class"] = "VARE"
    written = await severa.create(Registry.PRODUCTS, values, None)
    assert written.missing == frozenset()
    record = cast(Product, written.record)
    assert (record.kind, record.item_class) == (kind, values.get("item_class"))
    assert sandbox.stored(register, record.id)["code"] == values["code"]
    assert await severa.find_by_reference(Registry.PRODUCTS, "1", values) == record


async def test_mobile_and_other_phones_are_fields_of_their_own(severa: SeveraAdapter) -> None:
    """VN-06: a full read and a single one agree, and each is changed alone."""
    customer = await made(severa)
    person = {"customer": customer.id, "first_name": "Kari", "last_name": "Nordmann", "salutation": "Ms"}
    phones = {"phone": "+47 22", "mobile": "+47 40", "do_not_email": True}
    one = cast(Contact, (await severa.create(Registry.CONTACTS, person | phones, None)).record)
    assert (one.phone, one.mobile, one.salutation, one.do_not_email) == ("+47 22", "+47 40", "Ms", True)
    written = await severa.update(Registry.CONTACTS, one.id, {"mobile": "+47 41"})
    changed = cast(Contact, written.record)
    assert (changed.phone, changed.mobile, written.missing) == ("+47 22", "+47 41", frozenset())
    full = {record.id: record for record in (await severa.read(Registry.CONTACTS, None)).items}
    assert cast(Contact, full[one.id]).mobile == "+47 41"


async def test_customers_are_found_by_their_exact_names(severa: SeveraAdapter) -> None:
    """VN-03: the start of a name is another name."""
    one = await made(severa)
    found = await severa.find_by_name(Registry.CUSTOMERS, [one.name, "Kunde", " "])
    assert [record.id for record in found.items] == [one.id]
    assert (await severa.find_by_name(Registry.CUSTOMERS, [])).items == ()


async def test_who_is_lost_is_known_by_the_sales_state(sandbox: Sandbox, severa: SeveraAdapter) -> None:
    """VN-09."""
    states = {row["guid"]: row["salesState"] for row in sandbox.objects("salesstatustypes")}
    expected = {
        row["guid"]: states[row["salesStatus"]["salesStatusTypeGuid"]] == "Lost" for row in sandbox.objects("projects")
    }
    found = {record.id: cast(Project, record).lost for record in (await severa.read(Registry.PROJECTS, None)).items}
    assert found == expected
    assert any(expected.values())


async def test_what_no_profile_carries_costs_no_call(sandbox: Sandbox) -> None:
    """PO-01: other ERPs' data is neither read nor written."""
    plain = sandbox.adapter()
    await plain.read(Registry.CUSTOMERS, None)
    await plain.read(Registry.PRODUCTS, None)
    paths = {path for _, path in plain.transport.calls}
    assert not {path for path in paths if "address" in path or "segment" in path or "communication" in path}
    record = (await plain.read(Registry.CUSTOMERS, None)).items[0]
    written = await plain.update(Registry.CUSTOMERS, record.id, {"billing_address": BILL, "customer_class": "10"})
    assert (written.missing, written.error) == (frozenset(), None)
    assert cast(Customer, written.record).billing_address is None
    await plain.close()


async def test_many_changed_customers_cost_no_call_each(severa: SeveraAdapter) -> None:
    """VN-04: after a takeover all customers have changed; their places and classes come from whole lists."""
    await made(severa, billing_address=BILL, customer_class="10")
    before = severa.transport.calls.total()
    read = await severa.read(Registry.CUSTOMERS, datetime(2020, 1, 1, tzinfo=UTC))
    assert len(read.items) > 30
    assert any(cast(Customer, record).billing_address == BILL for record in read.items)
    assert severa.transport.calls.total() - before <= 12

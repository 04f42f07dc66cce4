"""The oracle can fail: each thing that must not be is planted in the simulated systems, and each is seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from core.errors import ErrorClass
from core.issues import Issue
from state.store import Store
from tests.faults.play import Performance, Player
from tests.faults.registrars import Office
from tests.faults.scenarios import Scenario, Step
from tests.faults.stage import TENANT, Row

pytestmark = pytest.mark.thorough

STORY = ("bill", "bill_wrongly", "bill_unfit", "purchase", "new_customer", "new_erp_customer")


def planted(player: Player, plant: Callable[[Performance], object], moment: str = "oracle") -> list[str]:
    """Plays a quiet story, spoils it, and says what the oracle found."""
    steps = (*(Step(deed=name, seed=1) for name in STORY), Step(job="cycle"))
    scenario = Scenario(1, settled=True, short_pages=False, hasty=False, steps=steps)
    return [str(finding) for finding in player.play(scenario, before={moment: plant}).findings]


def guid(performance: Performance, kind: str) -> str:
    return next(story.guid for story in performance.people.stories if story.kind == kind)


def order(performance: Performance) -> Row:
    wanted = guid(performance, "good")
    orders = performance.stage.objects("poweroffice", "SalesOrders")
    return next(row for row in orders if row["ExternalImportReference"] == wanted)


def second_order(performance: Performance) -> None:
    first = order(performance)
    line = {name: first["SalesOrderLines"][0][name] for name in ("ProductId", "Quantity", "ProductUnitPrice")}
    performance.stage.act(
        "poweroffice",
        "create_order",
        CustomerId=first["CustomerId"],
        CurrencyCode="NOK",
        SalesOrderDate=first["SalesOrderDate"],
        ExternalImportReference=f"{guid(performance, 'good')}-2",
        SalesOrderLines=[{**line, "LineType": "Normal"}],
    )


def lost_order(performance: Performance) -> None:
    performance.stage.act("poweroffice", "delete_order", reference=guid(performance, "good"))


def changed_order(performance: Performance) -> None:
    performance.stage.act("poweroffice", "edit_order", reference=guid(performance, "good"), line=0, quantity=77)


def order_of_a_rejected_invoice(performance: Performance) -> None:
    first = order(performance)
    performance.stage.act(
        "poweroffice",
        "create_order",
        CustomerId=first["CustomerId"],
        CurrencyCode="NOK",
        SalesOrderDate=first["SalesOrderDate"],
        ExternalImportReference=guid(performance, "unfit"),
        SalesOrderLines=[],
    )


def wrong_status(performance: Performance) -> None:
    performance.stage.act("severa", "set_invoice_status", guid=guid(performance, "good"), status="Sent")


def lost_number(performance: Performance) -> None:
    performance.stage.act("poweroffice", "send_invoice", reference=guid(performance, "good"))
    performance.stage.act("severa", "set_invoice_status", guid=guid(performance, "good"), status="Sent")


def lost_cost(performance: Performance) -> None:
    performance.people.do("purchase", 3)


def second_cost(performance: Performance) -> None:
    texts = {cost.text for cost in performance.people.costs}
    fee = next(row for row in performance.stage.objects("severa", "projectfees") if row["description"] in texts)
    names = ("name", "description", "eventDate", "quantity", "billingSchedule", "productType")
    money = {name: {key: fee[name][key] for key in ("amount", "currencyCode")} for name in ("unitCost", "unitPrice")}
    product = {"product": {"guid": fee["product"]["guid"]}} if fee["product"] else {}
    with Office(performance.stage, scopes="fees:write") as office:
        copied = {name: fee[name] for name in names}
        office.make("projectfees", project={"guid": fee["project"]["guid"]}, **copied, **money, **product)


def other_name(performance: Performance) -> None:
    number = linked(performance)["Number"]
    performance.stage.act("poweroffice", "edit_customer", number=number, Name="Et helt annet navn AS")


def linked(performance: Performance) -> Row:
    """A customer of PowerOffice that our tenant made there."""
    rows = performance.stage.objects("poweroffice", "Customers")
    return next(row for row in rows if (row["Name"] or "").startswith("Kunde AS"))


def lost_customer(performance: Performance) -> None:
    performance.people.do("new_erp_customer", 7)


def second_customer(performance: Performance) -> None:
    performance.stage.act("poweroffice", "create_customer", Name=linked(performance)["Name"], Number=11299)


def emptied(performance: Performance) -> None:
    name = next(text for *_, text in performance.people.entered if "EmailAddress" in text)["Name"]
    row = next(row for row in performance.stage.objects("poweroffice", "Customers") if row["Name"] == name)
    performance.stage.act("poweroffice", "edit_customer", number=row["Number"], EmailAddress="annen@annen.example")


def untold(performance: Performance) -> None:
    with sqlite3.connect(performance.evidence.database) as connection:
        connection.execute("UPDATE issues SET state = 'resolved' WHERE scope = 'invoice_export'")
    connection.close()


def told_in_vain(performance: Performance) -> None:
    store = Store.open(f"sqlite:///{performance.evidence.database}")
    issue = Issue(
        scope="customers",
        record="severa:x",
        label="x",
        cause="transient",
        error_class=ErrorClass.TRANSIENT,
        what="Severa did not answer.",
    )
    store.tenant(TENANT).issues.report([issue])
    store.close()


@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (second_order, "duplicate: invoice"),
        (lost_order, "loss: invoice"),
        (changed_order, "wrong: invoice"),
        (order_of_a_rejected_invoice, "unwanted: invoice"),
        (wrong_status, "wrong: invoice"),
        (lost_number, "wrong: invoice"),
        (lost_cost, "loss: purchase row"),
        (second_cost, "duplicate: purchase row"),
        (other_name, "wrong: customer"),
        (lost_customer, "loss: customer"),
        (second_customer, "duplicate: 2 Customers"),
        (emptied, "loss: Customers"),
        (untold, "silent: invoice"),
        (told_in_vain, "stale: customers"),
    ],
)
def test_what_must_not_be_is_seen(own_player: Player, plant: Callable[[Performance], object], kind: str) -> None:
    found = planted(own_player, plant)
    assert any(words.startswith(kind) for words in found), found


def test_a_last_cycle_that_writes_is_seen(own_player: Player) -> None:
    found = planted(own_player, lambda performance: performance.people.do("bill", 9), "quiet 3")
    assert any(words.startswith("restless") for words in found), found


def test_a_story_without_a_fault_is_found_in_order(own_player: Player) -> None:
    assert planted(own_player, lambda _: None) == []

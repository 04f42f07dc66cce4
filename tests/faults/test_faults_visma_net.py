"""The campaign with Visma.net: a few of its scenarios, and that its oracle can fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.erps import ERPS
from tests.faults.oracle_costs import CONVERTED
from tests.faults.people import SEVERA_DEEDS
from tests.faults.play import Performance, Player
from tests.faults.registrars import REGISTRAR_DEEDS, Office
from tests.faults.scenarios import Scenario, Step, draw
from tests.faults.stage import Row
from tests.faults.visma_net.description import VISMA_NET
from tests.faults.visma_net.people import NAME, documents
from tests.support.thorough import thorough

SEEDS = (2, 5, 6, 11, 19, 24)
STORY = ("bill", "bill_wrongly", "bill_unfit", "purchase", "journal", "new_customer", "new_erp_customer")


@pytest.mark.parametrize("seed", [*SEEDS[:3], *thorough(SEEDS[3:])])
def test_nothing_is_lost_and_nothing_made_twice_with_visma_net(visma_net_player: Player, seed: int) -> None:
    """VN-02 to VN-18, ALL-05 to ALL-08."""
    played = visma_net_player.play(draw(seed, VISMA_NET))
    assert not played.findings, "\n".join([*played.log, *map(str, played.findings)])


@pytest.mark.parametrize("name", ERPS)
def test_every_deed_of_a_repertoire_is_known(name: str) -> None:
    """A scenario never names a deed that nobody does, and every deed comes up in some scenario."""
    erp = ERPS[name]
    own = erp.repertoire
    named = {*own.bills, *own.meddling, *own.registers, "purchase"}
    assert named <= {*SEVERA_DEEDS, *REGISTRAR_DEEDS, *erp.deeds}
    assert set(erp.deeds) <= named


def planted(player: Player, plant: Callable[[Performance], object]) -> list[str]:
    """Plays a quiet story, spoils it, and says what the oracle found."""
    steps = (*(Step(deed=name, seed=1) for name in STORY), Step(job="cycle"))
    scenario = Scenario(1, settled=True, short_pages=False, hasty=False, steps=steps)
    return [str(finding) for finding in player.play(scenario, before={"oracle": plant}).findings]


def guid(performance: Performance, kind: str = "good") -> str:
    return next(story.guid for story in performance.people.stories if story.kind == kind)


def document(performance: Performance) -> Row:
    wanted = guid(performance)
    return next(row for row in documents(performance.stage) if wanted in (row["note"] or ""))


def copy(performance: Performance, owner: str) -> None:
    first = document(performance)
    line = first["invoiceLines"][0]
    lines = [{"operation": "Insert", "inventoryNumber": line["inventoryNumber"], "quantity": 1}]
    performance.stage.act(
        NAME,
        "create_document",
        customerNumber=first["customer"]["number"],
        hold=True,
        note=f"severa:invoice:{owner}#2",
        invoiceLines=lines,
    )


def second_document(performance: Performance) -> None:
    copy(performance, guid(performance))


def document_of_a_rejected_invoice(performance: Performance) -> None:
    copy(performance, guid(performance, "different"))


def wrong_status(performance: Performance) -> None:
    performance.stage.act("severa", "set_invoice_status", guid=guid(performance), status="Paid")


def unseen_payment(performance: Performance) -> None:
    number = document(performance)["referenceNumber"]
    performance.stage.act(NAME, "register_payment", number=number)


def lost_cost(performance: Performance) -> None:
    performance.people.do("journal", 3)


def second_cost(performance: Performance) -> None:
    texts = {cost.text for cost in performance.people.costs}
    fees = performance.stage.objects("severa", "projectfees")
    fee = next(row for row in fees if CONVERTED.sub("", VISMA_NET.cost_text(row)) in texts)
    names = ("name", "description", "eventDate", "quantity", "billingSchedule", "productType")
    money = {name: {key: fee[name][key] for key in ("amount", "currencyCode")} for name in ("unitCost", "unitPrice")}
    product = {"product": {"guid": fee["product"]["guid"]}} if fee["product"] else {}
    with Office(performance.stage, scopes="fees:write") as office:
        copied = {name: fee[name] for name in names}
        office.make("projectfees", project={"guid": fee["project"]["guid"]}, **copied, **money, **product)


def lost_customer(performance: Performance) -> None:
    performance.people.do("new_erp_customer", 7)


def other_number(performance: Performance) -> None:
    row = next(row for row in performance.stage.objects(NAME, "Customers") if row["name"].startswith("Kunde AS"))
    performance.stage.act(NAME, "renumber_customer", number=row["number"], to="987654")


def emptied(performance: Performance) -> None:
    name = next(value for *_, value, entered in performance.people.entered if "mainContact.email" in entered)
    row = next(row for row in performance.stage.objects(NAME, "Customers") if row["name"] == name)
    performance.stage.act(NAME, "edit_customer", number=row["number"], mainContact={"email": "annen@annen.example"})


def task_away(performance: Performance) -> None:
    number = VISMA_NET.cost_projects(performance.stage)[0]
    performance.stage.act(NAME, "delete_task", number=number, taskId="10")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (second_document, "duplicate: invoice"),
        (document_of_a_rejected_invoice, "unwanted: invoice"),
        (wrong_status, "wrong: invoice"),
        (unseen_payment, "wrong: invoice"),
        (lost_cost, "loss: purchase row"),
        (second_cost, "duplicate: purchase row"),
        (lost_customer, "loss: customer"),
        (other_number, "wrong: customer"),
        (emptied, "loss: Customers"),
        (task_away, "loss: project"),
    ],
)
def test_what_must_not_be_is_seen_with_visma_net(
    visma_net_player: Player, plant: Callable[[Performance], object], kind: str
) -> None:
    found = planted(visma_net_player, plant)
    assert any(words.startswith(kind) for words in found), found


def test_a_story_without_a_fault_is_found_in_order_with_visma_net(visma_net_player: Player) -> None:
    assert planted(visma_net_player, lambda _: None) == []

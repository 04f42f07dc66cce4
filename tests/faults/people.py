"""What people do in both systems, and what is remembered of it: the oracle judges the systems by nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sandbox.system import ActionError
from sandbox.world import World
from tests.faults.erp import Deed, Erp
from tests.faults.registrars import REGISTRAR_DEEDS
from tests.faults.stage import Row, Stage

GOOD, DIFFERENT, UNFIT, DRAFT = "good", "different", "unfit", "draft"
"""Goes through; its total differs; cannot go at all; was never put on the trigger status."""

WON = "Voitettu"
"""Severa's status of projects that are won."""


@dataclass
class Story:
    """One invoice: what it is, and what people did to it after they had made it, in order."""

    guid: str
    kind: str
    words: str
    deeds: list[str] = field(default_factory=list)
    status: str = ""
    """The name of the status that a person chose last."""

    def did(self, *words: str) -> bool:
        """Whether a person did one of these."""
        return any(deed.split(":")[0] in words for deed in self.deeds)


@dataclass
class Cost:
    """One row of a supplier's invoice, in NOK; that of a reversal has a negative amount."""

    row: str
    text: str
    project: str
    amount: float


class People:
    """Everybody at both systems, from one stream of chance."""

    def __init__(self, stage: Stage, world: World, erp: Erp) -> None:
        self.stage = stage
        self.erp = erp
        self.statuses = erp.statuses
        self.world = world
        self.stories: list[Story] = []
        self.costs: list[Cost] = []
        self.vouchers: list[tuple[str, list[Cost]]] = []
        self.entered: list[tuple[str, str, str, object, dict[str, object]]] = []
        """(system, kind, member, value, what people entered): the row with that value keeps it."""
        self.edited: set[object] = set()
        """Numbers and names of what people edited in Severa, the master: what was entered elsewhere may go."""
        self._count = 0

    def do(self, name: str, seed: int) -> str:
        """Do something; in words what it was, empty when it could not be done."""
        try:
            return {**SEVERA_DEEDS, **REGISTRAR_DEEDS, **self.erp.deeds}[name](self, Random(seed)) or ""
        except ActionError as error:
            return f"(not possible: {error})"

    # what there is ------------------------------------------------------------------------------------------------

    def _projects(self, *, currency: str | None = "NOK") -> list[Row]:
        """Won, open projects of customers that are in both systems or will be, by number."""
        customers = {row["guid"]: row for row in self.stage.objects("severa", "customers")}
        found = []
        for row in self.stage.objects("severa", "projects"):
            customer = customers[row["customer"]["guid"]]
            if (
                not row["isClosed"]
                and not row["isInternal"]
                and row["salesStatus"]["name"] == WON
                and customer["isActive"]
                and customer["number"] is not None
                and not customer["isInternal"]
                and customer["paymentTerm"] in {7, 14, 30}
                and (currency is None or row["currency"]["code"] == currency)
            ):
                found.append(row)
        return found

    def _codes(self) -> list[str]:
        """Codes of products that both systems have, at 25 % in both."""
        codes = [one.code for one in self.world.products]
        return [
            one.code
            for one in self.world.products
            if one.code and one.in_severa and one.in_erp and one.is_active and codes.count(one.code) == 1
            and one.vat_rate == one.erp_vat_rate == 25
        ]  # fmt: skip

    def story(self, chance: Random, *, of: Callable[[Story], bool] = lambda _: True) -> Story | None:
        found = [story for story in self.stories if of(story) and not story.did("deleted in Severa")]
        return chance.choice(found) if found else None

    def unique(self, word: str) -> str:
        """A text that nothing else has."""
        self._count += 1
        return f"{word} {self._count}"

    # invoices -----------------------------------------------------------------------------------------------------

    def compose(
        self, chance: Random, kind: str, words: str, rows: list[Row], *, trigger: bool = True, **more: Any
    ) -> str:
        project = more.pop("project", None) or self._choose_project(chance)
        status = {"status": self.statuses["trigger"]} if trigger else {}
        made = self.stage.act("severa", "create_invoice", project=project, rows=rows, **status, **more)
        story = Story(made["guid"], kind, words, status=made["status"]["name"])
        self.stories.append(story)
        return f"invoice {story.guid[:8]} ({words})"

    def _choose_project(self, chance: Random) -> int:
        found = self._projects()
        if not found:
            raise ActionError("there is no project to bill")
        return int(chance.choice(found)["number"])

    def _rows(self, chance: Random, *, sign: int = 1) -> list[Row]:
        return [
            {
                "code": chance.choice(self._codes()),
                "quantity": sign * chance.randrange(1, 9),
                "unit_price": chance.randrange(10, 5000),
                "vat_rate": 25,
            }
            for _ in range(chance.randrange(1, 4))
        ]

    def bill(self, chance: Random) -> str:
        """An invoice that goes through."""
        return self.compose(chance, GOOD, "good", self._rows(chance))

    def bill_abroad(self, chance: Random) -> str:
        """An invoice in another currency."""
        abroad = [row for row in self._projects(currency=None) if row["currency"]["code"] != "NOK"]
        if not abroad:
            return ""
        return self.compose(chance, GOOD, "abroad", self._rows(chance), project=chance.choice(abroad)["number"])

    def credit(self, chance: Random) -> str:
        """A credit note."""
        return self.compose(chance, GOOD, "credit note", self._rows(chance, sign=-1))

    def bill_wrongly(self, chance: Random) -> str:
        """An invoice that Severa adds up otherwise: by 0.05, which passes, or by more, which does not."""
        cents = chance.choice((5, 6, 6, 100))
        row = {"code": "STD", "quantity": 2, "unit_price": 1500, "vat_rate": 25}
        kind = GOOD if cents == 5 else DIFFERENT
        return self.compose(chance, kind, f"off by {cents}", [row], total_including_tax=f"{3750 + cents / 100:.2f}")

    def bill_unfit(self, chance: Random) -> str:
        """An invoice that the ERP cannot take."""
        plain = {"quantity": 1, "unit_price": 900, "vat_rate": 25}
        what = chance.choice(self.erp.unfit)
        if what == "missing product":
            return self.compose(chance, UNFIT, what, [{"code": "GAMMEL1", **plain}])
        if what == "several codes":
            return self.compose(chance, UNFIT, what, [{"codes": ["STD", "UE"], **plain}])
        good = [{"code": "STD", **plain}]
        if what == "term of 45 days":
            return self.compose(chance, UNFIT, what, good, payment_term=45)
        if what == "in-house":
            return self.compose(chance, UNFIT, what, good, customer=self.world.customers[0].number)
        numberless = {row["guid"] for row in self.stage.objects("severa", "customers") if row["number"] is None}
        project = next(row for row in self.stage.objects("severa", "projects") if row["customer"]["guid"] in numberless)
        return self.compose(chance, UNFIT, what, good, project=project["number"])

    def draft(self, chance: Random) -> str:
        """An invoice that nobody puts on the trigger status."""
        return self.compose(chance, DRAFT, "draft", self._rows(chance), trigger=False)

    def move(self, chance: Random) -> str:
        """Somebody changes the status in Severa."""
        story = self.story(chance)
        if story is None:
            return ""
        status = chance.choice(
            ("Draft", self.statuses["trigger"], self.statuses["trigger"], self.statuses["transferred"])
        )
        self.stage.act("severa", "set_invoice_status", guid=story.guid, status=status)
        story.deeds.append(f"moved:{status}")
        story.status = status
        return f"moved {story.guid[:8]} to {status}"

    def take_back(self, chance: Random) -> str:
        """Somebody takes an invoice back that has not gone yet."""
        story = self.story(chance)
        if story is None:
            return ""
        self.stage.act("severa", "set_invoice_status", guid=story.guid, status="Draft")
        story.deeds.append("moved:Draft")
        story.status = "Draft"
        return f"took {story.guid[:8]} back"

    def correct(self, chance: Random) -> str:
        """Somebody corrects the row that added up wrongly and puts the status back."""
        story = self.story(chance, of=lambda one: one.kind == DIFFERENT)
        if story is None or self._standing(story) != self.statuses["failed"]:
            return ""
        self.stage.act(
            "severa", "edit_invoice_row", guid=story.guid, row=0, unit_price="1500", description=self.unique("Rettet")
        )
        self.stage.act("severa", "set_invoice_status", guid=story.guid, status=self.statuses["trigger"])
        story.kind, story.status = GOOD, self.statuses["trigger"]
        story.deeds.append("corrected")
        return f"corrected {story.guid[:8]}"

    def _standing(self, story: Story) -> str:
        found = [row for row in self.stage.objects("severa", "invoices") if row["guid"] == story.guid]
        return str(found[0]["status"]["name"]) if found else ""

    def delete_invoice(self, chance: Random) -> str:
        """Somebody deletes an invoice in Severa."""
        story = self.story(chance)
        if story is None:
            return ""
        self.stage.act("severa", "delete_invoice", guid=story.guid)
        story.deeds.append("deleted in Severa")
        return f"deleted {story.guid[:8]} in Severa"


SEVERA_DEEDS: Mapping[str, Deed] = {
    name: getattr(People, name)
    for name in (
        "bill",
        "bill_abroad",
        "credit",
        "bill_wrongly",
        "bill_unfit",
        "draft",
        "move",
        "take_back",
        "correct",
        "delete_invoice",
    )
}

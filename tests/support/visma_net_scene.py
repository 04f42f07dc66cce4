"""A settled tenant of Severa and Visma.net in which people change one thing at a time, and the next registry run."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from core.issues import Issue
from core.records import Registry
from tests.support.registry_scene import Registrar
from tests.support.sandbox import Row, Sandbox
from tests.support.scenes import delete_in_severa
from tests.support.visma_net_company import VismaNetCompany

NUMBERS = count(20501)
"""Customer numbers in Severa that nobody has."""
SEGMENT_PARENT = "Visma.net customer class"


@dataclass
class VismaNetScene:
    """The company, with people at both systems."""

    company: VismaNetCompany
    registrar: Registrar

    @property
    def sandbox(self) -> Sandbox:
        """The simulated systems."""
        return self.company.sandbox

    def sync(self, **options: Any) -> list[str]:
        """One registry run; what it wrote."""
        mark = self.sandbox.mark()
        self.company.good("registry_sync", **options)
        return self.sandbox.writes(mark)

    def severa(self, kind: str, member: str, value: object) -> Row:
        """The one row of Severa with that value."""
        (found,) = self.all_severa(kind, member, value)
        return found

    def visma(self, kind: str, member: str, value: object) -> Row:
        """The one object of Visma.net with that value."""
        (found,) = self.all_visma(kind, member, value)
        return found

    def all_severa(self, kind: str, member: str, value: object) -> list[Row]:
        """Rows of Severa with that value."""
        return [row for row in self.sandbox.objects("severa", kind) if row.get(member) == value]

    def all_visma(self, kind: str, member: str, value: object) -> list[Row]:
        """Objects of Visma.net with that value."""
        return [row for row in self.company.objects(kind) if row.get(member) == value]

    def issues(self, scope: str, record: object) -> list[Issue]:
        """Open issues of a record by its id of either side."""
        return [i for i in self.company.issues(scope) if i.record.partition(":")[2].endswith(str(record))]

    # customers ------------------------------------------------------------------------------------------------------

    def customer(self, name: str | None = None, **members: Any) -> Row:
        """A person makes a customer in Severa."""
        number = members.pop("number", None) or next(NUMBERS)
        given = {"name": name or f"Kunde {number} AS", "number": number, **members}
        return self.sandbox.act("severa", "create_customer", members=given)

    def visma_customer(self, name: str, number: int | str | None = None, **members: Any) -> Row:
        """A person makes a customer in Visma.net; its number is Visma.net's own unless one is given."""
        own = {} if number is None else {"number": str(number), "overrideNumberSeries": True}
        made: Row = self.company.visma("create_customer", name=name, **own, **members)["customer"]
        return made

    def pair(self, **members: Any) -> tuple[Row, Row]:
        """A customer that was made in Severa and is linked: as both sides have it now."""
        made = self.customer(**members)
        self.sync()
        return self.both(made["name"])

    def both(self, name: str) -> tuple[Row, Row]:
        """Severa's and Visma.net's customer of a name."""
        return self.severa("customers", "name", name), self.visma("Customers", "name", name)

    def numbers(self, name: str) -> tuple[str, str]:
        """Its number on either side."""
        severa, visma = self.both(name)
        return str(severa["number"]), visma["number"]

    def class_of(self, customer: Row) -> list[str]:
        """Names of the customer's segments below the parent of classes, in Severa."""
        return [
            row["marketSegment"]["name"]
            for row in self.sandbox.objects("severa", "customermarketsegments")
            if row["customer"]["guid"] == customer["guid"]
            and (row["parentMarketSegment"] or {}).get("name") == SEGMENT_PARENT
        ]

    def choose_class(self, customer: Row, class_id: str) -> None:
        """A person gives a Severa customer another class, and saves the customer."""
        for row in self.sandbox.objects("severa", "customermarketsegments"):
            if row["customer"]["guid"] == customer["guid"]:
                path = f"/v1/customermarketsegments/{row['guid']}"
                delete_in_severa(self.company, path, "customers:delete")
        segment = next(
            row for row in self.sandbox.objects("severa", "marketsegments") if row["name"].startswith(f"{class_id} ")
        )
        members = {"customer": {"guid": customer["guid"]}, "marketSegment": {"guid": segment["guid"]}}
        self.registrar.make("customermarketsegments", **members)
        self.sandbox.act("severa", "edit_customer", guid=customer["guid"], members={"notes": f"Klasse {class_id}"})

    def address(self, customer: Row, line: str, **uses: bool) -> Row:
        """A person enters an address of a customer in Severa."""
        country = self.severa("countries", "code2", "NO")["guid"]
        body = {"addressline": line, "postalCode": "5003", "city": "Bergen", "country": {"guid": country}, **uses}
        return self.registrar.make(f"customers/{customer['guid']}/addresses", **body)

    # projects ---------------------------------------------------------------------------------------------------------

    def project(self, customer: Row, **given: Any) -> Row:
        """A person makes a project in Severa."""
        name, members = f"Oppdrag {customer['number']}", {"startDate": "2026-03-01"}
        return self.sandbox.act(
            "severa", "create_project", customer=customer["number"], name=name, members=members, **given
        )

    def sales_status(self, state: str) -> Row:
        """Members that give a project a sales status of this state."""
        row = next(row for row in self.sandbox.objects("severa", "salesstatustypes") if row["salesState"] == state)
        return {"salesStatus": {"salesStatusTypeGuid": row["guid"]}}


def linked(company: VismaNetCompany, registry: Registry) -> dict[str, str]:
    """Severa id -> Visma.net's id of the items that are linked."""
    with company.state() as state:
        return {link.severa_id: link.erp_id for link in state.links.all(registry)}

"""A settled tenant in which people change one thing at a time, and the next registry run."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

from core.issues import Issue
from tests.support.company import Company
from tests.support.sandbox import Row, Sandbox

NUMBERS = count(10501)
"""Customer numbers that nobody has."""
TIMES = 3
"""How often one run tries a read."""


class Registrar:
    """Another client of Severa's API, for what its screens have no action for."""

    def __init__(self, sandbox: Sandbox) -> None:
        access = sandbox.access["severa"]
        self._client = httpx.Client(base_url=f"{access['base_url']}/v1", headers={"Client_Id": access["client_id"]})
        given = {"client_id": access["client_id"], "client_secret": access["client_secret"]}
        scope = ",".join(f"{area}:write" for area in ("customers", "settings", "users", "projects"))
        token = self._client.post("/token", json={**given, "scope": scope + ",organization:write"}).json()
        self._client.headers["Authorization"] = f"Bearer {token['access_token']}"

    def make(self, kind: str, **members: Any) -> Row:
        """POST."""
        return self._answer(self._client.post(f"/{kind}", json=members))

    def change(self, kind: str, guid: str, **members: Any) -> Row:
        """PATCH: members are replaced."""
        patch = [{"op": "Replace", "path": f"/{name}", "value": value} for name, value in members.items()]
        return self._answer(self._client.patch(f"/{kind}/{guid}", json=patch))

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    @staticmethod
    def _answer(answer: httpx.Response) -> Row:
        assert answer.is_success, answer.text
        row: Row = answer.json()
        return row


@dataclass
class Scene:
    """The company after its first run, with people at both systems."""

    company: Company
    registrar: Registrar

    @property
    def sandbox(self) -> Sandbox:
        return self.company.sandbox

    def severa(self, kind: str, member: str, value: object) -> Row:
        """The one row of Severa with that value."""
        (found,) = self.all_severa(kind, member, value)
        return found

    def erp(self, kind: str, member: str, value: object) -> Row:
        """The one row of PowerOffice with that value."""
        (found,) = self.all_erp(kind, member, value)
        return found

    def all_severa(self, kind: str, member: str, value: object) -> list[Row]:
        return [row for row in self.sandbox.objects("severa", kind) if row.get(member) == value]

    def all_erp(self, kind: str, member: str, value: object) -> list[Row]:
        return [row for row in self.sandbox.objects("poweroffice", kind) if row.get(member) == value]

    def sync(self, **options: Any) -> list[str]:
        """One registry run; what it wrote."""
        mark = self.sandbox.mark()
        self.company.good("registry_sync", **options)
        return self.sandbox.writes(mark)

    def full(self) -> list[str]:
        """One registry run that reads everything, as once a day."""
        with self.company.state() as state:
            state.cursors.clear()
        return self.sync()

    def issues(self, scope: str, record: object) -> list[Issue]:
        """Open issues of a record by its id of either side."""
        return [i for i in self.company.issues(scope) if i.record.partition(":")[2].endswith(str(record))]

    def customer(self, *, project: bool = True, **members: Any) -> Row:
        """A person makes a customer with a headquarter and a contact in Severa, and by default a project."""
        number = next(NUMBERS)
        given = {"name": f"Kunde {number} AS", "number": number, "email": f"post@k{number}.example", **members}
        row = self.sandbox.act("severa", "create_customer", members=given)
        country = self.sandbox.objects("severa", "addresses")[0]["country"]["guid"]
        self.registrar.make(
            f"customers/{row['guid']}/addresses",
            addressline=f"Kai {number}",
            postalCode="5003",
            city="Bergen",
            country={"guid": country},
        )
        self.registrar.make(
            "contactpersons", customer={"guid": row["guid"]}, firstName="Kari", lastName=f"Nordmann {number}"
        )
        if project:
            self.project(number)
        return self.severa("customers", "guid", row["guid"])

    def project(self, customer: int, **given: Any) -> Row:
        """A person makes a project for it in Severa."""
        return self.sandbox.act("severa", "create_project", customer=customer, name=f"Oppdrag {customer}", **given)

"""People who keep Severa's registers: new items, changes, things that end. Between two runs only."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING, Any, Self

import httpx

from sandbox.system import ActionError
from tests.faults.erp import Deed
from tests.faults.stage import Row, Stage

if TYPE_CHECKING:
    from tests.faults.people import People

SCOPES = "customers:write,settings:write,users:write,projects:write,organization:write"


class Office:
    """Another client of Severa's API, for what its screens have no action for."""

    def __init__(self, stage: Stage, *, scopes: str = SCOPES) -> None:
        access = stage.systems["severa"].credentials
        given = {name: access[name] for name in ("client_id", "client_secret")}
        self._client = httpx.Client(base_url=f"{stage.base}/severa/v1", headers={"Client_Id": access["client_id"]})
        token = self._client.post("/token", json={**given, "scope": scopes}).json()["access_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def make(self, kind: str, **members: Any) -> Row:
        """POST."""
        return self._answer(self._client.post(f"/{kind}", json=members))

    def change(self, kind: str, guid: str, **members: Any) -> Row:
        """PATCH: members are replaced."""
        patch = [{"op": "Replace", "path": f"/{name}", "value": value} for name, value in members.items()]
        return self._answer(self._client.patch(f"/{kind}/{guid}", json=patch))

    @staticmethod
    def _answer(answer: httpx.Response) -> Row:
        if not answer.is_success:
            raise ActionError(answer.text)
        row: Any = answer.json()
        return dict(row[0] if isinstance(row, list) else row)


def free_number(people: People, low: int, high: int, chance: Random) -> int:
    """A number that nothing has yet, in either system."""
    taken = {row["number"] for kind in ("customers", "projects") for row in people.stage.objects("severa", kind)}
    taken |= people.erp.taken(people.stage)
    return chance.choice([number for number in range(low, high) if number not in taken])


def one_of(chance: Random, rows: list[Row]) -> Row:
    if not rows:
        raise ActionError("there is none")
    return chance.choice(sorted(rows, key=_name))  # they were stored in the order in which a run's requests came


def _name(row: Row) -> str:
    return str([row.get(name) for name in ("Name", "name", "lastName", "code")])


def usable(stage: Stage) -> list[Row]:
    return [
        row
        for row in stage.objects("severa", "customers")
        if row["isActive"] and row["number"] and not row["isInternal"] and row["paymentTerm"] in {7, 14, 30}
    ]


# ---------------------------------------------------------------- in Severa


def new_customer(people: People, chance: Random, *, project: bool = True) -> str:
    """A customer with a headquarter and a contact, and mostly with a project."""
    stage = people.stage
    number = free_number(people, 10_500, 10_900, chance)
    name = people.unique("Kunde AS")
    members = {"name": name, "number": number, "email": f"post@k{number}.example", "paymentTerm": 14}
    row = stage.act("severa", "create_customer", members=members)
    country = stage.objects("severa", "addresses")[0]["country"]["guid"]
    with Office(stage) as office:
        office.make(
            f"customers/{row['guid']}/addresses",
            addressline=f"Kai {number}",
            postalCode="5003",
            city="Bergen",
            country={"guid": country},
        )
        customer = {"guid": row["guid"]}
        office.make("contactpersons", customer=customer, firstName="Kari", lastName=people.unique("Nordmann"))
    if project and chance.random() < 0.75:
        _project(people, chance, customer=number, name=people.unique("Oppdrag"))
    return f"customer {number}"


def new_idle_customer(people: People, chance: Random) -> str:
    """A customer for which nothing is done yet."""
    return new_customer(people, chance, project=False)


def _project(people: People, chance: Random, **given: Any) -> Row:
    """A new project, with a number that fits the ERP's."""
    series = people.erp.project_series
    more: Row = {} if series is None else {"number": free_number(people, *series, chance)}
    if people.erp.project_members:
        more["members"] = dict(people.erp.project_members)
    return people.stage.act("severa", "create_project", **given, **more)


def new_project(people: People, chance: Random) -> str:
    """A project, mostly won at once."""
    state = chance.choice(("Won", "Won", "InProgress"))
    customer = one_of(chance, usable(people.stage))
    made = _project(people, chance, customer=customer["number"], name=people.unique("Prosjekt"), sales_state=state)
    return f"project {made['number']} ({state})"


def project_of_the_idle(people: People, chance: Random) -> str:
    """A customer that had no project gets its first."""
    busy = {row["customer"]["guid"] for row in people.stage.objects("severa", "projects")}
    idle = [row for row in usable(people.stage) if row["guid"] not in busy and str(row["name"]).startswith("Kunde")]
    customer = one_of(chance, idle)
    _project(people, chance, customer=customer["number"], name=people.unique("Første"))
    return f"first project of {customer['number']}"


def edit_customer(people: People, chance: Random) -> str:
    """Another name, e-mail address or web site."""
    members = chance.choice(
        (
            {"name": people.unique("Omdøpt AS")},
            {"email": f"ny{chance.randrange(999)}@kunde.example"},
            {"website": f"https://ny{chance.randrange(999)}.example", "paymentTerm": chance.choice((7, 14, 30))},
        )
    )
    row = one_of(chance, usable(people.stage))
    people.stage.act("severa", "edit_customer", guid=row["guid"], members=members)
    people.edited.add(row["number"])
    return f"customer {row['number']}: {members}"


def edit_project(people: People, chance: Random) -> str:
    """Another name or deadline."""
    row = one_of(chance, people.stage.objects("severa", "projects"))
    members = chance.choice(({"name": people.unique("Nytt navn")}, {"deadline": "2027-05-31"}, {"orderNumber": "B-7"}))
    people.stage.act("severa", "edit_project", guid=row["guid"], members=members)
    return f"project {row['number']}: {members}"


def close_project(people: People, chance: Random) -> str:
    """A project ends."""
    row = one_of(chance, [row for row in people.stage.objects("severa", "projects") if not row["isClosed"]])
    people.stage.act("severa", "close_project", guid=row["guid"])
    return f"closed project {row['number']}"


def new_contact(people: People, chance: Random) -> str:
    """A contact of a customer."""
    row = one_of(chance, usable(people.stage))
    with Office(people.stage) as office:
        customer = {"guid": row["guid"]}
        made = office.make("contactpersons", customer=customer, firstName="Per", lastName=people.unique("Hansen"))
    return f"contact {made['lastName']} of {row['number']}"


def edit_contact(people: People, chance: Random) -> str:
    """A contact marries."""
    row = one_of(chance, people.stage.objects("severa", "contactpersons"))
    before = row["lastName"]  # the row itself changes
    with Office(people.stage) as office:
        made = office.change("contactpersons", row["guid"], lastName=people.unique("Gift"), jobTitle="Daglig leder")
    people.edited.add(before)
    return f"contact {before} is {made['lastName']}"


def new_item(people: People, chance: Random) -> str:
    """A product, work type, category or business unit."""
    kind = chance.choice(("products", "products", "worktypes", "productcategories", "businessunits"))
    name = people.unique("Ny post")
    code = f"N{free_number(people, 20_000, 29_999, chance)}"
    more: dict[str, Any] = {"isActive": True}
    if kind == "products":
        more = {"type": "Materials", "unitPrice": {"amount": 120.5, "currencyCode": "NOK"}}
    elif kind == "businessunits":
        more |= {"parentGuid": people.stage.objects("severa", "businessunits")[0]["guid"]}
    with Office(people.stage) as office:
        office.make(kind, name=name, code=code, **more)
    return f"{kind} {code}"


def edit_product(people: People, chance: Random) -> str:
    """Another name or price."""
    row = one_of(chance, [row for row in people.stage.objects("severa", "products") if row["code"]])
    members = chance.choice(
        ({"name": people.unique("Vare")}, {"unitPrice": {"amount": chance.randrange(100), "currencyCode": "NOK"}})
    )
    with Office(people.stage) as office:
        office.change("products", row["guid"], **members)
    return f"product {row['code']}: {members}"


REGISTRAR_DEEDS: Mapping[str, Deed] = {
    deed.__name__: deed
    for deed in (
        new_customer,
        new_idle_customer,
        new_project,
        project_of_the_idle,
        edit_customer,
        edit_project,
        close_project,
        new_contact,
        edit_contact,
        new_item,
        edit_product,
    )
}

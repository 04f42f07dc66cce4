"""Registries after the first cycle: changes both ways, masters, drift, renumbering (PO-02 to PO-12, ALL-03, ALL-14)."""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

import pytest

from core.records import Registry
from core.transfers import TransferState
from tests.support.company import Company, figures
from tests.support.sandbox import Row
from tests.support.thorough import thorough


def customer(company: Company, position: int = 0) -> tuple[Row, Row]:
    """A Norwegian customer that is linked, as both systems store it."""
    with company.state() as state:
        links = sorted(state.links.all(Registry.CUSTOMERS), key=lambda link: link.key or "")
    severa = {row["guid"]: row for row in company.sandbox.objects("severa", "customers")}
    erp = {str(row["Id"]): row for row in company.sandbox.objects("poweroffice", "Customers")}
    usable = [link for link in links if not erp[link.erp_id]["IsPerson"] and erp[link.erp_id].get("MailAddress")]
    link = usable[position]
    return severa[link.severa_id], erp[link.erp_id]


def erp_customer(company: Company, number: int) -> Row:
    (row,) = (row for row in company.sandbox.objects("poweroffice", "Customers") if row["Number"] == number)
    return row


def severa_customer(company: Company, number: int) -> Row:
    (row,) = (row for row in company.sandbox.objects("severa", "customers") if row["number"] == number)
    return row


@pytest.fixture
def masters(settled: Company) -> Iterator[Company]:
    """The company; masters are put back to those of the tenant file."""
    before = (settled.tenants / f"{settled.name}.yaml").read_text()
    yield settled
    (settled.tenants / f"{settled.name}.yaml").write_text(before)


@pytest.mark.parametrize("master", ["severa", "erp"])
def test_an_update_on_the_master_goes_over_and_is_not_echoed(masters: Company, master: str) -> None:
    """PO-02: either side can be master of customers."""
    masters.set(masters__customers=master)
    masters.good("registry_sync")
    number = customer(masters)[0]["number"]
    if master == "severa":
        masters.sandbox.act("severa", "edit_customer", number=number, members={"website": "https://ny.example"})
    else:
        masters.sandbox.act("poweroffice", "edit_customer", number=number, WebsiteUrl="https://go.example")
    outcome = masters.good("registry_sync")
    assert figures(outcome, "registry_sync")["updated"] == 1
    wanted = "https://ny.example" if master == "severa" else "https://go.example"
    assert severa_customer(masters, number)["website"] == wanted
    assert erp_customer(masters, number)["WebsiteUrl"] == wanted
    mark = masters.sandbox.mark()
    masters.good("registry_sync")
    assert masters.sandbox.writes(mark) == []


@pytest.mark.thorough
@pytest.mark.parametrize("master", ["severa", "erp"])
def test_a_change_on_the_side_that_is_not_master_is_reported_once_and_stands(masters: Company, master: str) -> None:
    """ALL-03: never pushed, never overwritten; reported once, and gone when it is taken back."""
    masters.set(masters__customers=master)
    masters.good("registry_sync")
    number = customer(masters, 1)[0]["number"]
    old = severa_customer(masters, number)["website"]
    other = f"https://drift-{master}.example"

    def edit(value: str | None) -> None:
        if master == "erp":
            masters.sandbox.act("severa", "edit_customer", number=number, members={"website": value})
        else:
            masters.sandbox.act("poweroffice", "edit_customer", number=number, WebsiteUrl=value)

    edit(other)
    mark = masters.sandbox.mark()
    rejected = [figures(masters.good("registry_sync"), "registry_sync")["rejected"] for _ in range(3)]
    assert rejected == [1, 0, 0]
    assert masters.sandbox.writes(mark) == []
    found = [issue for issue in masters.issues("customers") if issue.cause.startswith("drift")]
    assert [issue.count for issue in found] == [1]
    assert other in found[0].what
    stands = severa_customer(masters, number)["website"], erp_customer(masters, number)["WebsiteUrl"]
    assert stands == ((other, old) if master == "erp" else (old, other))
    edit(old)
    masters.good("registry_sync")
    assert [issue for issue in masters.issues("customers") if issue.cause.startswith("drift")] == []


@pytest.mark.parametrize("side", ["severa", "poweroffice"])
def test_a_customer_whose_number_changed_is_reported_and_not_doubled(settled: Company, side: str) -> None:
    """ALL-14."""
    ours, theirs = customer(settled, 3 if side == "severa" else 4)
    number, count = ours["number"], len(settled.sandbox.objects("poweroffice", "Customers"))
    new = 19001 if side == "severa" else 19002
    if side == "severa":
        settled.sandbox.act("severa", "edit_customer", guid=ours["guid"], members={"number": new})
    else:
        settled.sandbox.act("poweroffice", "edit_customer", id=theirs["Id"], Number=new)
    mark = settled.sandbox.mark()
    for _ in range(2):
        settled.good("registry_sync")
    assert settled.sandbox.writes(mark) == []
    assert len(settled.sandbox.objects("poweroffice", "Customers")) == count
    found = [issue for issue in settled.issues("customers") if issue.cause == "renumbered"]
    assert [(str(new) in issue.what, str(number) in issue.what) for issue in found] == [(True, True)]
    if side == "severa":
        settled.sandbox.act("severa", "edit_customer", guid=ours["guid"], members={"number": number})
    else:
        settled.sandbox.act("poweroffice", "edit_customer", id=theirs["Id"], Number=number)
    settled.good("registry_sync")
    assert [issue for issue in settled.issues("customers") if issue.cause == "renumbered"] == []


@pytest.mark.parametrize("kind", ["drop_after", *thorough(["drop_before", "status:500"])])
@pytest.mark.parametrize(
    ("system", "path"),
    [("poweroffice", "/v2/Customers"), ("poweroffice", "/v2/Projects"), ("severa", "/v1/projects")],
)
def test_a_lost_answer_to_a_create_never_makes_a_double(settled: Company, system: str, path: str, kind: str) -> None:
    """PO-03 PO-11, law 1: looked up first; there after two runs at the latest, once, linked, no issue left."""
    number = 20000 + crc32(f"{system} {path} {kind}".encode()) % 9000
    numbers = {row["Number"] for row in settled.sandbox.objects("poweroffice", "Customers")}
    free = next(one for one in range(18200, 18999) if one not in numbers)
    settled.sandbox.act("severa", "create_customer", members={"name": f"Tapt {free}", "number": free})
    if system == "poweroffice":
        settled.sandbox.act("severa", "create_project", customer=free, name="Tapt", number=number)
    else:
        settled.sandbox.act("severa", "create_project", customer=free, name="Andre", number=number + 10000)
        settled.good("registry_sync")
        erp = erp_customer(settled, free)
        settled.sandbox.act(
            "poweroffice", "create_project", Code=str(number), Name="Tapt", CustomerId=erp["Id"], IsActive=True
        )
    settled.sandbox.fault(system, "POST", path, kind)
    for _ in range(3):
        settled.good("registry_sync")
    erp_customer(settled, free)
    severa_projects = [row for row in settled.sandbox.objects("severa", "projects") if row["number"] == number]
    erp_projects = [row for row in settled.sandbox.objects("poweroffice", "Projects") if row["Code"] == str(number)]
    assert (len(severa_projects), len(erp_projects)) == (1, 1)
    with settled.state() as state:
        linked = {link.key for link in state.links.all(Registry.PROJECTS)}
    assert str(number) in linked
    labels = [issue.label for scope in ("customers", "projects") for issue in settled.issues(scope)]
    assert [label for label in labels if str(free) in label or str(number) in label] == []


def test_a_registry_that_cannot_be_read_keeps_no_other_back(settled: Company) -> None:
    """Law 3: products of PowerOffice do not answer; customers and invoices go, the products follow."""
    settled.sandbox.act("poweroffice", "create_product", Code="SEN", Name="Sent på dagen", ProductType="Product")
    number = customer(settled)[0]["number"]
    settled.sandbox.act("severa", "edit_customer", number=number, members={"website": "https://videre.example"})
    guid = settled.bill()
    settled.sandbox.fault("poweroffice", "GET", "/v2/Products", "status:500", times=3)
    settled.run()
    assert erp_customer(settled, number)["WebsiteUrl"] == "https://videre.example"
    settled.good()
    assert settled.transfer(guid).state is TransferState.REPORTED
    assert "SEN" in {row["code"] for row in settled.sandbox.objects("severa", "products")}
    assert [issue for issue in settled.issues("products") if issue.cause == "read"] == []

"""Registries of Severa and Visma.net, over HTTP against both simulated systems (VN-02 to VN-10, ALL-02, ALL-14)."""

from __future__ import annotations

import pytest

from core.records import Registry
from tests.support.company import figures, wrote
from tests.support.registry_scene import Registrar
from tests.support.sandbox import Row, Sandbox
from tests.support.visma_net_company import VismaNetCompany
from tests.support.visma_net_scene import VismaNetScene, linked

QUIET = 24
"""Calls of a cycle in which nothing changed, at most."""


@pytest.fixture(scope="module")
def traded(sandbox: Sandbox, company: VismaNetCompany) -> tuple[Row, Row]:
    """Two customers of both systems that have each other's numbers in Visma.net, before the switch-on."""
    in_severa = {row["name"]: row for row in sandbox.objects("severa", "customers") if row["isActive"]}
    names = [row["name"] for row in company.objects("Customers")]
    both = [
        row
        for row in company.objects("Customers")
        if row["status"] == "Active" and names.count(row["name"]) == 1
        if (own := in_severa.get(row["name"])) is not None and own["number"] and not own["isInternal"]
    ]
    numbers = {row["number"] for row in company.objects("Customers")}
    free = [row for row in both if str(in_severa[row["name"]]["number"]) not in numbers]
    first, second, *_ = [in_severa[row["name"]] for row in free]
    for one, other in ((first, second), (second, first)):
        present = next(row["number"] for row in company.objects("Customers") if row["name"] == one["name"])
        company.visma("renumber_customer", number=present, to=str(other["number"]))
    return first, second


@pytest.fixture(scope="module")
def before(sandbox: Sandbox, company: VismaNetCompany, traded: tuple[Row, Row]) -> dict[str, Row]:
    """Severa's customers by guid, before the switch-on."""
    return {row["guid"]: row for row in sandbox.objects("severa", "customers")}


@pytest.fixture(scope="module")
def scene(company: VismaNetCompany, registrar: Registrar, before: dict[str, Row]) -> VismaNetScene:
    company.good("registry_sync")
    return VismaNetScene(company, registrar)


# taking into use ------------------------------------------------------------------------------------------------------


def test_severas_customers_get_visma_nets_numbers(scene: VismaNetScene, before: dict[str, Row]) -> None:
    """VN-04 VN-02: every linked one, those that Visma.net gave a number just now included; the others keep theirs."""
    pairs = linked(scene.company, Registry.CUSTOMERS)
    visma = {str(row["internalId"]): row["number"] for row in scene.company.objects("Customers")}
    renumbered = 0
    for row in scene.sandbox.objects("severa", "customers"):
        if row["guid"] in pairs:
            assert str(row["number"]) == visma[pairs[row["guid"]]]
            renumbered += row["number"] != before[row["guid"]]["number"] if row["guid"] in before else 0
        else:
            assert row["number"] == before[row["guid"]]["number"]
    assert renumbered > 20
    assert [i for i in scene.company.issues("customers") if i.cause == "renumbered"] == []


def test_customers_that_hold_each_others_numbers_trade_them(scene: VismaNetScene, traded: tuple[Row, Row]) -> None:
    """VN-04: numbers are unique in Severa, so one of the two stands aside meanwhile."""
    first, second = (scene.numbers(row["name"]) for row in traded)
    assert first == (str(traded[1]["number"]),) * 2
    assert second == (str(traded[0]["number"]),) * 2


def test_inactive_customers_and_the_internal_one_stay(scene: VismaNetScene, before: dict[str, Row]) -> None:
    """VN-04."""
    pairs = linked(scene.company, Registry.CUSTOMERS)
    inactive = {str(row["internalId"]) for row in scene.company.objects("Customers") if row["status"] == "Inactive"}
    assert inactive
    assert not inactive & set(pairs.values())
    (internal,) = (row for row in before.values() if row["isInternal"])
    assert internal["guid"] not in pairs
    assert scene.all_visma("Customers", "name", internal["name"]) == []


def test_a_run_without_changes_writes_nothing_and_asks_little(scene: VismaNetScene) -> None:
    """ALL-02, VN-01: twelve runs an hour must be cheap."""
    scene.sync()
    mark = scene.sandbox.mark()
    assert wrote(scene.company.good("registry_sync")) == 0
    assert scene.sandbox.writes(mark) == []
    assert len(scene.sandbox.exchanges(mark)) <= QUIET


@pytest.mark.parametrize("made_inactive", [True, False], ids=["inactive", "renamed"])
def test_customers_of_one_name_are_each_reported_until_they_are_told_apart(
    scene: VismaNetScene, made_inactive: bool
) -> None:
    """VN-03: the others go in the same run, although they did not change."""
    name = f"Tvilling & Søn {made_inactive} AS"
    first, second = (scene.visma_customer(name) for _ in range(2))
    ours = scene.customer(name)
    scene.sync()
    for record in (first["internalId"], second["internalId"], ours["guid"]):
        (issue,) = scene.issues("customers", record)
        assert issue.cause == "duplicate key"
        assert name in issue.what
        assert "its own name" in issue.todo
    scene.sandbox.advance(700)  # none of them is read again for having changed just now
    how = {"status": "Inactive"} if made_inactive else {"name": f"{name} II"}
    scene.company.visma("edit_customer", number=second["number"], **how)
    scene.sync()
    assert linked(scene.company, Registry.CUSTOMERS)[ours["guid"]] == str(first["internalId"])
    assert str(scene.severa("customers", "guid", ours["guid"])["number"]) == first["number"]


def test_a_counterpart_that_did_not_change_is_found_by_its_name(scene: VismaNetScene) -> None:
    """VN-03: the numbers of the two have nothing to do with each other."""
    old = scene.visma_customer("Hvilende Kunde AS")
    scene.sandbox.advance(1200)
    ours = scene.customer("Hvilende Kunde AS")
    scene.sync()
    assert scene.numbers("Hvilende Kunde AS") == (old["number"],) * 2
    assert linked(scene.company, Registry.CUSTOMERS)[ours["guid"]] == str(old["internalId"])


# customers ------------------------------------------------------------------------------------------------------------


def test_a_customer_made_in_severa_gets_the_number_that_visma_net_gives_it(scene: VismaNetScene) -> None:
    """VN-02."""
    made = scene.customer()
    scene.sync()
    severa, visma = scene.both(made["name"])
    assert str(severa["number"]) == visma["number"] != str(made["number"])
    assert scene.issues("customers", made["guid"]) == []


def test_a_customer_made_in_visma_net_is_made_in_severa_under_its_number(scene: VismaNetScene) -> None:
    """VN-02."""
    made = scene.visma_customer("Ny i Financials AS", mainContact={"email": "post@ny.example"})
    scene.sync()
    severa, visma = scene.both("Ny i Financials AS")
    assert (str(severa["number"]), severa["email"]) == (visma["number"], "post@ny.example")
    assert made["number"] == visma["number"]


def test_a_number_that_somebody_else_has_in_severa_is_reported_and_taken_over_when_it_is_free(
    scene: VismaNetScene,
) -> None:
    """VN-04: nobody's number is taken away from a customer that is not linked."""
    (internal,) = (row for row in scene.sandbox.objects("severa", "customers") if row["isInternal"])
    made = scene.customer("Opptatt Nummer AS")
    theirs = scene.visma_customer("Opptatt Nummer AS", internal["number"])
    scene.sync()
    (issue,) = scene.issues("customers", made["guid"])
    assert internal["name"] in issue.why
    assert issue.field == "number"
    assert scene.severa("customers", "guid", made["guid"])["number"] == made["number"]
    scene.sandbox.act("severa", "edit_customer", guid=internal["guid"], members={"number": 77001})
    scene.sync()
    assert scene.numbers("Opptatt Nummer AS") == (theirs["number"],) * 2
    assert scene.issues("customers", made["guid"]) == []
    assert scene.sync() == []


def test_a_customer_that_is_renumbered_afterwards_is_reported_and_not_followed(scene: VismaNetScene) -> None:
    """ALL-14: the takeover is for items that are being linked; later a number is nobody's to change."""
    severa, visma = scene.pair()
    scene.company.visma("renumber_customer", number=visma["number"], to="990017")
    scene.sync()
    (issue,) = scene.issues("customers", visma["internalId"])
    assert (issue.cause, "990017" in issue.what) == ("renumbered", True)
    assert scene.severa("customers", "guid", severa["guid"])["number"] == severa["number"]
    scene.company.visma("renumber_customer", number="990017", to=visma["number"])
    scene.sync()
    assert scene.issues("customers", visma["internalId"]) == []


def test_different_fields_changed_on_both_sides_both_go_over(scene: VismaNetScene) -> None:
    """ALL-02 VN-02: field by field against the last state in step."""
    severa, visma = scene.pair(email="gammel@kunde.example")
    scene.sandbox.act("severa", "edit_customer", guid=severa["guid"], members={"website": "https://ny.example"})
    scene.company.visma("edit_customer", number=visma["number"], mainContact={"email": "ny@kunde.example"})
    scene.sync()
    severa, visma = scene.both(severa["name"])
    assert (severa["email"], severa["website"]) == ("ny@kunde.example", "https://ny.example")
    assert (visma["mainContact"]["email"], visma["mainContact"]["web"]) == ("ny@kunde.example", "https://ny.example")
    assert scene.issues("customers", severa["guid"]) == []
    assert scene.sync() == []


@pytest.mark.parametrize("later", ["severa", "visma"])
def test_a_field_changed_on_both_sides_goes_by_the_later_change_and_is_reported(
    scene: VismaNetScene, later: str
) -> None:
    """ALL-02."""
    severa, visma = scene.pair(email="gammel@kunde.example")

    def in_severa() -> None:
        members = {"email": "severa@kunde.example"}
        scene.sandbox.act("severa", "edit_customer", guid=severa["guid"], members=members)

    def in_visma() -> None:
        scene.company.visma("edit_customer", number=visma["number"], mainContact={"email": "visma@kunde.example"})

    for change in (in_visma, in_severa) if later == "severa" else (in_severa, in_visma):
        scene.sandbox.advance(5)
        change()
    scene.sync()
    severa, visma = scene.both(severa["name"])
    assert severa["email"] == visma["mainContact"]["email"] == f"{later}@kunde.example"
    loser = visma["internalId"] if later == "severa" else severa["guid"]
    (issue,) = scene.issues("customers", loser)
    assert (issue.cause, issue.field) == ("conflict:email", "email")


def test_customer_classes_are_offered_in_severa_and_shown_on_its_customers(scene: VismaNetScene) -> None:
    """VN-05: one market segment per class; who has none gets the one that Visma.net gave."""
    parent = scene.severa("marketsegments", "name", "Visma.net customer class")
    offered = {
        row["name"]
        for row in scene.sandbox.objects("severa", "marketsegments")
        if (row["parentMarketSegment"] or {}).get("guid") == parent["guid"]
    }
    assert {"10 Innenlands kunder", "20 Kunder i EU", "30 Kunder utenfor EU"} <= offered
    severa, visma = scene.pair()
    assert scene.class_of(severa) == ["10 Innenlands kunder"]
    assert visma["customerClass"]["id"] == "10"


def test_a_customer_class_goes_both_ways(scene: VismaNetScene) -> None:
    """VN-05: chosen before the transfer, changed in Severa, changed in Visma.net."""
    severa, visma = scene.pair()
    scene.choose_class(severa, "20")
    scene.sync()
    assert scene.visma("Customers", "number", visma["number"])["customerClass"]["id"] == "20"
    scene.company.visma("edit_customer", number=visma["number"], customerClassId="30")
    scene.sync()
    assert scene.class_of(severa) == ["30 Kunder utenfor EU"]
    assert scene.issues("customers", severa["guid"]) == []


def test_a_class_chosen_in_severa_is_right_when_the_customer_is_transferred(scene: VismaNetScene) -> None:
    """VN-05."""
    made = scene.customer()
    scene.choose_class(made, "30")
    scene.sync()
    assert scene.both(made["name"])[1]["customerClass"]["id"] == "30"


def test_addresses_go_to_their_places_both_ways(scene: VismaNetScene) -> None:
    """VN-06: headquarter to main, billing to bill-to, postal to shipping."""
    made = scene.customer()
    for line, uses in (
        ("Hovedgata 1", {}),
        ("Fakturaveien 2", {"isBillingAddress": True}),
        ("Postboks 3", {"isPostalAddress": True}),
    ):
        scene.address(made, line, **uses)
    scene.sync()
    visma = scene.both(made["name"])[1]
    places = ("mainAddress", "invoiceAddress", "deliveryAddress")
    assert [visma[place]["addressLine1"] for place in places] == ["Hovedgata 1", "Fakturaveien 2", "Postboks 3"]
    scene.company.visma(
        "edit_customer",
        number=visma["number"],
        invoiceAddress={"addressLine1": "Betalingsgata 9", "postalCode": "0150", "city": "Oslo", "countryId": "NO"},
    )
    scene.sync()
    own = [row for row in scene.sandbox.objects("severa", "addresses") if row["customer"]["guid"] == made["guid"]]
    (billing,) = (row for row in own if row["isBillingAddress"])
    assert (billing["addressline"], billing["postalCode"], billing["city"]) == ("Betalingsgata 9", "0150", "Oslo")
    assert {row["addressline"] for row in own} == {"Hovedgata 1", "Betalingsgata 9", "Postboks 3"}
    assert scene.issues("customers", made["guid"]) == []
    assert scene.sync() == []


def test_an_address_for_two_uses_is_not_changed_for_the_other_use(scene: VismaNetScene) -> None:
    """VN-06: one row in Severa may be billing and postal address at once."""
    made = scene.customer()
    scene.address(made, "Hovedgata 1")
    scene.address(made, "Felles 2", isBillingAddress=True, isPostalAddress=True)
    scene.sync()
    visma = scene.both(made["name"])[1]
    new = {"addressLine1": "Ny faktura 4", "postalCode": "0150", "city": "Oslo", "countryId": "NO"}
    scene.company.visma("edit_customer", number=visma["number"], invoiceAddress=new)
    scene.sync()
    rows = [row for row in scene.sandbox.objects("severa", "addresses") if row["customer"]["guid"] == made["guid"]]
    assert {row["addressline"] for row in rows if row["isBillingAddress"]} == {"Ny faktura 4"}
    assert "Felles 2" in {row["addressline"] for row in rows if row["isPostalAddress"]}
    assert scene.both(made["name"])[1]["deliveryAddress"]["addressLine1"] == "Felles 2"


def test_contacts_carry_all_fields_of_the_table_both_ways(scene: VismaNetScene) -> None:
    """VN-06: salutation, names, title, mobile, phone, e-mail, do not email."""
    severa, visma = scene.pair()
    guid = scene.registrar.make(
        "contactpersons",
        customer={"guid": severa["guid"]},
        firstName="Kari",
        lastName="Nordmann",
        jobTitle="Innkjøper",
        salutation="Mrs.",
        isEmailAllowed=False,
    )["guid"]
    values = {"Phone": "+47 22000001", "MobilePhone": "+47 40000001", "EmailAddress": "kari@kunde.example"}
    kinds = {row["type"]: row["guid"] for row in scene.sandbox.objects("severa", "communicationtypes")}
    for kind, value in values.items():
        body = {"value": value, "contact": {"guid": guid}, "communicationType": {"guid": kinds[kind]}}
        scene.registrar.make("contactcommunications", isForbiddenToUse=False, **body)
    scene.sync()
    person = scene.visma("Contacts", "email", "kari@kunde.example")
    assert person["businessAccount"] == visma["number"]
    names = ("title", "firstName", "lastName", "position", "phone1", "phone2", "doNotEmail", "active")
    expected = ["Mrs", "Kari", "Nordmann", "Innkjøper", "+47 40000001", "+47 22000001", True, True]
    assert [person[name] for name in names] == expected
    scene.company.visma(
        "edit_contact", contactId=person["contactId"], phone1="+47 40000002", title="Ms", doNotEmail=False
    )
    scene.sync()
    row = scene.severa("contactpersons", "guid", guid)
    assert (row["salutation"], row["isEmailAllowed"]) == ("Ms.", True)
    numbers = {
        one["communicationType"]["type"]: one["value"]
        for one in scene.sandbox.objects("severa", "contactcommunications")
        if one["contact"]["guid"] == guid
    }
    assert numbers == {**values, "MobilePhone": "+47 40000002"}
    assert scene.sync() == []


def test_the_figures_of_a_run_say_what_was_renumbered(scene: VismaNetScene) -> None:
    """VN-04: a customer that takes over a number when it is linked counts as updated."""
    theirs = scene.visma_customer("Telles Med AS")
    scene.customer("Telles Med AS")
    outcome = scene.company.good("registry_sync")
    assert figures(outcome, "registry_sync")["updated"] >= 1
    assert scene.numbers("Telles Med AS") == (theirs["number"],) * 2

"""Writing Severa's registers: what is required, read-only, unique, derived (contract, sections 7 and 9)."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from served import Served, operation


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as running:
        running.sign_in()
        yield running
        running.validate_recorded()


def stored(served: Served, kind: str) -> list[dict[str, Any]]:
    """Everything of a kind."""
    rows: list[dict[str, Any]] = served.control.get(f"/severa/objects/{kind}").json()
    return rows


def refused(answer: httpx.Response, status: int = 400, kind: str = "InvalidParameter") -> str:
    """The message of a refusal."""
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["type"] == kind, error
    return str(error["details"][0]["message"])


def customer(served: Served, name: str, **members: Any) -> dict[str, Any]:
    answer = served.severa.post("/v1/customers", json={"name": name, **members})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def moment(served: Served) -> None:
    served.control.post("/clock", json={"advance_seconds": 2})


# ------------------------------------------------------------------ bodies


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("/v1/customers", {}, "name is required"),
        ("/v1/customers", {"name": ""}, "name must not be empty"),
        ("/v1/customers", {"name": "X", "isInternal": True}, "isInternal is read-only"),
        ("/v1/customers", {"name": "X", "guid": "1"}, "guid is read-only"),
        ("/v1/customers", {"name": "X", "number": "12"}, "number must be an integer"),
        ("/v1/customers", {"name": "X", "kvkNumber": "1" * 26}, "longer than 25"),
        ("/v1/customers", {"name": "X", "colour": "red"}, "colour is not a member"),
        ("/v1/customers", {"name": "X", "currency": {"guid": "g", "code": "NOK"}}, "currency.code is not a member"),
        ("/v1/contactpersons", {"firstName": "A", "lastName": "B"}, "customer is required"),
        ("/v1/travelexpensetypes", {"name": "X", "expenseClass": "Mileage"}, "unitCost is required"),
        ("/v1/travelexpensetypes", {"name": "X", "expenseClass": "Boat"}, "must be one of"),
        ("/v1/products", {"name": "X", "unitPrice": {"amount": 1}}, "unitPrice.currencyCode is required"),
        ("/v1/products", {"name": "X", "unitPrice": {"amount": 1, "currencyCode": "USD"}}, "not a currency"),
        ("/v1/businessunits", {"name": "X", "companyName": "Y"}, "companyName is read-only"),
        ("/v1/contactpersons", {"firstName": "A", "lastName": "B", "emails": ["a@b.example"]}, "emails is read-only"),
        ("/v1/users", {"firstName": "A" * 101, "lastName": "B"}, "longer than 100"),
    ],
)
def test_a_body_that_breaks_the_model_is_refused(served: Served, path: str, body: object, word: str) -> None:
    """Section 7: required, read-only, enumerated, limited."""
    assert word in refused(served.severa.post(path, json=body))


def test_a_reference_to_nothing_is_404(served: Served) -> None:
    for body in ({"name": "X", "owner": {"guid": "nobody"}}, {"name": "X", "pricelist": {"guid": "none"}}):
        assert served.severa.post("/v1/customers", json=body).status_code == 404
    assert "X" not in {row["name"] for row in stored(served, "customers")}


# ------------------------------------------------------------------ patches


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"op": "Replace", "path": "/name", "value": "X"}, "InvalidRequest"),
        ([], "InvalidRequest"),
        ([{"op": "replace", "path": "/name", "value": "X"}], "InvalidParameter"),
        ([{"op": "Add", "path": "/name", "value": "X"}], "InvalidRequest"),
        ([{"op": "Remove", "path": "/email"}], "InvalidRequest"),
        ([{"op": "Replace", "path": "name", "value": "X"}], "InvalidParameter"),
        ([{"op": "Replace", "path": "/Name", "value": "X"}], "InvalidParameter"),
        ([{"op": "Replace", "path": "/name"}], "InvalidParameter"),
        ([{"op": "Replace", "path": "/name", "value": None}], "InvalidParameter"),
        ([{"op": "Replace", "path": "/name", "value": 5}], "InvalidParameter"),
        ([{"op": "Replace", "path": "/isInternal", "value": True}], "InvalidParameter"),
        ([{"op": "Replace", "path": "/guid", "value": "x"}], "InvalidParameter"),
        ([{"op": "Replace", "path": "/owner/name", "value": "x"}], "InvalidParameter"),
        ([{"op": "Replace", "path": "/headquarterAddress/city", "value": "x"}], "InvalidParameter"),
        ([{"op": "Replace", "path": "/name/first", "value": "x"}], "InvalidParameter"),
    ],
)
def test_a_patch_that_is_not_of_the_contract_is_refused(served: Served, body: object, kind: str) -> None:
    """Section 7: only Replace, capitalised, camelCase paths on the input model, whole or not at all."""
    row = stored(served, "customers")[5]
    refused(served.severa.patch(f"/v1/customers/{row['guid']}", json=body), kind=kind)
    assert stored(served, "customers")[5] == row


def test_a_patch_is_whole_or_not_at_all_and_answers_an_array(served: Served) -> None:
    row = stored(served, "customers")[5]
    path = f"/v1/customers/{row['guid']}"
    answer = served.severa.patch(
        path, json=[operation("/website", "https://a.example"), operation("/kvkNumber", "1" * 26)]
    )
    assert "longer" in refused(answer)
    assert served.get(path)["website"] == row["website"]
    done = served.severa.patch(
        path, json=[operation("/website", "https://a.example"), operation("/notes", None)]
    ).json()
    assert isinstance(done, list)
    assert (done[0]["website"], done[0]["notes"]) == ("https://a.example", None)
    assert done[0]["lastUpdatedDateTime"] > row["lastUpdatedDateTime"]
    assert done[0]["lastUpdatedBy"]["name"] == "Integration User"


def test_nullable_references_are_replaced_whole_or_by_guid(served: Served) -> None:
    row = stored(served, "customers")[6]
    path = f"/v1/customers/{row['guid']}"
    users = stored(served, "users")
    for body in (operation("/owner", {"guid": users[1]["guid"]}), operation("/owner/guid", users[1]["guid"])):
        assert served.severa.patch(path, json=[body]).json()[0]["owner"]["code"] == users[1]["code"]
        assert served.severa.patch(path, json=[operation("/owner", None)]).json()[0]["owner"] is None
    assert served.severa.patch(path, json=[operation("/owner/guid", "nobody")]).status_code == 404


# ------------------------------------------------------------------ customers


def test_customer_names_and_numbers_are_unique(served: Served) -> None:
    """PO-03 VN-03 ALL-14."""
    one = customer(served, "Enestående AS", number=18001)
    assert "name" in refused(served.severa.post("/v1/customers", json={"name": "Enestående AS"}))
    assert "number" in refused(served.severa.post("/v1/customers", json={"name": "Annen AS", "number": 18001}))
    other = customer(served, "Annen AS", number=18002)
    path = f"/v1/customers/{other['guid']}"
    assert "number" in refused(served.severa.patch(path, json=[operation("/number", 18001)]))
    assert served.severa.patch(path, json=[operation("/number", 18002)]).status_code == 200
    assert served.severa.patch(f"/v1/customers/{one['guid']}", json=[operation("/number", 18003)]).status_code == 200


def test_a_customer_without_a_number_gets_one_that_follows_from_its_name(served: Served) -> None:
    made = customer(served, "Uten nummer AS")
    assert isinstance(made["number"], int)
    assert (made["currency"]["code"], made["paymentTerm"], made["isActive"]) == ("NOK", 14, True)
    assert [row["number"] for row in stored(served, "customers")].count(None) == 1


def test_the_first_address_becomes_the_headquarter_and_another_can_be_chosen(served: Served) -> None:
    """PO-06."""
    made = customer(served, "Flyttet AS")
    assert made["headquarterAddress"] is None
    path = f"/v1/customers/{made['guid']}"
    norway = next(row for row in stored(served, "countries") if row["code2"] == "NO")
    first = served.severa.post(
        f"{path}/addresses",
        json={"addressline": "Gate 1\nInngang B", "city": "Bodø", "country": {"guid": norway["guid"]}},
    ).json()
    second = served.severa.post(f"{path}/addresses", json={"addressline": "Vei 2", "city": "Bergen"}).json()
    assert served.get(path)["headquarterAddress"] == {
        "guid": first["guid"],
        "addressline": "Gate 1\nInngang B",
        "postalCode": None,
        "city": "Bodø",
        "country": "Norway",
    }
    served.severa.patch(path, json=[operation("/headquarterAddress/guid", second["guid"])])
    assert served.get(path)["headquarterAddress"]["city"] == "Bergen"
    elsewhere = stored(served, "addresses")[0]["guid"]
    assert "not an address" in refused(
        served.severa.patch(path, json=[operation("/headquarterAddress/guid", elsewhere)])
    )
    refused(served.severa.delete(f"/v1/addresses/{second['guid']}"), kind="InvalidOperation")
    assert served.severa.delete(f"/v1/addresses/{first['guid']}").status_code == 204
    assert served.severa.delete(f"/v1/addresses/{first['guid']}").status_code == 404


def test_changes_of_address_and_communication_do_not_move_the_customer(served: Served) -> None:
    """Section 6: child changes may be missed, so they have their own changedSince."""
    row = next(one for one in stored(served, "contactpersons") if one["emails"])
    owner = served.get(f"/v1/customers/{row['customer']['guid']}")
    address = next(one for one in stored(served, "addresses") if one["customer"]["guid"] == owner["guid"])
    start = served.control.post("/clock", json={"advance_seconds": 2}).json()["now"].replace("+00:00", "Z")
    served.severa.patch(f"/v1/addresses/{address['guid']}", json=[operation("/city", "Tromsø")])
    mail = next(
        one
        for one in served.get(f"/v1/contacts/{row['guid']}/contactcommunications")
        if one["communicationType"]["type"] == "EmailAddress"
    )
    answer = served.severa.patch(
        f"/v1/contactcommunications/{mail['guid']}", json=[operation("/value", "ny@adresse.example")]
    )
    assert answer.json()["value"] == "ny@adresse.example"
    assert served.get(f"/v1/contactpersons/{row['guid']}")["emails"] == ["ny@adresse.example"]
    after = served.get(f"/v1/customers/{owner['guid']}")
    assert after["lastUpdatedDateTime"] == owner["lastUpdatedDateTime"]
    if after["headquarterAddress"]["guid"] == address["guid"]:
        assert after["headquarterAddress"]["city"] == "Tromsø"
    assert served.everything("/v1/customers", changedSince=start) == []
    assert [one["guid"] for one in served.get("/v1/addresses", {"changedSince": start})] == [address["guid"]]
    assert [one["guid"] for one in served.get("/v1/contactcommunications", {"changedSince": start})] == [mail["guid"]]
    assert served.get("/v1/contactpersons", {"changedSince": start}) == []


def test_contacts_show_their_communications_which_are_forbidden_unless_said_otherwise(served: Served) -> None:
    """PO-07 VN-06: isForbiddenToUse is true by default."""
    owner = customer(served, "Kontaktet AS")
    contact = served.severa.post(
        "/v1/contactpersons", json={"firstName": "Åse", "lastName": "Bø", "customer": {"guid": owner["guid"]}}
    ).json()
    assert (contact["name"], contact["emails"], contact["phoneNumbers"]) == ("Åse Bø", [], [])
    types = {row["type"]: row["guid"] for row in served.get("/v1/communicationtypes")}
    made = {}
    for kind, value in (("EmailAddress", "aase@bo.example"), ("Phone", "+47 1"), ("MobilePhone", "+47 2")):
        body = {"value": value, "contact": {"guid": contact["guid"]}, "communicationType": {"guid": types[kind]}}
        made[kind] = served.severa.post("/v1/contactcommunications", json=body).json()
    assert made["Phone"]["isForbiddenToUse"] is True
    shown = served.get(f"/v1/contactpersons/{contact['guid']}")
    assert (shown["emails"], shown["phoneNumbers"]) == (["aase@bo.example"], ["+47 1", "+47 2"])
    served.severa.delete(f"/v1/contactcommunications/{made['Phone']['guid']}")
    assert served.get(f"/v1/contactpersons/{contact['guid']}")["phoneNumbers"] == ["+47 2"]
    path = f"/v1/contactpersons/{contact['guid']}"
    assert served.severa.patch(path, json=[operation("/lastName", "Bøe")]).json()[0]["name"] == "Åse Bøe"


def test_a_contacts_address_must_be_one_of_the_customer(served: Served) -> None:
    """PO-07."""
    contact = stored(served, "contactpersons")[0]
    own = next(row for row in stored(served, "addresses") if row["customer"]["guid"] == contact["customer"]["guid"])
    other = next(row for row in stored(served, "addresses") if row["customer"]["guid"] != contact["customer"]["guid"])
    path = f"/v1/contactpersons/{contact['guid']}"
    refused(served.severa.patch(path, json=[operation("/addressGuid", other["guid"])]))
    assert served.severa.patch(path, json=[operation("/addressGuid", own["guid"])]).status_code == 200
    assert [row["guid"] for row in served.get(f"{path}/addresses")] == [own["guid"]]


def test_names_inside_references_are_the_present_ones(served: Served) -> None:
    project = stored(served, "projects")[0]
    path = f"/v1/customers/{project['customer']['guid']}"
    served.severa.patch(path, json=[operation("/name", "Nytt firmanavn ÆØÅ AS")])
    after = served.get(f"/v1/projects/{project['guid']}")
    assert after["customer"]["name"] == "Nytt firmanavn ÆØÅ AS"
    assert after["lastUpdatedDateTime"] == project["lastUpdatedDateTime"]


# ------------------------------------------------------------------ products, units, users


def test_product_codes_may_be_double(served: Served) -> None:
    """PO-08: uniqueness of codes is for the caller to check."""
    for _ in range(2):
        assert served.severa.post("/v1/products", json={"name": "To like", "code": "2LIKE"}).status_code == 201
    assert len(served.get("/v1/products", {"code": "2LIKE"})) == 2


def test_travel_types_say_their_class_in_two_flags(served: Served) -> None:
    row = stored(served, "travelexpensetypes")[0]
    path = f"/v1/travelexpensetypes/{row['guid']}"
    done = served.severa.patch(path, json=[operation("/expenseClass", "Mileage")]).json()[0]
    assert (done["isMileage"], done["isDailyAllowance"]) == (True, False)


def test_a_new_unit_belongs_to_the_company(served: Served) -> None:
    """PO-12 VN-10."""
    made = served.severa.post("/v1/businessunits", json={"name": "Ny enhet", "code": "61"}).json()
    root = stored(served, "businessunits")[0]
    assert made["companyBusinessUnitGuid"] == made["parentGuid"] == root["guid"]
    assert root["vatNumber"] == "NO914778271MVA"


def test_the_same_seed_and_writes_give_the_same_guids_in_another_order(tmp_path: Any) -> None:
    """Replays: ids follow from the seed and the natural key."""
    bodies = [{"name": "Første AS", "number": 17001}, {"name": "Andre AS", "number": 17002}]
    found = []
    for number, order in enumerate((bodies, bodies[::-1])):
        with Served(tmp_path / str(number)) as running:
            running.sign_in()
            found.append({body["name"]: customer(running, **body)["guid"] for body in order})  # type: ignore[arg-type]  # plain bodies
    assert found[0] == found[1]


def test_a_unit_with_a_vat_number_is_a_company_and_those_below_belong_to_it(served: Served) -> None:
    """VN-10."""

    def made(**members: str) -> dict[str, Any]:
        answer: dict[str, Any] = served.severa.post("/v1/businessunits", json=members).json()
        return answer

    company = made(name="Datter AS", code="62", vatNumber="NO923456783MVA")
    below = made(name="Kontoret", code="63", parentGuid=company["guid"])
    root = stored(served, "businessunits")[0]
    assert company["companyBusinessUnitGuid"] == below["companyBusinessUnitGuid"] == company["guid"]
    assert (company["companyName"], below["companyName"]) == ("Datter AS", "Datter AS")
    assert company["companyGuid"] == below["companyGuid"] != root["companyGuid"]
    assert company["companyCurrencyGuid"] == root["companyCurrencyGuid"]

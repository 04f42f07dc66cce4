"""Every path of Severa's contract is answered, with every member its schema has and no other."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from served import Served, operation

from sandbox.severa.endpoints import ENDPOINTS
from tests.specs import Spec, spec_or_skip

OWN_TABLES = {"contacts": "contactpersons", "phases": "projects", "files": "projectfiles"}
EMPTY_LISTS = {"/v1/deletedprojectfees", "/v1/deletedprojecttravelexpenses"}


@pytest.fixture(scope="module")
def spec() -> Spec:
    return spec_or_skip("severa")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as running:
        running.sign_in()
        yield running


def test_every_operation_is_there_with_its_query_parameters_and_scope(spec: Spec) -> None:
    ours = {(one.method, one.path): one for one in ENDPOINTS}
    assert set(ours) == set(spec.operations)
    for key, endpoint in ours.items():
        wanted = spec.operations[key]
        names = endpoint.listing.names if endpoint.listing else set(endpoint.names)
        assert names == set(wanted.parameters), key
        scopes = {word for one in wanted.document.get("security", ()) for word in one.get("OAuth2", ())}
        assert {endpoint.scope} - {None} == scopes, key
        assert endpoint.is_open == (wanted.document.get("security") == []), key


def _table(segments: list[str]) -> str:
    before, area = segments[-1], segments[1]
    own = {
        "customproperties": "customproperties" if area == "customers" else "projectproperties",
        "customvalues": "customervalues" if area == "customers" else "projectvalues",
        "customercustompropertyselectionitems": "selectionitems",
        **OWN_TABLES,
    }
    return own.get(before, before)


def _guid(table: str, before: str, rows: list[dict[str, Any]]) -> str:
    """The guid of a row that the path can be asked with."""
    if before == "phases":
        return str(rows[0]["rootPhase"]["guid"])
    if before == "files":
        return str(rows[0]["fileGuid"])
    return str(next(row for row in rows if table != "projectrecurringfeerules" or row["isActive"])["guid"])


def _filled(served: Served, template: str) -> str:
    segments: list[str] = []
    for segment in template.strip("/").split("/"):
        if not segment.startswith("{"):
            segments.append(segment)
            continue
        table = _table(segments)
        rows = served.control.get(f"/severa/objects/{table}").json()
        assert rows, f"no {table} to ask {template} with"
        segments.append(_guid(table, segments[-1], rows))
    return "/" + "/".join(segments)


GETS = [one.path for one in ENDPOINTS if one.method == "GET"]


@pytest.mark.parametrize("template", GETS)
def test_every_read_answers_as_its_schema_says(served: Served, spec: Spec, template: str) -> None:
    path = _filled(served, template)
    served.control.delete("/exchanges")
    answer = served.severa.get(path)
    assert answer.status_code == (204 if template == "/heartbeat/authorized" else 200), answer.text
    exchange = served.exchanges()[0]
    spec.validate_exchange(exchange)
    is_list = next(one.listing for one in ENDPOINTS if (one.method, one.path) == ("GET", template)) is not None
    if is_list and "{" not in template and template not in EMPTY_LISTS:
        assert answer.json(), f"{template} has no row to show"


@pytest.mark.parametrize(
    "path",
    [one.path for one in ENDPOINTS if one.method == "GET" and one.listing is not None and "{" not in one.path],
)
def test_every_stored_row_answers_as_its_schema_says(served: Served, spec: Spec, path: str) -> None:
    served.control.delete("/exchanges")
    listing = next(one.listing for one in ENDPOINTS if (one.method, one.path) == ("GET", path))
    assert listing is not None
    if listing.paging == "token":
        served.everything(path)
    else:
        served.get(path, {} if listing.paging == "whole" else {"rowCount": 100})
    for exchange in served.exchanges():
        spec.validate_exchange(exchange)


@pytest.mark.parametrize(
    ("path", "schema"),
    [("/v1/customers", "CustomerModel"), ("/v1/projects", "ProjectOutputModel"), ("/v1/invoices", "InvoiceOutputModel"),
     ("/v1/invoicerows", "InvoiceRowOutputModel"), ("/v1/projectfees", "ProjectFeeOutputModel"),
     ("/v1/products", "ProductOutputModel"), ("/v1/users", "UserOutputModel"), ("/v1/addresses", "AddressModel"),
     ("/v1/contactpersons", "ContactModel"), ("/v1/worktypes", "WorkTypeOutputModel"),
     ("/v1/invoicestatuses", "InvoiceStatusModel"), ("/v1/workhours", "WorkHourOutputModel")],
)  # fmt: skip
def test_answers_leave_no_member_out(served: Served, spec: Spec, path: str, schema: str) -> None:
    document: Mapping[str, Any] = spec._document
    members = set(document["components"]["schemas"][schema]["properties"])
    assert set(served.get(path, {"rowCount": 1})[0]) == members


class Writer:
    """Posts and patches that must succeed, with references to what there is at first."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self.money = {"amount": 12.5, "currencyCode": "NOK"}

    def first(self, kind: str) -> dict[str, Any]:
        """The first stored object of a kind."""
        return dict(self._served.control.get(f"/severa/objects/{kind}").json()[0])

    def ref(self, kind: str) -> dict[str, str]:
        """A reference to it."""
        return {"guid": self.first(kind)["guid"]}

    def post(self, path: str, body: object) -> dict[str, Any]:
        """Creates; of an array answer the first."""
        answer = self._served.severa.post(path, json=body)
        assert answer.status_code == 201, f"{path}: {answer.text}"
        made = answer.json()
        return dict(made[0] if isinstance(made, list) else made)

    def patch(self, path: str, **members: object) -> None:
        """Replaces members; two underscores stand for a slash."""
        operations = [operation("/" + name.replace("__", "/"), value) for name, value in members.items()]
        answer = self._served.severa.patch(path, json=operations)
        assert answer.status_code == 200, f"{path}: {answer.text}"


def _write_customers(to: Writer) -> dict[str, Any]:
    body = {"name": "Nytt Ærlig AS", "number": 19001, "language": to.ref("languages"), "owner": to.ref("users")}
    customer = to.post("/v1/customers", {**body, "paymentTerm": 30})
    own = {"guid": customer["guid"]}
    path = f"/v1/customers/{customer['guid']}"
    to.patch(path, email="ny@aerlig.example", currency=to.ref("currencies"))
    lines = {"addressline": "Sjøgata 1\nB", "postalCode": "5003", "city": "Bergen", "country": to.ref("countries")}
    address = to.post(f"{path}/addresses", {**lines, "isBillingAddress": True})
    to.patch(f"/v1/addresses/{address['guid']}", city="Ålesund")
    to.patch(path, headquarterAddress__guid=address["guid"])
    contact = to.post("/v1/contactpersons", {"firstName": "Åse", "lastName": "Bø", "customer": own})
    to.patch(f"/v1/contactpersons/{contact['guid']}", jobTitle="Daglig leder")
    told = to.post(
        "/v1/contactcommunications",
        {
            "value": "aase@bo.example",
            "isForbiddenToUse": False,
            "contact": {"guid": contact["guid"]},
            "communicationType": to.ref("communicationtypes"),
        },
    )
    to.patch(f"/v1/contactcommunications/{told['guid']}", value="ny@bo.example")
    to.post("/v1/communicationtypes", {"name": "Fjernskriver", "type": "Fax"})
    segment = to.post("/v1/marketsegments", {"name": "Ny klasse"})
    child = to.post("/v1/marketsegments", {"name": "Under", "parentMarketSegment": {"guid": segment["guid"]}})
    to.patch(f"/v1/marketsegments/{segment['guid']}", isActive=False)
    to.post("/v1/customermarketsegments", {"customer": own, "marketSegment": {"guid": child["guid"]}})
    return {"customer": own, "contact": {"guid": contact["guid"]}}


def _write_properties(to: Writer, customer: dict[str, str]) -> None:
    project = to.first("projectvalues")["projectGuid"]
    for owner, own in (("customers", {"customerGuid": customer["guid"]}), ("projects", {"projectGuid": project})):
        kept = to.post(f"/v1/{owner}/customproperties", {"name": "Ny egenskap", "type": "String"})
        to.patch(f"/v1/{owner}/customproperties/{kept['guid']}", name="Nyere egenskap")
        body = {**own, "customProperty": {"guid": kept["guid"]}, "value": "x"}
        value = to.post(f"/v1/{owner}/customvalues", body)
        to.patch(f"/v1/{owner}/customvalues/{value['guid']}", value="y")
    selection = to.post("/v1/customers/customproperties", {"name": "Utvalg", "type": "Selection"})
    items = "/v1/customers/customproperties/customercustompropertyselectionitems"
    item = to.post(items, {"name": "A", "customerCustomProperty": {"guid": selection["guid"]}})
    to.patch(f"{items}/{item['guid']}", sortOrder=5)


def _write_registers(to: Writer) -> dict[str, str]:
    category = to.post("/v1/productcategories", {"name": "Ny gruppe", "code": "G999"})
    to.patch(f"/v1/productcategories/{category['guid']}", name="Nyere gruppe")
    body = {"name": "Ny vare", "code": "N1", "type": "Materials", "unitPrice": to.money, "vatRate": 25.0}
    body = {**body, "productCategory": {"guid": category["guid"]}, "salesAccount": to.ref("salesaccounts")}
    product = to.post("/v1/products", body)
    price = {"amount": 13, "currencyCode": "NOK"}
    to.patch(f"/v1/products/{product['guid']}", unitPrice=price, proposalDescription=None)
    work = to.post("/v1/worktypes", {"name": "Nytt arbeid", "code": "N2", "hourCost": to.money})
    to.patch(f"/v1/worktypes/{work['guid']}", isProductive=True)
    body = {"name": "Ny reise", "code": "N3", "expenseClass": "Mileage", "unitCost": to.money}
    travel = to.post("/v1/travelexpensetypes", body)
    to.patch(f"/v1/travelexpensetypes/{travel['guid']}", expenseClass="DailyAllowance")
    unit = to.post("/v1/businessunits", {"name": "Ny avdeling", "code": "97"})
    to.patch(f"/v1/businessunits/{unit['guid']}", code="98")
    body = {"firstName": "Ny", "lastName": "Bruker", "code": "990", "createDefaultWorkContract": True}
    body = {**body, "businessUnit": {"guid": unit["guid"]}, "superiorUser": to.ref("users")}
    user = to.post("/v1/users", {**body, "country": to.ref("countries")})
    to.patch(f"/v1/users/{user['guid']}", superiorUser=None, businessUnit=to.ref("businessunits"))
    travel_status = to.post("/v1/travelreimbursementstatuses", {"name": "Ny reisestatus", "sortOrder": 9})
    to.patch(f"/v1/travelreimbursementstatuses/{travel_status['guid']}", isApproved=True)
    reimbursement = f"/v1/travelreimbursements/{to.first('travelreimbursements')['guid']}"
    to.patch(reimbursement, travelReimbursementStatus__guid=travel_status["guid"])
    return {"guid": product["guid"]}


def _write_project(to: Writer, made: dict[str, Any], product: dict[str, str]) -> dict[str, str]:
    body = {
        "name": "Nytt prosjekt",
        "number": 9901,
        "customer": made["customer"],
        "projectOwner": to.ref("users"),
        "salesStatus": {"salesStatusTypeGuid": to.first("salesstatustypes")["guid"]},
        "customerContact": made["contact"],
        "costCenter": to.ref("costcenters"),
        "expectedValue": to.money,
    }
    project = to.post("/v1/projects", body)
    to.patch(f"/v1/projects/{project['guid']}", name="Nyere prosjekt", projectStatus__description="går fint")
    fee = to.post(
        "/v1/projectfees",
        {
            "project": {"guid": project["guid"]},
            "product": product,
            "quantity": 2,
            "unitCost": to.money,
            "invoiceRowComment": "psasync:go:1",
            "phase": {"guid": project["rootPhase"]["guid"]},
        },
    )
    to.patch(f"/v1/projectfees/{fee['guid']}", quantity=3, unitCost__amount=7)
    return {"guid": project["guid"]}


def _write_invoice(to: Writer, served: Served, project: dict[str, str]) -> None:
    status = to.post("/v1/invoicestatuses", {"name": "Ny status", "isActive": True, "hasInvoiceNumber": True})
    to.patch(f"/v1/invoicestatuses/{status['guid']}", isReadOnly=True)
    invoice = to.post("/v1/invoices", {"projects": [project], "groupProjects": False})
    path = f"/v1/invoices/{invoice['guid']}"
    row = served.get(f"{path}/invoicerows")[0]
    to.patch(f"/v1/invoicerows/{row['guid']}", quantity=4, salesAccount__number="3999")
    to.patch(path, notes="Takk", status__guid=status["guid"])
    settings = served.get(f"{path}/invoicesettings")
    to.patch(f"/v1/invoicesettings/{settings['guid']}", paymentDate="2026-03-01")


def test_every_write_takes_and_answers_what_its_schema_says(served: Served, spec: Spec) -> None:
    """PO-03 PO-06 PO-07 PO-08 PO-10 PO-11 PO-12 PO-14 NX-07 VN-05 PC-13: each POST and PATCH once."""
    served.control.delete("/exchanges")
    to = Writer(served)
    made = _write_customers(to)
    _write_properties(to, made["customer"])
    project = _write_project(to, made, _write_registers(to))
    _write_invoice(to, served, project)
    assert served.severa.post("/v1/refreshtoken", json=served.token()["refresh_token"]).status_code == 200
    done = set()
    for exchange in served.exchanges():
        spec.validate_exchange(exchange)
        done.add((exchange["method"], spec.operation(exchange["method"], exchange["path"]).template))
    wanted = {(one.method, one.path) for one in ENDPOINTS if one.method in {"POST", "PATCH"}}
    assert wanted - done == {("POST", "/v1/projects/{projectGuid}/files")}

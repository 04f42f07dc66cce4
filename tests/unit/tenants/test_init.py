"""`init` writes a tenant file and its secrets, all or nothing (ALL-12)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from cli.init import init
from cli.severa_choices import choose_statuses
from connectors.poweroffice.settings import PowerOfficeSettings
from connectors.settings import SETTINGS
from connectors.severa.settings import SCOPES, SeveraSettings
from connectors.visma_net.settings import VismaNetSettings
from core.errors import ConfigurationError
from core.records import ProductKind
from tenants.load import load
from tenants.mistakes import TenantFileError
from tenants.schema import json_schema
from tenants.secrets import resolve_section

SECRET = "s3cret-Åä"


def status(guid: str, name: str, order: int, **flags: bool) -> dict[str, Any]:
    return {"guid": guid, "name": name, "isActive": True, "sortOrder": order, **flags}


REGISTER = [
    status("g1", "Failed invoices", 1),
    status("g2", "Draft", 2, isDefault=True),
    status("g3", "Send to PowerOffice", 3),
    status("g4", "In PowerOffice", 4, hasInvoiceNumber=True),
    status("g5", "Sent", 5, hasInvoiceNumber=True, isSent=True),
    status("g6", "Paid", 6, hasInvoiceNumber=True, isSent=True, isPaid=True),
]
USERS: list[dict[str, Any]] = [
    {"guid": "u1", "code": "ABC", "isActive": True},
    {"guid": "u2", "code": "101", "isActive": False},
    {"guid": "u3", "code": None, "isActive": True},
    {"guid": "u4", "code": "104", "isActive": True},
]
PRODUCTS: list[dict[str, Any]] = [
    {"guid": "p1", "code": "", "isActive": True},
    {"guid": "p2", "code": "A1", "isActive": True},
    {"guid": "p3", "code": "A1", "isActive": True},
    {"guid": "p4", "code": "A2", "isActive": False},
    {"guid": "p5", "code": "B1", "isActive": True},
]


class SmallSevera(BaseHTTPRequestHandler):
    """Token, invoice statuses, users and products, one row per page of users."""

    registers: ClassVar[dict[str, list[dict[str, Any]]]] = {}
    broken: ClassVar[dict[str, tuple[int, bytes]]] = {}
    refusals: ClassVar[int] = 0

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        good = body["client_secret"] == SECRET and "settings:read" in body["scope"].split(",")
        self.answer(200, {"access_token": "t0k", "scope": body["scope"]}) if good else self.answer(401, {"error": {}})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        name = parts.path.rsplit("/", 1)[-1]
        if self.headers["Authorization"] != "Bearer t0k" or self.headers["Client_Id"] != "client":
            return self.answer(401, {})
        if name in self.broken:
            return self.answer(*self.broken[name])
        if SmallSevera.refusals:
            SmallSevera.refusals -= 1
            return self.answer(429, b"API calls quota exceeded! maximum admitted 10 per 1s.")
        rows = [row for row in self.registers[name] if "code" not in query or row["code"] == query["code"][0]]
        if name == "invoicestatuses":
            first, count = int(query["firstRow"][0]), int(query["rowCount"][0])
            return self.answer(200, rows[first : first + count])
        if name == "products":
            return self.answer(200, rows)
        at = int(query.get("pageToken", ["0"])[0])
        return self.answer(200, rows[at : at + 1], {"NextPageToken": str(at + 1)} if at + 1 < len(rows) else {})

    def answer(self, code: int, body: object, headers: dict[str, str] | None = None) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(code)
        for name, value in {"Content-Length": str(len(raw)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *args: object) -> None:
        """Says nothing: the tests look at what was written."""


@pytest.fixture
def severa() -> Iterator[str]:
    SmallSevera.registers = {"invoicestatuses": REGISTER, "users": USERS, "products": PRODUCTS}
    SmallSevera.broken = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), SmallSevera)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/severa"
    server.shutdown()
    thread.join()
    server.server_close()


class Place:
    """Where a tenant is made: folder of tenant files, home of secrets, ready file."""

    def __init__(self, root: Path, base_url: str) -> None:
        self.folder, self.home, self.ready = root / "tenants", root / "home", root / "ready.json"
        self.content: dict[str, Any] = {
            "severa": {"base_url": base_url, "client_id": "client", "client_secret": SECRET},
            "poweroffice": {
                "base_url": base_url.replace("severa", "poweroffice"),
                "application_key": "app", "client_key": "cli", "subscription_key": "sub",
            },
            "control_url": base_url, "rate_limits": "off",
        }  # fmt: skip
        self.write()

    def write(self) -> None:
        self.ready.write_text(json.dumps(self.content), encoding="utf-8")

    def init(self, *, erp: str = "poweroffice", force: bool = False, sandbox: bool = True) -> Path:
        ready = self.ready if sandbox else None
        return init("demo", erp, from_sandbox=ready, folder=self.folder, home=self.home, force=force)

    def left(self) -> list[str]:
        return sorted(p.name for root in (self.folder, self.home) for p in root.rglob("*") if p.is_file())


@pytest.fixture
def place(tmp_path: Path, severa: str) -> Place:
    return Place(tmp_path, severa)


def test_a_sandbox_gives_a_tenant_that_is_ready_to_run(place: Place) -> None:
    """ALL-04, PO-11, PO-14."""
    path = place.init()
    tenant = load(path, SETTINGS)
    severa, erp = tenant.section(SeveraSettings), tenant.section(PowerOfficeSettings)
    assert path == place.folder / "demo.yaml"
    assert severa.statuses.model_dump(exclude_none=True) == {
        "trigger": "Send to PowerOffice", "transferred": "In PowerOffice", "sent": "Sent", "paid": "Paid",
        "failed": "Failed invoices",
    }  # fmt: skip
    assert (severa.project_owner, erp.cost_product) == ("104", "B1")
    assert (severa.base_url, erp.base_url) == (
        place.content["severa"]["base_url"],
        place.content["poweroffice"]["base_url"],
    )
    assert (severa.calls_per_second, erp.calls_per_second, erp.lookup_delay_seconds) == (0, 0, 0)
    assert tenant.timetable == "always"
    assert severa.scopes == SCOPES


def test_editors_find_the_schema_beside_the_file(place: Place) -> None:
    """ALL-12: by the file's first line; the schema is that of this version."""
    first, text = place.init().read_text(encoding="utf-8").split("\n", 1)
    assert first == "# yaml-language-server: $schema=tenant.schema.json"
    schema = json.loads((place.folder / "tenant.schema.json").read_text(encoding="utf-8"))
    assert schema == json_schema(SETTINGS)
    assert "tenant: demo" in text


def test_a_sandbox_of_visma_net_gives_a_tenant_with_its_classes_and_statuses(place: Place) -> None:
    """VN-01, VN-05, VN-08, VN-13, VN-15: the statuses that it needs, and what fits the simulated company."""
    url = place.content["severa"]["base_url"].replace("severa", "visma_net")
    classes = {"item_classes": {"work_type": "TIMER25"}, "customer_class": "10", "unknown": 1}
    place.content["visma_net"] = {
        "base_url": url, "connect_url": url, "client_id": "isv", "client_secret": "hush", "tenant_id": "t1",
        "settings": classes,
    }  # fmt: skip
    place.write()
    SmallSevera.registers["invoicestatuses"] = [
        status("g1", "Failed invoices", 1),
        status("g2", "Draft", 2, isDefault=True),
        status("g3", "Send to Financials", 3),
        status("g4", "In Financials, send to customer", 4, hasInvoiceNumber=True),
        status("g5", "Sent", 5, hasInvoiceNumber=True, isSent=True),
        status("g6", "Partially paid", 6, hasInvoiceNumber=True, isSent=True),
        status("g7", "Paid", 7, hasInvoiceNumber=True, isSent=True, isPaid=True),
    ]
    path = place.init(erp="visma_net")
    assert "hush" not in path.read_text(encoding="utf-8")
    tenant = load(path, SETTINGS)
    erp = tenant.section(VismaNetSettings)
    assert tenant.section(SeveraSettings).statuses.model_dump() == {
        "trigger": "Send to Financials", "transferred": "In Financials, send to customer", "sent": "Sent",
        "partially_paid": "Partially paid", "paid": "Paid", "failed": "Failed invoices",
    }  # fmt: skip
    assert (erp.connect_url, erp.tenant_id, erp.customer_class) == (url, "t1", "10")
    assert (erp.item_classes, erp.lookup_delay_seconds) == ({ProductKind.WORK_TYPE: "TIMER25"}, 0)
    assert tenant.masters == {registry: choices[0] for registry, choices in VismaNetSettings.master_choices.items()}
    assert tenant.section(SeveraSettings).scopes == (*SCOPES, "customers:delete"), "a former class is taken away"


def test_without_a_timetable_visma_net_has_its_own(place: Place) -> None:
    """VN-01, VN-13, VN-15: every five minutes; the file waits for the statuses that Visma.net needs."""
    path = place.init(erp="visma_net", sandbox=False)
    with pytest.raises(TenantFileError) as caught:
        load(path, SETTINGS)
    told = {mistake.path for mistake in caught.value.mistakes}
    assert {"severa.statuses.partially_paid", "severa.statuses.failed", "visma_net.tenant_id"} <= told
    text = path.read_text(encoding="utf-8").replace("  failed: <fill in>", "  #failed: <fill in>")
    kept = [line for line in text.splitlines() if not line.startswith("timetable:")]
    for number, line in enumerate(kept):
        if line.endswith("<fill in>") and "#" not in line:
            kept[number] = line.replace("<fill in>", f"text{number}")
    path.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(TenantFileError, match=r"severa\.statuses\.failed: is missing; Visma\.net needs it"):
        load(path, SETTINGS)
    path.write_text("\n".join(kept).replace("#failed: <fill in>", "failed: Failed"), encoding="utf-8")
    assert load(path, SETTINGS).timetable == "every_5_minutes"


def test_secrets_are_kept_apart_from_the_file(place: Place) -> None:
    """Law 9."""
    text = place.init().read_text(encoding="utf-8")
    assert SECRET not in text
    tenant = load(place.folder / "demo.yaml", SETTINGS)
    found = {
        **resolve_section(tenant.section(SeveraSettings), place.home),
        **resolve_section(tenant.erp_section, place.home),
    }
    assert {name: secret.get_secret_value() for name, secret in found.items()} == {
        "client_secret": SECRET, "application_key": "app", "client_key": "cli", "subscription_key": "sub"
    }  # fmt: skip
    assert {file.stat().st_mode & 0o777 for file in (place.home / "secrets").iterdir()} == {0o600}


def test_with_rate_limits_the_calls_are_paced(place: Place) -> None:
    place.content["rate_limits"] = "on"
    place.write()
    tenant = load(place.init(), SETTINGS)
    assert (tenant.section(SeveraSettings).calls_per_second, tenant.section(PowerOfficeSettings).calls_per_second) == (
        8,
        5,
    )


def test_a_file_that_is_there_is_replaced_only_by_force(place: Place) -> None:
    path = place.init()
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="exists already"):
        place.init()
    assert path.read_text(encoding="utf-8") == "mine"
    assert load(place.init(force=True), SETTINGS).name == "demo"


def test_without_a_sandbox_the_file_waits_to_be_filled_in(place: Place) -> None:
    path = place.init(sandbox=False)
    assert place.left() == ["demo.yaml", "tenant.schema.json"]
    with pytest.raises(TenantFileError) as caught:
        load(path, SETTINGS)
    assert {mistake.path for mistake in caught.value.mistakes} == {
        "severa.client_id", *(f"severa.statuses.{role}" for role in ("trigger", "transferred", "sent", "paid"))
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file"),
        ("{", "it is not JSON"),
        ("\ud800", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it holds no JSON object"),
        ("{}", "it does not name severa and poweroffice"),
        ('{"severa": {}, "poweroffice": {}}', "severa.base_url is missing or is not a text"),
        (
            '{"severa": {"base_url": "http://127.0.0.1:1", "client_id": 5}, "poweroffice": {}}',
            "severa.client_id is missing",
        ),
    ],
)
def test_a_ready_file_that_cannot_be_used_is_told_in_one_sentence(place: Place, content: str | None, said: str) -> None:
    if content is None:
        place.ready.unlink()
    else:
        place.ready.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(ConfigurationError, match=said):
        place.init()
    assert place.left() == []


def test_wrong_credentials_leave_nothing_behind(place: Place) -> None:
    """Nothing half-written stays, and the secret is not repeated."""
    place.content["severa"]["client_secret"] = "wr0ng"
    place.write()
    with pytest.raises(ConfigurationError, match="It refused the credentials") as caught:
        place.init()
    assert "wr0ng" not in str(caught.value)
    assert place.left() == []


def test_a_severa_that_does_not_answer_leaves_nothing_behind(place: Place) -> None:
    place.content["severa"]["base_url"] = "http://127.0.0.1:1/severa"
    place.write()
    with pytest.raises(ConfigurationError, match="Is the sandbox running"):
        place.init()
    assert place.left() == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [((500, b"{}"), "It answered 500"), ((200, b"<html>"), "is not Severa"), ((200, b"{}"), "is not Severa")],
)
def test_a_severa_that_answers_nonsense_leaves_nothing_behind(
    place: Place, answer: tuple[int, bytes], said: str
) -> None:
    SmallSevera.broken = {"users": answer}
    with pytest.raises(ConfigurationError, match=said):
        place.init()
    assert place.left() == []


def test_a_ready_file_with_a_foreign_address_is_refused(place: Place) -> None:
    place.content["poweroffice"]["base_url"] = "http://poweroffice.test"
    place.write()
    with pytest.raises(ConfigurationError, match=r"poweroffice\.base_url"):
        place.init()
    assert place.left() == []


def test_what_cannot_be_written_leaves_no_secret_behind(place: Place) -> None:
    place.folder.write_text("a file where a folder belongs", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        place.init()
    assert not place.home.exists()


def test_an_unknown_erp_is_told_with_the_known_ones(place: Place) -> None:
    with pytest.raises(ConfigurationError, match=r"choose poweroffice or visma_net\. Did you mean poweroffice\?"):
        place.init(erp="powerofice")


@pytest.mark.parametrize("name", ["", "Demo", "../demo", "de mo", "-demo", "demo\n", "x" * 64])
def test_names_of_tenants_are_safe_file_names(place: Place, name: str) -> None:
    with pytest.raises(ConfigurationError, match="small letters"):
        init(name, "poweroffice", folder=place.folder, home=place.home)
    assert place.left() == []


def test_statuses_with_other_names_are_found_by_their_flags() -> None:
    """ALL-04."""
    other = ["Epäonnistunut", "Luonnos", "Siirrettävä", "Siirretty", "Lähetetty", "Maksettu"]
    register = [{**row, "name": name} for row, name in zip(REGISTER, other, strict=True)]
    assert choose_statuses(reversed(register), "PowerOffice") == {
        "trigger": "Siirrettävä", "transferred": "Siirretty", "sent": "Lähetetty", "paid": "Maksettu"
    }  # fmt: skip


def test_statuses_of_the_same_name_are_given_by_guid_and_inactive_ones_not_at_all() -> None:
    """ALL-04: a run would not know which of them a name means, be one of them inactive."""
    twin = status("g9", "Paid", 9)
    closed = {**status("g0", "Sent", 0, isSent=True), "isActive": False}
    chosen = choose_statuses([closed, *REGISTER, twin], "PowerOffice")
    assert (chosen["paid"], chosen["sent"], chosen["trigger"]) == ("g6", "g5", "Send to PowerOffice")


def test_a_missing_status_is_named_with_those_that_are_there() -> None:
    with pytest.raises(ConfigurationError, match=r"fits sent and paid.*Draft, Send to PowerOffice"):
        choose_statuses(REGISTER[:4], "PowerOffice")


def test_without_a_clear_product_code_there_is_no_cost_product(place: Place) -> None:
    """PO-14."""
    SmallSevera.registers["products"] = PRODUCTS[:4]
    assert load(place.init(), SETTINGS).section(PowerOfficeSettings).cost_product is None


def test_without_a_numbered_user_projects_have_no_default_owner(place: Place) -> None:
    """PO-11."""
    SmallSevera.registers["users"] = USERS[:3]
    assert load(place.init(), SETTINGS).section(SeveraSettings).project_owner is None


def test_a_refusal_for_the_number_of_calls_is_waited_for(place: Place) -> None:
    SmallSevera.refusals = 1
    assert load(place.init(), SETTINGS).name == "demo"
    assert SmallSevera.refusals == 0

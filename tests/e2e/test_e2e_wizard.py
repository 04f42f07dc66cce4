"""`severa-sync init` at a terminal: a person is asked, chooses from what both systems have, stops, and goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.settings import SETTINGS
from connectors.severa.settings import SCOPES, SeveraSettings
from connectors.visma_net.settings import VismaNetSettings
from core.profiles import Master
from core.records import ProductKind, Registry
from tenants.load import load
from tests.e2e.commandline import COMPLETED, CONFIGURATION, WITH_ISSUES, CommandLine, everything_below
from tests.support.sandbox import Sandbox, serving
from tests.support.terminal import Person, at_a_terminal

INTERRUPTED = 130
TERMINAL = {"TERM": "xterm-256color"}
"""Of a person's own; colours and movements are taken out of what is compared."""


@pytest.fixture(scope="module")
def financing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Severa and Visma.net."""
    with serving(tmp_path_factory.mktemp("visma_net"), erp="visma_net") as running:
        yield running


def addresses(sandbox: Sandbox, erp: str, *, tenant: str = "acme") -> tuple[str, ...]:
    """The call of a person whose systems are simulated: the addresses are the one thing that has to be given."""
    given = [
        f"{system}.{name}={value}"
        for system in ("severa", erp)
        for name, value in sandbox.access[system].items()
        if name.endswith("_url")
    ]
    return ("init", tenant, *(word for each in given for word in ("--set", each)))


def let_in(person: Person, sandbox: Sandbox) -> None:
    """Severa's credentials, typed."""
    access = sandbox.access["severa"]
    person.answers("Severa: client id:", access["client_id"])
    person.answers_unseen("client secret (not shown):", access["client_secret"])


def shows_no_secret(person: Person, sandbox: Sandbox) -> bool:
    return not [secret for secret in sandbox.secrets() if secret in person.shown]


def wants_statuses_that_will_not_do(person: Person) -> None:
    """One that does not exist, and one that is not marked as paid; then the suggestion after all (ALL-04)."""
    assert "An invoice on this status is transferred." in person.answers("Is that right? (Y/n)", "n")
    person.answers("Trigger (Send to PowerOffice):", "Send to Mars")
    assert "Severa has no active status 'Send to Mars'" in person.answers("Trigger (Send to PowerOffice):")
    person.answers("Transferred (In PowerOffice):")
    person.answers("Sent (Sent):")
    person.answers("Paid (Paid):", "draft")
    person.answers("Failed (Failed invoices):", "-")
    assert "paid: 'Draft' is not marked as paid" in person.answers("What now (c):", "c")
    person.answers("Is that right? (Y/n)")


def knows_the_tenant(person: Person) -> None:
    """What neither system can say; products are PowerOffice's (PO-02)."""
    person.answers("Time zone (Europe/Oslo):")
    person.answers("Switched on (", "2026-01-01T00:00:00+01:00")
    person.answers("Emails, with commas between (Enter: leave out):", "nobody")
    said = person.answers("Emails, with commas between (Enter: leave out):", "a@b.fi, c@d.no")
    assert "an address such as name@example.com" in said
    person.answers("Are these the masters? (Y/n)", "n")
    for registry in Registry:
        wanted = "erp" if registry is Registry.PRODUCTS else ""
        person.answers(f"Masters: {registry.value.replace('_', ' ')} (severa):", wanted)


def test_a_person_sets_up_poweroffice(empty: CommandLine, sandbox: Sandbox) -> None:
    """ALL-04, ALL-12, PO-02, PO-14: with wrong credentials and wrong statuses on the way."""
    call = (*addresses(sandbox, "poweroffice"), "--no-compare", "--no-check")
    keys = sandbox.access["poweroffice"]
    environment = empty.environment(**TERMINAL, MY_KEY=keys["application_key"])
    with at_a_terminal(empty.folder, environment, *call) as person:
        person.answers("Accounting system:", "sap")
        person.answers("Accounting system:", "1")
        person.answers("Severa: client id:", "somebody")
        person.answers_unseen("client secret (not shown):", "wr0ng-secret")
        assert "Severa does not accept the client id and the client secret" in person.answers("What now (c):", "c")
        let_in(person, sandbox)
        person.reads("Severa answers: Fjellrådgiverne AS")
        wants_statuses_that_will_not_do(person)
        assert "Märta Öberg" in person.answers("Project owner (Enter: leave out):", "öberg")
        person.answers("Prospect segment (Enter: leave out):")
        assert "1 EUR is 11.725 NOK" in person.answers("Currency rates (none):", "own_per")
        person.answers_unseen("application key (not shown):", "env:MY_KEY")
        person.answers_unseen("subscription key (not shown):", keys["subscription_key"])
        person.answers_unseen("client key (not shown):", keys["client_key"])
        person.reads("PowerOffice answers: Fjellrådgiverne AS (914778271).")
        person.answers("Cost product (Enter: leave out):", "NO-SUCH")
        assert "'NO-SUCH' is not among them" in person.answers("Cost product (Enter: leave out):", "STD")
        knows_the_tenant(person)
        person.answers("Write acme.yaml? (Y/n)")
        person.reads("Wrote tenants/acme.yaml.")
        assert person.sees_the_end() == COMPLETED
    assert "Traceback" not in person.shown
    left = person.shown.partition("What is left")[2]
    assert left.index("severa-sync check acme") < left.index("severa-sync compare acme") < left.index("--preview")
    assert shows_no_secret(person, sandbox)
    assert "wr0ng-secret" not in person.shown

    tenant = load(empty.file("acme"), SETTINGS)
    severa = tenant.section(SeveraSettings)
    assert severa.statuses.model_dump(exclude_none=True) == {
        "trigger": "Send to PowerOffice", "transferred": "In PowerOffice", "sent": "Sent", "paid": "Paid",
        "failed": "Failed invoices",
    }  # fmt: skip
    assert (severa.project_owner, severa.currency_rates) == ("102", "own_per_unit")
    assert (tenant.notify.emails, tenant.time_zone) == (("a@b.fi", "c@d.no"), "Europe/Oslo")
    assert {registry for registry, master in tenant.masters.items() if master is Master.ERP} == {Registry.PRODUCTS}
    secrets = everything_below(empty.home / "secrets")
    assert {path.name for path in secrets} == {
        "acme.severa.client_secret", "acme.poweroffice.subscription_key", "acme.poweroffice.client_key"
    }  # fmt: skip
    assert "application_key: env:MY_KEY" in empty.file("acme").read_text(encoding="utf-8")
    assert not (empty.home / "drafts").exists()


def test_a_person_stops_half_way_and_goes_on(empty: CommandLine, financing: Sandbox) -> None:
    """ALL-12, VN-05, VN-08, VN-13: what was answered is not asked again; no file is there before the end."""
    call = (*addresses(financing, "visma_net"), "--erp", "visma_net", "--no-compare", "--no-check")
    environment = empty.environment(**TERMINAL)
    with at_a_terminal(empty.folder, environment, *call) as person:
        let_in(person, financing)
        person.answers("Is that right? (Y/n)")
        person.reads("Currency rates (none): ")
        assert person.interrupts() == INTERRUPTED
        assert "\nStopped. A rerun goes on where this one ended." in person.shown
        assert shows_no_secret(person, financing)
    kept = everything_below(empty.home / "drafts")
    assert not empty.tenants.exists()
    assert {path.name for path in kept} == {"acme.json", "acme.severa.client_secret"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)
    secret = financing.access["severa"]["client_secret"].encode()
    assert secret not in next(text for path, text in kept.items() if path.name == "acme.json")

    access = financing.access["visma_net"]
    with at_a_terminal(empty.folder, environment, *call) as person:
        person.answers("Go on with them? (Y/n)")
        said = person.answers("Currency rates (none):")
        assert "client secret" not in said
        assert "invoice statuses, in their order" not in said
        person.answers("Visma.net: client id:", access["client_id"])
        person.answers("tenant id:", access["tenant_id"])
        person.answers_unseen("client secret (not shown):", access["client_secret"])
        assert "Kunder i EU" in person.answers("Customer class (Enter: leave out):", "innenlands")
        person.answers("Item classes: product (Enter: leave out):")
        assert "TIMER255" in person.answers("Item classes: work type (Enter: leave out):", "1")
        person.answers("Item classes: travel expense (Enter: leave out):")
        person.answers("Cost product (Enter: leave out):")
        person.answers("Time zone (Europe/Oslo):", "Europa/Oslo")
        assert "did you mean Europe/Oslo?" in person.answers("Time zone (Europe/Oslo):")
        person.answers("Switched on (")
        person.answers("Emails, with commas between (Enter: leave out):")
        assert "file:secrets/acme.severa.client_secret" in person.answers("Write acme.yaml? (Y/n)")
        assert person.sees_the_end() == COMPLETED
        assert shows_no_secret(person, financing)
    tenant = load(empty.file("acme"), SETTINGS)
    erp = tenant.section(VismaNetSettings)
    assert (erp.customer_class, erp.item_classes) == ("10", {ProductKind.WORK_TYPE: "TIMER25"})
    assert tenant.section(SeveraSettings).scopes == (*SCOPES, "customers:delete")
    assert not (empty.home / "drafts").exists()


def test_without_a_terminal_the_missing_options_are_told(empty: CommandLine, tmp_path: Path) -> None:
    """ALL-12: one line for each, exit code 2, and nothing is written."""
    said = empty("init", "acme", "--erp", "poweroffice").expect(CONFIGURATION)
    lines = said.err.splitlines()
    assert "severa.client_id is missing: --set severa.client_id=VALUE" in lines
    assert "poweroffice.client_key is missing: --set poweroffice.client_key=env:NAME" in lines
    assert all(" is missing: --set " in line for line in lines), said.err
    assert everything_below(tmp_path) == {}


@pytest.mark.thorough
def test_the_checks_and_the_comparison_follow(empty: CommandLine, sandbox: Sandbox, prefect_api: str) -> None:
    """ALL-10, ALL-12: for the tenant that was just set up, with its own credentials."""
    words: list[str] = []
    variables: dict[str, str] = {}
    for system in ("severa", "poweroffice"):
        for name, value in sandbox.access[system].items():
            hidden = name.endswith(("_key", "_secret"))
            words.append(f"{system}.{name}={f'env:{system}_{name}' if hidden else value}")
            variables |= {f"{system}_{name}": value} if hidden else {}
    options = [word for each in words for word in ("--set", each)]
    ours = CommandLine(empty.folder, {"PREFECT_API_URL": prefect_api, **variables})
    said = ours("init", "acme", "--erp", "poweroffice", "--yes", *options)
    said.expect(COMPLETED, WITH_ISSUES)
    assert "as they must be" in said.out
    assert "to look at before the switch-on" in said.out or "Nothing stands in the way" in said.out
    order = [said.out.index(words) for words in ("Wrote tenants/acme.yaml.", "as they must be", "What is left")]
    assert order == sorted(order)

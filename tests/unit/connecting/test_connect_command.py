"""`severa-sync connect`: whose company it is, what is stored where, and that nothing is half done (ALL-12)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from cli.connect import connect
from cli.connecting import Kept, keep
from core.errors import ConfigurationError
from core.links import Link
from core.records import Registry
from state.store import Store, TenantState
from state.tokens import StoredToken
from tasks import places
from tasks.connecting import connected_company
from tasks.secrets import secret
from tenants.files import NewFile
from tests.support.connecting import Office, person

Run = Callable[..., str]
KEYS = ("poweroffice.application_key", "poweroffice.subscription_key", "poweroffice.client_key")
ALL = ("severa.client_secret", *KEYS)
VISMA_NET = ("severa.client_secret", "visma_net.client_secret")


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs the command without a terminal; what it printed. `typed` are names of secrets that come by stdin."""
    printed: list[str] = []

    def call(
        tenant: str = "acme",
        *,
        typed: Sequence[str] = (),
        secrets: Mapping[str, str] | None = None,
        more: str = "",
        **options: Any,
    ) -> str:
        values = {**{name: office.value(name) for name in typed}, **(secrets or {})}
        lines = "".join(f"{name}={value}\n" for name, value in values.items()) + "\n" + more
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        try:
            connect(tenant, secret_stdin=bool(values), **options)
        finally:
            out, err = capfd.readouterr()
            printed.append(out + err)
        return out

    yield call
    assert not [each for each in office.sandbox.secrets() if any(each in said for said in printed)]


def ids(office: Office, *names: str) -> list[str]:
    """`--set` for plain settings of the simulated systems."""
    return [f"{name}={office.value(name)}" for name in names]


def state_of(tenant: str, use: Callable[[TenantState], Any]) -> Any:
    store = Store.open(places.database_url())
    try:
        return use(store.tenant(tenant))
    finally:
        store.close()


@pytest.fixture
def acme(office: Office) -> Office:
    """One PowerOffice tenant whose file says everything that is no secret."""
    office.add("acme", severa={"client_id": office.value("severa.client_id")})
    return office


def test_both_systems_are_connected_and_a_second_time_only_tested(office: Office, run: Run) -> None:
    before = office.add("acme").read_text()
    state_of("acme", lambda state: state.tokens.put("severa", StoredToken("t", datetime.now(UTC)), secret="old"))
    said = run(typed=ALL, settings=ids(office, "severa.client_id"))
    assert "Severa: connected to Fjellrådgiverne AS (NO914778271MVA)." in said
    assert "PowerOffice: connected to Fjellrådgiverne AS (914778271)." in said
    assert office.below_home() == {f"acme.{name}": office.value(name) for name in ALL}
    after = office.file("acme").read_text()
    assert after == before.replace("client_id: <fill in>", f"client_id: {office.value('severa.client_id')}")
    company = state_of("acme", lambda state: connected_company(state, "poweroffice"))
    assert company.has_number("914778271")
    assert state_of("acme", lambda state: state.tokens.get("severa", secret="old")) is None
    again = json.loads(run(as_json=True))
    assert (again["file_changed"], again["set_variables"]) == (False, [])
    assert again["systems"]["poweroffice"]["secrets"]["client_key"] == "file:secrets/acme.poweroffice.client_key"
    assert "SalesOrders_Full" in again["systems"]["poweroffice"]["granted"]
    assert office.file("acme").read_text() == after


def test_stored_credentials_that_do_no_longer_do_can_be_given_anew(acme: Office, run: Run) -> None:
    run(typed=ALL)
    path = acme.home / "secrets" / "acme.severa.client_secret"
    path.write_text("an-old-one\n")
    with pytest.raises(ConfigurationError, match="severa-sync connect acme --renew"):
        run()
    with pytest.raises(ConfigurationError, match=r"Check severa\.client_id") as caught:
        run(secrets={"severa.client_secret": "a-wrong-one"}, system=["severa"], renew=True)
    assert "--renew" not in str(caught.value)
    assert path.read_text() == "an-old-one\n"
    run(typed=ALL[:1], system=["severa"])  # what is given counts, whatever is stored
    assert path.read_text().strip() == acme.value("severa.client_secret")


def test_visma_net_is_connected_by_its_service_application(office: Office, run: Run) -> None:
    office.add("nord", "visma_net")
    settings = ids(office, "severa.client_id", "visma_net.client_id", "visma_net.tenant_id")
    said = run("nord", typed=VISMA_NET, settings=settings)
    assert "Visma.net: connected to Fjellrådgiverne AS" in said
    assert f"tenant_id: {office.value('visma_net.tenant_id')}" in office.file("nord").read_text().replace('"', "")
    assert set(office.below_home()) == {f"nord.{name}" for name in VISMA_NET}


def test_one_system_alone(acme: Office, run: Run) -> None:
    said = run(typed=["severa.client_secret"], system=["severa"])
    assert "PowerOffice" not in said
    assert set(acme.below_home()) == {"acme.severa.client_secret"}
    with pytest.raises(ConfigurationError, match="'visma_net' is not a system of this tenant; choose severa or power"):
        run(system=["visma_net"])


def test_headless_the_code_comes_by_standard_input(acme: Office, run: Run) -> None:
    """Somebody pastes what the browser had: here an invented code, which PowerOffice does not know."""
    with pytest.raises(ConfigurationError, match="OnboardingToken is not valid"):
        run(typed=ALL[:3], more="an-invented-code\n", headless=True)
    assert acme.below_home() == {}


def test_what_nobody_can_answer_is_said_of_both_systems(office: Office, run: Run) -> None:
    office.add("acme")
    with pytest.raises(ConfigurationError) as caught:
        run()
    for option in ("--set severa.client_id=VALUE", *(f"line {name}=SECRET" for name in ALL[:3])):
        assert option in str(caught.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"settings": ["severa.client_secret=s3cret-in-history"]}, "severa.client_secret is a secret"),
        ({"settings": ["severa.page_size=s3cret-in-history"]}, "--set takes NAME=VALUE"),
        ({"settings": ["client_id"]}, "choose severa.base_url"),
        ({"store": "vault"}, "--store 'vault' is not allowed"),
        ({"typed": ["severa.client_id"]}, "is not NAME=SECRET"),
    ],
)
def test_options_that_are_wrong_are_refused_without_repeating_a_secret(
    acme: Office, run: Run, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        run(**options)
    assert said.casefold() in str(caught.value).casefold()
    assert "s3cret" not in str(caught.value)
    assert acme.value("severa.client_id") not in str(caught.value)


def test_a_person_who_refuses_leaves_nothing_behind(acme: Office, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = acme.file("acme").read_text()
    monkeypatch.setattr("webbrowser.open", person("deny"))
    with pytest.raises(ConfigurationError, match=r"PowerOffice did not give access\. It said 'IntegrationBlocked'"):
        run(typed=ALL[:3], callback_port=0, timeout=20)
    assert (acme.below_home(), acme.file("acme").read_text()) == ({}, before)
    assert state_of("acme", lambda state: connected_company(state, "severa")) is None


# whose company --------------------------------------------------------------------------------------------------------


def test_credentials_of_another_tenant_are_refused_before_any_call(acme: Office, run: Run) -> None:
    acme.add("other", severa={"client_id": acme.value("severa.client_id").upper()})
    before = acme.sandbox.mark()
    with pytest.raises(ConfigurationError, match="connected to the tenant other already"):
        run(typed=ALL)
    assert acme.sandbox.exchanges(before) == []
    assert acme.below_home() == {}


def test_a_client_key_of_another_tenant_is_known_however_it_is_kept(
    acme: Office, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.add("other", poweroffice={"client_key": "env:OTHERS_KEY"})
    monkeypatch.setenv("OTHERS_KEY", acme.value("poweroffice.client_key"))
    with pytest.raises(ConfigurationError, match=r"poweroffice\.client_key is connected to the tenant other already"):
        run(typed=ALL)


def test_a_company_of_another_tenant_is_known_by_its_name_in_the_system(acme: Office, run: Run) -> None:
    """Other API credentials of the same Severa organisation are not seen in the files, but when they answer."""
    run(typed=ALL)
    acme.add("twin", severa={"client_id": acme.value("severa.client_id")})
    acme.file("acme").write_text(acme.file("acme").read_text().replace(acme.value("severa.client_id"), "renamed"))
    with pytest.raises(ConfigurationError, match=r"Fjellrådgiverne AS .* is connected to the tenant acme already"):
        run("twin", typed=["severa.client_secret"], system=["severa"])
    assert not [name for name in acme.below_home() if name.startswith("twin")]


@pytest.fixture
def vestfjord(acme: Office) -> Iterator[dict[str, str]]:
    """Another company of the same people in PowerOffice: secrets with its client key."""
    acme.sandbox.act("poweroffice", "add_client", name="Vestfjord Eiendom AS", number="987654325")
    system: Any = acme.sandbox.systems["poweroffice"]
    (key,) = system.access.others
    yield {"poweroffice.client_key": key}
    system.access.others.clear()


def test_a_tenant_at_work_does_not_change_its_company(acme: Office, run: Run, vestfjord: dict[str, str]) -> None:
    """Before anything was linked, a wrong first choice can still be mended."""
    run(typed=ALL)
    first = acme.below_home()
    other: dict[str, Any] = {"secrets": vestfjord, "system": ["poweroffice"], "company": "987654325", "renew": True}
    run(typed=KEYS[:2], **other)
    assert acme.below_home()["acme.poweroffice.client_key"] == vestfjord["poweroffice.client_key"]
    run(typed=KEYS, system=["poweroffice"], renew=True)
    assert acme.below_home() == first
    link = Link(registry=Registry.CUSTOMERS, severa_id="s", erp_id="e", key="1")
    state_of("acme", lambda state: state.links.save([link]))
    with pytest.raises(ConfigurationError, match=r"open Vestfjord Eiendom AS .*acme works with Fjellrådgiverne AS"):
        run(typed=KEYS[:2], **other)
    assert acme.below_home() == first


def test_two_companies_are_connected_only_on_purpose(acme: Office, run: Run, vestfjord: dict[str, str]) -> None:
    """Severa's organisation number and the ERP's are not the same."""
    with pytest.raises(ConfigurationError, match="these are two companies") as caught:
        run(typed=ALL[:3], secrets=vestfjord)
    assert "--company 987654325" in str(caught.value)
    assert acme.below_home() == {}
    with pytest.raises(ConfigurationError, match=r"PowerOffice is Vestfjord Eiendom AS \(987654325\), not 914778271"):
        run(typed=ALL[:3], secrets=vestfjord, company="914778271")
    assert "Vestfjord Eiendom AS" in run(typed=ALL[:3], secrets=vestfjord, company="987 654 325")


# where it is kept -----------------------------------------------------------------------------------------------------


def test_the_environment_is_named_and_the_command_sets_nothing(acme: Office, run: Run) -> None:
    said = run(typed=ALL, store="env")
    names = [f"SEVERA_SYNC_ACME_{name.replace('.', '_').upper()}" for name in ALL]
    assert all(name in said for name in names)
    assert all(f"env:{name}" in acme.file("acme").read_text() for name in names)
    assert acme.below_home() == {}


def test_consent_is_not_asked_for_what_could_not_be_kept(acme: Office, run: Run) -> None:
    before = acme.sandbox.mark()
    with pytest.raises(ConfigurationError, match="is shown to nobody"):
        run(typed=ALL[:3], store="env")
    assert acme.sandbox.exchanges(before) == []


def test_prefect_blocks_are_read_back_as_runs_read_them(acme: Office, run: Run, prefect_api: str) -> None:
    run(typed=ALL)
    said = json.loads(run(store="block", as_json=True))
    references = {f"{system}.{n}": r for system, done in said["systems"].items() for n, r in done["secrets"].items()}
    assert set(references) == set(ALL)
    for name, reference in references.items():
        assert reference.startswith("block:severa-sync-acme-")
        assert reference in acme.file("acme").read_text()
        assert secret(reference).get_secret_value() == acme.value(name)
    assert json.loads(run(as_json=True))["file_changed"] is False


def test_blocks_are_put_back_when_the_file_cannot_be_written(acme: Office, prefect_api: str) -> None:
    from cli.connecting import blocks  # noqa: PLC0415 - after the server is known

    blocks.save("severa-sync-test-old", SecretStr("before"))
    values = {"severa-sync-test-old": SecretStr("after"), "severa-sync-test-new": SecretStr("after")}
    acme.home.write_text("a file is in the way")
    kept = Kept("severa", {}, {}, (NewFile(acme.home / "secrets" / "x", "-", mode=0o600),), values)
    with pytest.raises(ConfigurationError, match="nothing was changed"):
        keep([kept])
    assert secret("block:severa-sync-test-old").get_secret_value() == "before"
    assert blocks.load("severa-sync-test-new") is None


def test_what_somebody_writes_into_the_file_meanwhile_stays(
    acme: Office, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is read again when the person comes back from the vendor's page."""
    file = acme.file("acme")

    def browse(url: str) -> bool:
        file.write_text(file.read_text() + "# written meanwhile\n")
        return person()(url)

    monkeypatch.setattr("webbrowser.open", browse)
    base = acme.value("severa.base_url")
    run(typed=ALL[:3], callback_port=0, timeout=20, settings=[f"severa.base_url={base}/"])
    assert file.read_text().endswith("# written meanwhile\n")
    assert f"base_url: {base}/" in file.read_text()
    assert acme.below_home()["acme.poweroffice.client_key"] == acme.value("poweroffice.client_key")

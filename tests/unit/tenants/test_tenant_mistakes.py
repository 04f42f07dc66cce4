"""Every mistake in a tenant file is told with its line and with what is allowed (ALL-10)."""

from __future__ import annotations

import pytest

from connectors.settings import SETTINGS
from tenants.load import parse
from tenants.mistakes import TenantFileError


def said(text: str) -> list[str]:
    with pytest.raises(TenantFileError) as caught:
        parse(text, "tenants/demo.yaml", SETTINGS)
    return str(caught.value).splitlines()


EDITS = [
    # what is replaced, by what, the line that is reported
    ("tenant: demo", "tenant: demos", "1: tenant: 'demos' is not the name of the file; write demo"),
    ("tenant: demo", "tenant: demo\ntenant: demo", "2: tenant: is written twice, first on line 1"),
    ("enabled: true", "enabeld: true", "2: enabeld: is not a setting; did you mean enabled?"),
    ("enabled: true", "enabled: on", "2: enabled: 'on' is not allowed; write true or false"),
    ("Europe/Oslo", "Europe/Osloo", "3: time_zone: 'Europe/Osloo' is not a time zone; did you mean Europe/Oslo?"),
    ("Europe/Oslo", "../etc/passwd", "3: time_zone: '../etc/passwd' is not a time zone; "),
    (
        "staggered",
        "stagered",
        (
            "4: timetable: 'stagered' is not allowed; choose staggered, every_5_minutes, every_10_minutes or always, "
            "or a list of cron expressions (did you mean staggered?)"
        ),
    ),
    ("T00:00:00+02:00", "", "5: switched_on: '2026-01-01' does not say its time zone; "),
    ("2026-01-01T00:00:00+02:00", "soon", "5: switched_on: 'soon' is not a date and time; "),
    (
        "2026-01-01T00:00:00+02:00",
        "0001-01-01T00:00:00+14:00",
        "5: switched_on: '0001-01-01T00:00:00+14:00' is not a date",
    ),
    ("cost_import: false", "cost_imports: false", "6: jobs.cost_imports: is not a setting; did you mean cost_import?"),
    (
        "calls_per_second: 8",
        "calls_per_second: 11",
        "10: severa.calls_per_second: '11' is too large; a number from 0 to 10",
    ),
    ("calls_per_second: 8", "calls_per_second: -1", "10: severa.calls_per_second: '-1' is too small; "),
    ("calls_per_second: 8", "calls_per_second: 1.0e999", "10: severa.calls_per_second: 'inf' is not a number; "),
    (
        "calls_per_second: 8",
        "concurrency: many",
        "10: severa.concurrency: 'many' is not a whole number; a number from 1 to 32",
    ),
    ("client_id: 8f2a", "client_id: 1.10", "8: severa.client_id: '1.1' is not a text; put it in quotes"),
    ("client_id: 8f2a", "client_id:", "8: severa.client_id: nothing is not a text; put it in quotes"),
    ("client_id: 8f2a", "client_id: ''", "8: severa.client_id: is empty; client id of the API credentials"),
    ("client_id: 8f2a", 'client_id: "a\\nb"', "8: severa.client_id: 'a\\nb' holds a line break or a control character"),
    (
        "client_id: 8f2a",
        "client_id: x\n  base_url: http://severa.test",
        "9: severa.base_url: 'http://severa.test' is not enc",
    ),
    ("client_id: 8f2a", "client_id: x\n  base_url: severa", "9: severa.base_url: 'severa' is not an address; such as"),
    ("client_id: 8f2a", "client_id: x\n  base_url: http://[::1", "9: severa.base_url: is not an address; such as"),
    ("client_id: 8f2a", "client_id: x\n  scopes: [all]", "9: severa.scopes[1]: 'all' has a form that is not allowed; "),
    ("client_id: 8f2a", "client_id: x\n  scopes: []", "9: severa.scopes: is empty; scopes to ask for"),
    ("client_id: 8f2a", "client_id: x\n  scopes: all", "9: severa.scopes: is not a list; write [a, b]"),
    ("    sent: Sent\n", "", "11: severa.statuses.sent: is missing; the status for invoices that have been sent"),
    (
        "sent: Sent",
        "sent: paid",
        "11: severa.statuses: sent and paid name the same status; a status of its own for each",
    ),
    ("erp: poweroffice", "erp: powerofice", "16: erp: 'powerofice' is not an ERP that is known; choose poweroffice"),
    (
        "  application_key: env:PO_APPLICATION_KEY\n",
        "",
        "17: poweroffice.application_key: is missing; block:NAME, env:NAME",
    ),
    (
        "cost_product: 4000",
        "cost_accounts: 7999-4000",
        "21: poweroffice.cost_accounts: '7999-4000' is not a list of accounts; ",
    ),
    ("cost_product: 4000", "cost_from: 2026-02-30", "21: poweroffice.cost_from: '2026-02-30' is not a date; "),
    (
        "cost_product: 4000",
        "units: {kk: MONTH}",
        "21: poweroffice.units.kk: 'MONTH' is not allowed; choose one of 67, such",
    ),
    (
        "cost_product: 4000",
        "voucher_types: [IncomingInvoce]",
        "21: poweroffice.voucher_types[1]: 'IncomingInvoce' is not all",
    ),
    (
        "customers: severa",
        "customers: Sevra",
        "23: masters.customers: 'Sevra' is not allowed; choose severa or erp (did you m",
    ),
    ("customers: severa", "customers: both", "23: masters.customers: 'both' is not allowed; choose severa or erp"),
    ("customers: severa", "customers:", "23: masters.customers: nothing is not allowed; choose severa or erp"),
    (
        "customers: severa",
        "custmers: severa",
        "23: masters.custmers: is not a registry that PowerOffice and Severa share; did",
    ),
    ("drift@example.com", "drift", "25: notify.emails[1]: 'drift' has a form that is not allowed; an address such as"),
    (
        "notify: {emails: [drift@example.com]}",
        "notify:",
        "25: notify: is not a group of settings; indented lines below it",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), EDITS, ids=[edit[2].split(";")[0] for edit in EDITS])
def test_one_mistake_is_one_line(valid: str, old: str, new: str, expected: str) -> None:
    """ALL-04 statuses, ALL-11 switches, PO-02 masters, PO-14 costs: the line, the setting, what is allowed."""
    assert old in valid
    lines = said(valid.replace(old, new, 1))
    assert len(lines) == 1
    assert lines[0].startswith(f"tenants/demo.yaml:{expected}")


def test_both_may_not_be_master_in_poweroffice(valid: str) -> None:
    """PO-02: each registry has one master."""
    lines = said(valid.replace("customers: severa", "customers: both\n  projects: both"))
    assert [line.split(": ", 2)[1] for line in lines] == ["masters.customers", "masters.projects"]


def test_the_section_of_the_erp_must_be_there(valid: str) -> None:
    head, _, rest = valid.partition("poweroffice:\n")
    text = head + rest.partition("masters:")[1] + rest.partition("masters:")[2]
    needs = "needs application_key, client_key, subscription_key"
    assert said(text) == [f"tenants/demo.yaml:16: poweroffice: is missing: the section of this tenant's ERP; {needs}"]


def test_sections_of_other_erps_are_refused(valid: str) -> None:
    sections = {**SETTINGS, "other_erp": SETTINGS["poweroffice"]}
    with pytest.raises(TenantFileError) as caught:
        parse(valid + "other_erp: {x: 1}\n", "demo.yaml", sections)
    assert (
        str(caught.value) == "demo.yaml:26: other_erp: is not this tenant's ERP (erp: poweroffice); remove the section"
    )


SECRET = "hunter2-Sécret"


@pytest.mark.parametrize(
    "value",
    [
        form.replace("S", SECRET)
        for form in ("S", "'S'", "*S", "!S", "@S", "[S", "{S: 1}", "block: S", "file:\nS", '"\\xS')
    ],
)
@pytest.mark.parametrize("old", ["client_secret: file:secrets/demo.severa", "client_key: file:secrets/demo.client_key"])
def test_a_secret_in_the_file_is_refused_and_never_repeated(valid: str, old: str, value: str) -> None:
    """Law 9."""
    name = old.partition(":")[0]
    lines = said(valid.replace(old, f"{name}: {value}"))
    assert lines
    assert "unter2" not in "".join(lines)
    assert "cret" not in "".join(lines).replace("client_secret", "").replace("a secret", "").replace("the secret", "")


def test_credentials_in_an_address_are_not_repeated(valid: str) -> None:
    """Law 9."""
    for url in (f"https://me:{SECRET}@a.b", f"https://a.b/?key={SECRET}", f"http://[{SECRET}@x"):
        lines = said(valid.replace("client_id: 8f2a", f'client_id: x\n  base_url: "{url}"'))
        assert len(lines) == 1
        assert "unter2" not in lines[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1: is empty; start from severa-sync init"),
        ("# nothing\n", "1: is empty"),
        ("- a\n", "1: is not a list of settings"),
        ("tenant: a: b\n", "1: not readable as YAML: mapping values are not allowed here; put a text that holds ': '"),
        (
            "tenant: demo\n\tenabled: true\n",
            "2: not readable as YAML: while scanning for the next token found character",
        ),
        (
            "tenant: 'demo\n",
            "2: not readable as YAML: while scanning a quoted scalar found unexpected end of stream; a quote",
        ),
        ("tenant: demo\n---\ntenant: b\n", "2: there are several documents; one tenant per file"),
        ("tenant: &a demo\nerp: *a\n", "2: erp: repeats another place with an alias (*)"),
        ("tenant: *a\n", "1: an alias (*) is used"),
        ("tenant: !!python/object:os.system x\n", "1: tenant: has a tag (!)"),
        ("? [a]\n: 1\n", "1: a key is not a word"),
        ('tenant: "\\ud800"\n', "1: tenant: holds half a character"),
        ('tenant: "\\UFFFFFFFF"\n', "1: is not readable YAML"),
        ("tenant: \x01\n", "1: holds a character that is not allowed, at position 8"),
        ("%YAML 3.0\n---\na: 1\n", "1: not readable as YAML: found incompatible YAML document"),
        ("a: " + "[" * 5000, "1: is nested too deep"),
        ("a: " + "[" * 30 + "]" * 30, "1: a[1]"),
        ("a" * 200_001, "1: is longer than 200000 characters"),
    ],
)
def test_what_is_no_tenant_file_at_all_is_told_by_place(text: str, expected: str) -> None:
    assert said(text)[0].startswith(f"tenants/demo.yaml:{expected}")


def test_aliases_cannot_blow_a_file_up() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))
    assert any("alias" in line for line in said(bomb))


def test_hostile_text_stays_in_one_line_without_control_characters(valid: str) -> None:
    """Law 10."""
    lines = said(valid.replace("staggered", '"\\e[31m\\u202ered\\r\\n"').replace("enabled:", '"en\\nabled\\e":'))
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)

"""What is wrong in the settings of Severa or Visma.net is found, one thing at a time (ALL-10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.support.checked import Checked, finding
from tests.support.sandbox import serving
from tests.support.visma_net_company import found_visma_net_company

Patch = pytest.MonkeyPatch
Spoil = Callable[[Checked, Patch], None]


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checked]:
    with serving(tmp_path_factory.mktemp("sandbox"), erp="visma_net") as sandbox:
        yield Checked(found_visma_net_company(tmp_path_factory.mktemp("company"), sandbox))


def file(**values: object) -> Spoil:
    """Another value in the tenant's file."""
    return lambda checked, _: checked.company.set(**values)


def key(name: str, member: str, value: object) -> Spoil:
    """Another value of a segmented key."""
    return lambda checked, patch: patch.setattr(checked.visma_net.keys[name], member, value)


def sequence(name: str, member: str, value: object) -> Spoil:
    """Another value of a numbering sequence."""
    return lambda checked, patch: patch.setattr(checked.visma_net.sequences[name], member, value)


def another_company(checked: Checked, patch: Patch) -> None:
    """The number counts here, whatever the name is."""
    patch.setitem(checked.severa("details"), "vatNumber", "NO987654321MVA")


def without_number(checked: Checked, patch: Patch) -> None:
    patch.setitem(checked.severa("details"), "vatNumber", None)


def credit_notes_numbered(checked: Checked, patch: Patch) -> None:
    patch.setitem(checked.severa("settings"), "setCreditNoteInvoiceNumber", True)


def no_customer_key(checked: Checked, patch: Patch) -> None:
    for name in ("CUSTOMER", "BIZACCT"):
        patch.delitem(checked.visma_net.keys, name)


def hidden_template(checked: Checked, patch: Patch) -> None:
    row = next(row for row in checked.visma_net.projects if row["projectID"] == "Z")
    patch.setitem(row["visibility"], "visibleInAr", False)


def double_term(checked: Checked, patch: Patch) -> None:
    patch.setitem(checked.visma_net.terms, "14B", {**checked.visma_net.terms["14"], "termsId": "14B"})


def failed_is_default(checked: Checked, patch: Patch) -> None:
    for row in checked.severa_rows("invoicestatuses"):
        patch.setitem(row, "isDefault", row["name"] == "Failed invoices")


def trigger_is_not_for_credit_notes(checked: Checked, patch: Patch) -> None:
    for row in checked.severa_rows("invoicestatuses"):
        patch.setitem(row, "isDefaultForCreditNote", row["name"] == "Sent")


@pytest.mark.parametrize(
    ("found", "spoil"),
    [
        ("visma_net.company", another_company),
        ("severa.credit_note_numbers", credit_notes_numbered),
        ("severa.statuses:failed", failed_is_default),
        ("severa.statuses:trigger", trigger_is_not_for_credit_notes),
        ("visma_net.customer_key", key("CUSTOMER", "is_auto_number", value=False)),
        ("visma_net.customer_key", no_customer_key),
        ("visma_net.project_key:length", key("PROJECT", "length", 9)),
        ("visma_net.project_key:auto", key("PROJECT", "is_auto_number", value=True)),
        ("visma_net.item_key", key("INVENTORY", "is_auto_number", value=True)),
        ("visma_net.task_key", key("PROTASK", "length", 1)),
        ("visma_net.template", file(visma_net__template="Q")),
        ("visma_net.template_visible", hidden_template),
        ("visma_net.credit_terms:14", file(visma_net__credit_terms={14: "NONE"})),
        ("visma_net.classes:customer_class", file(visma_net__customer_class="NONE")),
        ("visma_net.default_item", file(visma_net__default_item="NONE")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_makes_everything_fail_refuses_the_switch_on(
    checked: Checked, monkeypatch: Patch, found: str, spoil: Spoil
) -> None:
    """ALL-10, VN-02, VN-04, VN-05, VN-07, VN-09, VN-12, VN-13: it says what to do and where."""
    spoil(checked, monkeypatch)
    report = checked.look()
    said = finding(report, found)
    assert {each.key for each in report.hard} == {found}
    assert said.what
    assert said.advice
    assert said.check.where


@pytest.mark.parametrize(
    ("found", "spoil"),
    [
        ("visma_net.company_number", without_number),
        ("visma_net.double_credit_terms:14", double_term),
        ("visma_net.item_classes", file(visma_net__item_classes=None)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_concerns_a_part_only_is_to_be_looked_at(
    checked: Checked, monkeypatch: Patch, found: str, spoil: Spoil
) -> None:
    """ALL-10, VN-08."""
    spoil(checked, monkeypatch)
    report = checked.look()
    assert report.hard == ()
    assert {each.key for each in report.soft} == {found}


def test_a_company_that_is_set_up_well_passes_and_nothing_is_written(checked: Checked) -> None:
    """ALL-10, law 2."""
    mark = checked.company.sandbox.mark()
    report = checked.look()
    assert (report.hard, report.soft, report.unread) == ((), (), ())
    assert checked.company.sandbox.writes(mark) == []
    assert any("integration is off" in each.title for each in report.by_hand)
    assert len(checked.company.sandbox.exchanges(mark)) <= 26


def test_shorter_project_numbers_pass_where_the_file_allows_them(checked: Checked, monkeypatch: Patch) -> None:
    """VN-09: `project_length_rule`."""
    key("PROJECT", "length", 9)(checked, monkeypatch)
    checked.company.set(visma_net__project_length_rule="at_most")
    assert checked.hard() == set()


def test_a_class_of_the_wrong_type_is_hard(checked: Checked) -> None:
    """VN-08: a work type in a class of products would not come back as a work type."""
    classes = {row["type"]: name for name, row in checked.visma_net.item_classes.items()}
    checked.company.set(visma_net__work_type_classes={"RAD": classes["NonStockItem"]})
    assert checked.hard() == {"visma_net.classes:work_type_classes.RAD"}


def test_a_withdrawn_consent_is_hard_and_severa_is_looked_at(checked: Checked) -> None:
    """ALL-12."""
    act = checked.company.sandbox.act
    act("visma_net", "set_consent", given=False)
    try:
        report = checked.look()
    finally:
        act("visma_net", "set_consent", given=True)
    assert {each.key for each in report.hard} == {"visma_net.access"}
    assert "severa.organisation" in {check.key for check in report.passed}


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (sequence("ARINVOICE", "prefix", "F"), "digits only"),
        (sequence("ARINVOICE", "last", 2**31), "end at 2147483647"),
        (sequence("ARINVOICE", "warn", 100_000), "it warns of its end"),
    ],
    ids=["letters", "too large", "ends"],
)
def test_a_numbering_sequence_that_severa_cannot_hold_is_to_be_looked_at(
    checked: Checked, monkeypatch: Patch, spoil: Spoil, word: str
) -> None:
    """ALL-06."""
    spoil(checked, monkeypatch)
    said = finding(checked.numbers(), "visma_net.sequences:ARINVOICE")
    assert word in said.what
    assert not said.hard

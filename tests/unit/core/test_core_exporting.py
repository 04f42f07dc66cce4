"""What to do with an invoice on its way out (ALL-05, ALL-07, PO-13)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from core_samples import GUID, draft, invoice, row, transfer
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadDataError, ErrorClass, MissingDependencyError
from core.exporting import (
    NextStep,
    judge,
    line_differences,
    next_step,
    resolve_customer,
    resolve_projects,
    severa_total,
)
from core.invoices import ErpInvoiceState
from core.money import Money, TotalCheck
from core.transfers import UNSETTLED, TransferState

S = TransferState
modest = settings(max_examples=100, deadline=None)

NEXT = {
    S.PENDING: NextStep.SEND,
    S.CREATING: NextStep.LOOK_UP,
    S.UNCERTAIN: NextStep.LOOK_UP,
    S.CREATED: NextStep.VERIFY,
    S.VERIFIED: NextStep.REPORT,
    S.RELEASED: NextStep.REPORT,
    S.REPORTED: NextStep.MOVED_BACK,
    S.DONE: NextStep.MOVED_BACK,
    S.REJECTED: NextStep.PARKED,
    S.IGNORED: NextStep.IGNORED,
}


def test_an_invoice_that_the_ledger_does_not_know_is_sent() -> None:
    """ALL-05."""
    assert next_step(invoice(), None) is NextStep.SEND


@pytest.mark.parametrize("state", list(S))
def test_every_state_has_its_next_step(state: TransferState) -> None:
    """ALL-05: the table is complete, and written out a second time here."""
    assert next_step(invoice(), transfer(state)) is NEXT[state]


@pytest.mark.parametrize("state", [S.REPORTED, S.DONE])
@pytest.mark.parametrize("awake", [True, False])
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_an_invoice_that_went_is_never_sent_again_by_itself(state: TransferState, version: str, *, awake: bool) -> None:
    """ALL-05: put back on the trigger status by a person, changed or not, asked for or not."""
    assert next_step(invoice(version=version), transfer(state), awake=awake) is NextStep.MOVED_BACK


@modest
@given(state=st.sampled_from(list(S)), version=st.sampled_from(["v1", "v2"]), awake=st.booleans())
def test_sending_is_only_for_rows_without_an_open_attempt(state: TransferState, version: str, *, awake: bool) -> None:
    """Law 1: what may stand in the ERP is never the next to send; an unknown outcome is always looked up."""
    step = next_step(invoice(version=version), transfer(state), awake=awake)
    assert (step is NextStep.LOOK_UP) == (state in UNSETTLED)
    if step is NextStep.SEND:
        assert state in {S.PENDING, S.REJECTED}


@pytest.mark.parametrize(
    ("version", "awake", "step"),
    [
        ("v1", False, NextStep.PARKED),
        ("v2", False, NextStep.SEND),
        ("v1", True, NextStep.SEND),
        ("v2", True, NextStep.SEND),
    ],
)
def test_a_rejected_invoice_waits_until_it_changes_or_is_woken(version: str, step: NextStep, *, awake: bool) -> None:
    """ALL-07: after a correction it goes through; or when what it waited for elsewhere has come."""
    assert next_step(invoice(version=version), transfer(S.REJECTED), awake=awake) is step


@pytest.mark.parametrize(
    ("erp", "passes"), [("125.00", True), ("125.05", True), ("124.95", True), ("125.06", False), ("124.94", False)]
)
def test_a_draft_is_good_when_the_totals_agree(erp: str, *, passes: bool) -> None:
    """ALL-07, VN-11."""
    verdict = judge(invoice("125.00"), draft(erp), erp_title="PowerOffice")
    assert (verdict.passes, verdict.reason is None) == (passes, passes)
    assert verdict.check is not None


def test_a_verdict_names_both_totals_and_the_difference() -> None:
    """ALL-07: the person who corrects it sees the figures, rounded."""
    verdict = judge(invoice("125.0000001"), draft("125.06"), erp_title="PowerOffice")
    assert verdict.reason == (
        "The totals including VAT differ by 0.06 NOK: Severa 125.00 NOK, PowerOffice 125.06 NOK; at most 0.05 passes."
    )


def test_a_draft_without_a_total_does_not_pass() -> None:
    """ALL-07: what cannot be compared is not left standing as if it had been."""
    verdict = judge(invoice(), draft(None), erp_title="PowerOffice")
    assert (verdict.passes, verdict.check) == (False, None)
    assert verdict.reason == "PowerOffice gave no total for the draft."


def test_totals_in_different_currencies_do_not_pass_and_are_not_compared() -> None:
    """ALL-07: equal figures in two currencies are two amounts."""
    verdict = judge(invoice("125.00", "NOK"), draft("125.00", "SEK"), erp_title="PowerOffice")
    assert (verdict.passes, verdict.check) == (False, None)
    assert verdict.reason is not None
    assert "NOK" in verdict.reason
    assert "SEK" in verdict.reason


def test_severas_own_total_in_the_documents_currency_is_compared() -> None:
    """ALL-07: Severa gives the total in several currencies; the entry of the ERP document's currency counts."""
    ours = invoice("1000.00", "NOK", totals={"EUR": Decimal("88.10"), "NOK": Decimal("1.00")})
    assert severa_total(ours, "NOK") == Money(Decimal("1000.00"), "NOK")
    assert severa_total(ours, "EUR") == Money(Decimal("88.10"), "EUR")
    assert severa_total(ours, "SEK") is None
    assert judge(ours, draft("88.15", "EUR"), erp_title="PowerOffice").passes
    assert not judge(ours, draft("88.16", "EUR"), erp_title="PowerOffice").passes


@modest
@given(
    severa=st.decimals(-10_000, 10_000, places=2),
    erp=st.decimals(-10_000, 10_000, places=2) | st.none(),
    currency=st.sampled_from(["NOK", "EUR", "ISK"]),
    other=st.sampled_from(["NOK", "EUR", "ISK"]),
    state=st.sampled_from(list(ErpInvoiceState)),
)
def test_a_verdict_is_the_total_check_and_nothing_else(
    severa: Decimal, erp: Decimal | None, currency: str, other: str, state: ErpInvoiceState
) -> None:
    """ALL-07: passes when both totals are there, in one currency, and the check passes; else a reason stands."""
    theirs = draft(None if erp is None else str(erp), other, state=state)
    verdict = judge(invoice(str(severa), currency), theirs, erp_title="PowerOffice")
    expected = erp is not None and TotalCheck(Money(severa, currency), Money(erp, other)).passes
    assert verdict.passes is expected
    assert (verdict.reason is None) is expected
    assert (verdict.check is None) is (erp is None or currency != other)


def test_the_rows_at_fault_are_named() -> None:
    """PO-13, ALL-07: a product whose sales account has another VAT rate shows by its row, not only in the sum."""
    rows = (
        row("r-1", quantity="2", price="100", vat="25.5", sort_order=1),
        row("r-2", quantity="1", price="80", vat="0", code="REISE", sort_order=2),
        row("r-3", quantity="1", price="80", vat=None, sort_order=3),
        row("r-4", quantity="3", price="-10.333333", vat="25", sort_order=4),
    )
    totals = {"r-1": "250.00", "r-2": "100.00", "r-3": "80.05", "r-4": "-38.75", "r-9": "1.00"}
    theirs = draft("391.30", line_totals={key: Decimal(total) for key, total in totals.items()})
    words = line_differences(invoice(rows=rows), theirs)
    assert words == [
        "row 1 (KONS01, 25.5 % VAT): 251.00 in Severa, 250.00 in the ERP",
        "row 2 (REISE, 0 % VAT): 80.00 in Severa, 100.00 in the ERP",
    ]


def test_without_line_totals_no_row_is_blamed() -> None:
    assert line_differences(invoice(rows=(row(),)), draft()) == []


def test_an_invoice_goes_to_the_linked_customer() -> None:
    """PO-03."""
    assert resolve_customer(invoice(), "41", erp_title="PowerOffice") == "41"


def test_an_invoice_without_a_customer_is_bad_data() -> None:
    with pytest.raises(BadDataError) as caught:
        resolve_customer(invoice(customer_id=None), "41", erp_title="PowerOffice")
    assert (caught.value.error_class, caught.value.field) == (ErrorClass.BAD_DATA, "customer")
    assert caught.value.todo


def test_an_invoice_waits_for_its_customer_by_name() -> None:
    """Law 4: the missing record is named, so that the invoice goes by itself when it comes."""
    with pytest.raises(
        MissingDependencyError, match="Customer 10042 Blåfjell Rør & Varme AS is not in PowerOffice"
    ) as caught:
        resolve_customer(invoice(), None, erp_title="PowerOffice")
    assert caught.value.needs == "customers:severa:c-1"
    assert caught.value.todo


@pytest.mark.parametrize(("projects", "found"), [((), None), (("p-1",), "501"), (("p-1", "p-2"), None)])
def test_the_header_names_a_project_when_there_is_exactly_one(projects: tuple[str, ...], found: str | None) -> None:
    """PO-13: an invoice over several projects names none in the header."""
    links = {"p-1": "501", "p-2": "502", "p-3": "503"}
    assert resolve_projects(invoice(project_ids=projects), links, erp_title="PowerOffice") == found


@pytest.mark.parametrize(
    ("projects", "words", "needs"),
    [
        (("p-1", "p-9"), "1 of the invoice's projects is", "p-9"),
        (("p-8", "p-9"), "2 of the invoice's projects are", "p-8"),
    ],
)
def test_an_invoice_waits_for_its_projects(projects: tuple[str, ...], words: str, needs: str) -> None:
    """PO-11: only won projects go out, so one may be missing."""
    with pytest.raises(MissingDependencyError, match=words) as caught:
        resolve_projects(invoice(project_ids=projects), {"p-1": "501"}, erp_title="PowerOffice")
    assert caught.value.needs == f"projects:severa:{needs}"


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"number": "1001"}, "Invoice 1001 (Blåfjell Rør & Varme AS, 2026-03-02)"),
        ({"customer_name": None}, f"Invoice {GUID[:8]} (no customer, 2026-03-02)"),
        ({"number": "7", "is_credit_note": True}, "Credit note 7 (Blåfjell Rør & Varme AS, 2026-03-02)"),
    ],
)
def test_an_invoice_is_named_as_a_person_would_find_it(fields: dict[str, Any], label: str) -> None:
    """ALL-13."""
    assert invoice(**fields).label == label

"""Supplier invoices and journal transactions of the simulated Visma.net."""

from itertools import groupby
from typing import Any

import pytest

from sandbox.system import ActionError
from tests.unit.sandbox.visma_net_office import Office

SINCE = {"lastModifiedDateTime": "2026-01-01", "lastModifiedDateTimeCondition": ">="}


def test_a_plain_supplier_invoice_has_lines_on_projects_and_on_none() -> None:
    """VN-16, VN-18: two projects, the non-project code, a file on a line and one on the head."""
    office = Office()
    office.act("post_supplier_invoice", files=[{"name": "F-1.pdf", "text": "%PDF"}])
    (row,) = office.get("/v1/supplierInvoice", expandAttachment=True, **SINCE)
    assert [line["project"]["id"] for line in row["invoiceLines"]][2] == "X"
    assert row["invoiceLines"][0]["project"]["id"] != row["invoiceLines"][1]["project"]["id"]
    assert [len(line["attachments"]) for line in row["invoiceLines"]] == [1, 0, 0]
    assert [each["name"] for each in row["attachments"]] == ["F-1.pdf"]
    assert sum(line["cost"] for line in row["invoiceLines"]) == row["detailTotal"] == 11_950.5
    assert (row["status"], row["vatTotal"], row["amount"]) == ("Open", 2_987.63, 14_938.13)
    content = office.send("GET", f"/v1/attachment/{row['attachments'][0]['id']}")
    assert content.content == b"%PDF"
    supplier = office.get(f"/v1/supplier/{row['supplier']['number']}")
    assert supplier["name"] == row["supplier"]["name"]
    office.get("/v1/supplier/0", 404)


def test_files_stand_on_lines_in_lists_only_where_the_tenant_gives_them() -> None:
    """VN-18: then the single document is read."""
    office = Office()
    number = office.act("post_supplier_invoice")["invoice"]["referenceNumber"]
    office.act("set_behaviour", line_attachments_in_lists=False)
    (row,) = office.get("/v1/supplierInvoice", expandAttachment=True, **SINCE)
    assert "attachments" not in row["invoiceLines"][0]
    assert "attachments" not in office.get("/v1/supplierInvoice", **SINCE)[0]
    assert office.get(f"/v1/supplierInvoice/{number}")["invoiceLines"][0]["attachments"]
    assert office.get(f"/v1/supplierInvoice/Invoice/{number}")["referenceNumber"] == number
    office.get(f"/v1/supplierInvoice/DebitAdj/{number}", 404)
    office.act(
        "attach_to_supplier_invoice", number=number, line=1, files=[{"name": "Borelogg Ålesund.pdf", "text": "2"}]
    )
    revisions = office.get(f"/v1/supplierInvoice/{number}")["invoiceLines"][0]["attachments"]
    assert [each["revision"] for each in revisions] == [2]


def test_a_document_is_released_later() -> None:
    """VN-16: only released ones count; the release is a change."""
    office = Office()
    number = office.act("post_supplier_invoice", status="Hold")["invoice"]["referenceNumber"]
    (row,) = office.get("/v1/supplierInvoice", released=0)
    assert (row["referenceNumber"], row["status"], row["hold"]) == (number, "Hold", True)
    office.clock.advance(5)
    office.act("release_supplier_invoice", number=number)
    (row,) = office.get("/v1/supplierInvoice", status="Open", **SINCE)
    assert row["lastModifiedDateTime"] > row["createdDateTime"]
    with pytest.raises(ActionError, match="is Open"):
        office.act("release_supplier_invoice", number=number)


def test_gross_and_discounted_documents_and_debit_notes() -> None:
    """VN-16: what the checks before import are for."""
    office = Office()
    lines = [{"cost": 1250, "text": "Brutto", "project": "1001"}]
    project = office.get("/v1/project")[0]["projectID"]
    lines[0]["project"] = project
    gross = office.act("post_supplier_invoice", lines=lines, tax_mode="Gross")["invoice"]
    assert (gross["detailTotal"], gross["vatTotal"], gross["amount"]) == (1250.0, 250.0, 1250.0)
    lines = [{"cost": 1000, "discount": 100, "project": project}]
    for discounted, total in ((True, 900.0), (False, 1000.0)):
        row = office.act("post_supplier_invoice", lines=lines, discounted_total=discounted)["invoice"]
        assert (row["detailTotal"], row["invoiceLines"][0]["cost"]) == (total, 1000.0)
    note = office.act("post_supplier_invoice", lines=lines, document_type="DebitAdj", currency="EUR")["invoice"]
    assert (note["documentType"], note["currencyId"]) == ("DebitAdj", "EUR")
    assert note["invoiceLines"][0]["cost"] == 11_725.0


def test_a_journal_transaction_names_projects_and_parties() -> None:
    """VN-16, VN-18: debit and credit lines, files on lines."""
    office = Office()
    office.act("post_journal", files=[{"name": "Bilag.pdf", "text": "x"}])
    asked: dict[str, Any] = {"lastModifiedDateTime": "2026-01-01", "module": "GL", "expandAttachments": True}
    (batch,) = office.get("/v2/journaltransaction", **asked)
    first, second = batch["journalTransactionLines"]
    assert (batch["module"], batch["status"], batch["ledger"]) == ("ModuleGL", "Posted", "1")
    assert (first["debitAmount"], second["creditAmount"]) == (2400.0, 2400.0)
    assert (first["projectTask"]["id"], second["project"]["id"], second["projectTask"]) == ("10", "X", None)
    assert [len(batch["attachments"]), len(first["attachments"])] == [1, 1]
    assert len(batch["postPeriod"]) == 6
    assert office.get(f"/v2/journaltransaction/{batch['batchNumber']}")["debitTotal"] == 2400.0
    accounts = {row["accountCD"]: row["type"] for row in office.get("/v1/account")}
    assert (accounts[first["accountNumber"]], accounts[second["accountNumber"]]) == ("Expense", "Liability")
    with pytest.raises(ActionError, match="add up to 0"):
        office.act("post_journal", rows=[{"amount": 5}])


def test_journals_need_a_time_or_a_period() -> None:
    """VN-16: one of them is mandatory; there is no condition."""
    office = Office()
    office.get("/v2/journaltransaction", 400)
    office.act("post_journal")
    period = office.system.company.today().strftime("%Y%m")
    assert len(office.get("/v2/journaltransaction", periodId=period)) == 1
    assert office.get("/v2/journaltransaction", periodId="201801") == []
    last = office.get("/v2/journaltransaction", periodId=period)[0]["lastModifiedDateTime"]
    assert len(office.get("/v2/journaltransaction", lastModifiedDateTime=last)) == 1


def test_a_batch_is_split_over_pages_of_lines() -> None:
    """VN-16: size and total count lines."""
    office = Office()
    project = office.get("/v1/project")[0]["projectID"]
    for n in range(3):
        rows = [{"amount": 10 + n, "project": project}, {"amount": 5, "project": project}, {"amount": -15 - n}]
        office.act("post_journal", rows=rows)
    found, page = [], 1
    while True:
        cut = office.get(
            "/v2/journaltransaction", lastModifiedDateTime="2026-01-01", module="GL", pageNumber=page, pageSize=2
        )
        if not cut:
            break
        assert cut[0]["metadata"] == {"totalCount": 9, "maxPageSize": 1000}
        assert sum(len(batch["journalTransactionLines"]) for batch in cut) <= 2
        found += cut
        page += 1
    numbers = [batch["batchNumber"] for batch in found]
    assert len(numbers) == 6
    lines = {number: sum(len(b["journalTransactionLines"]) for b in group)
             for number, group in groupby(found, key=lambda batch: batch["batchNumber"])}  # fmt: skip
    assert set(lines.values()) == {3}


def test_sales_and_purchases_stand_in_journals_of_their_own() -> None:
    """VN-16: modules AR and AP would repeat what is read elsewhere."""
    office = Office()
    office.item()
    office.released(office.invoice(office.customer(), {"quantity": 1.0, "unitPriceInCurrency": 100.0}))
    office.act("post_supplier_invoice")
    found = office.get("/v2/journaltransaction", lastModifiedDateTime="2026-01-01")
    assert [batch["module"] for batch in found] == ["ModuleAR", "ModuleAP"]
    for batch in found:
        assert batch["debitTotal"] == batch["creditTotal"]


def test_unreleased_and_budget_batches_can_be_had() -> None:
    """VN-16: statuses and ledgers that do not count."""
    office = Office()
    number = office.act("post_journal", status="Hold")["journal"]["batchNumber"]
    office.act("post_journal", ledger="BUD")
    asked = {"lastModifiedDateTime": "2026-01-01"}
    assert [row["status"] for row in office.get("/v2/journaltransaction", status="Hold", **asked)] == ["Hold"]
    office.act("set_journal_status", number=number, status="Posted")
    assert office.get("/v2/journaltransaction", status="Hold", **asked) == []
    kinds = {row["number"]: row["balanceType"] for row in office.get("/v1/ledger")}
    assert {kinds[row["ledger"]] for row in office.get("/v2/journaltransaction", **asked)} == {"Actual", "Budget"}

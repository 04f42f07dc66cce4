"""PowerOffice Go's own words that a tenant may use in its settings: units of measure and voucher types."""

from __future__ import annotations

from typing import Literal

UnitOfMeasure = Literal[
    "BX", "MTR", "KMT", "KGM", "EA", "LTR", "HUR", "DAY", "MTK", "MTQ", "TNE", "MON", "ANN", "QAN", "NL", "XRO",
    "XBA", "XPL", "XPC", "PR", "XCI", "XBG", "SET", "XTY", "XOF", "FTK", "KWH", "MWH", "LBR", "CMT", "DMT", "LM",
    "XPK", "GRM", "HGM", "XFL", "XBE", "E54", "MMT", "DAA", "H18", "MLT", "HLT", "DLT", "AK", "XCR", "E14", "MJ",
    "J57", "XJG", "XCT", "XSA", "XTU", "WEE", "XCA", "XCN", "NAR", "M4", "XVQ", "P1", "MFU", "KMK", "LM3", "FOT",
    "FM3", "E34", "E35",
]  # fmt: skip
"""`UnitOfMeasureCode` of products and order lines."""

VoucherType = Literal[
    "IncomingInvoice",
    "IncomingCreditNote",
    "OutgoingInvoice",
    "OutgoingCreditNote",
    "IncomingBankRemittance",
    "IncomingOcrGiro",
    "ManualJournal",
    "Expense",
    "CashJournal",
    "IncomingPayments",
    "OutgoingPayments",
    "YearEndJournal",
    "BankJournal",
    "VatReturns",
    "PayrollJournal",
    "OutgoingPaymentReminder",
    "OutgoingNoticeOfDebtCollection",
    "OutgoingPaymentDemand",
    "OutgoingWarrantOfExecution",
    "CorrectionVoucher",
    "ReversalVoucher",
    "DepreciationJournal",
    "TravelExpense",
    "Settlement",
    "NegativeSettlement",
    "SystemGeneratedDocumentationVoucher",
]
"""`VoucherType` of ledger rows, without `Unknown`."""

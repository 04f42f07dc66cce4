"""The general ledger, supplier invoices and the documents of vouchers."""

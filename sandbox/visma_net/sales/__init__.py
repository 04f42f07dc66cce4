"""Invoices and credit notes to customers."""

"""Supplier invoices, journal transactions and attachments."""

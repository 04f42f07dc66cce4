"""Sales orders on their way to sent and paid invoices."""

"""How the tenants are, gathered once and shown three ways: a table, one HTML page, a JSON document."""

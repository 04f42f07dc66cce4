"""Customers, contacts, items, projects, and the company's own lists."""

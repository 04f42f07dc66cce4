"""Registers: settings, customers and what belongs to them, products, projects, staff, suppliers."""

"""Visma.net Financials (Visma Net ERP API)."""

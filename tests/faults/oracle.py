"""Judges the simulated systems' own stores by what people did, without asking the product what it meant to do."""

from __future__ import annotations

from tests.faults.evidence import Evidence
from tests.faults.findings import Finding
from tests.faults.oracle_costs import costs
from tests.faults.oracle_invoices import invoices
from tests.faults.oracle_registries import registries


def judge(evidence: Evidence) -> list[Finding]:
    """Everything that must not be."""
    return [*invoices(evidence), *costs(evidence), *registries(evidence), *passing(evidence)]


def passing(evidence: Evidence) -> list[Finding]:
    """Troubles that pass by themselves have passed."""
    return [
        Finding("stale", f"{issue['scope']} {issue['record']} is still {issue['error_class']}: {issue['what']}")
        for issue in evidence.issues
        if issue["error_class"] in {"transient", "rate limited", "outcome unknown"}
    ]

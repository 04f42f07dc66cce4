"""Judges the simulated systems' own stores by what people did, without asking the product what it meant to do."""

from __future__ import annotations

from tests.faults.evidence import Evidence
from tests.faults.findings import Finding
from tests.faults.oracle_costs import costs
from tests.faults.oracle_registers import doubles, kept


def judge(evidence: Evidence) -> list[Finding]:
    """Everything that must not be."""
    own = (finding for judge_ in evidence.people.erp.judges for finding in judge_(evidence))
    return [*own, *costs(evidence), *doubles(evidence), *kept(evidence), *passing(evidence)]


def passing(evidence: Evidence) -> list[Finding]:
    """Troubles that pass by themselves have passed."""
    return [
        Finding("stale", f"{issue['scope']} {issue['record']} is still {issue['error_class']}: {issue['what']}")
        for issue in evidence.issues
        if issue["error_class"] in {"transient", "rate limited", "outcome unknown"}
    ]

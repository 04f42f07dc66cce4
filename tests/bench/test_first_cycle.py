"""The first cycle at scale medium against a bare script that says the same to the same systems."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench.company import Replayed
from tests.bench.conftest import First
from tests.bench.figures import Figures
from tests.bench.processes import measured
from tests.bench.recording import Phase, phases, template

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

AIM = 1.5
"""The product's wall time as a multiple of the bare script's."""
LEAST_CALLS = {
    "poweroffice": (5, "itself read again, its rows, the create, the total read, the status"),
    "visma_net": (8, "as with a draft, and off hold, the release, and the number read"),
}
"""ERP -> the fewest calls per invoice beside its share of the list, and which they are."""
CREATES = ("POST /SalesOrders/Complete", "POST /customerinvoice", "POST /customerCreditNote")
OTHERS_SHOWN = 5
VALIDATE = """
from pathlib import Path
from expectations.apart import Validation
from expectations.totals import TotalRow
rows = [TotalRow(str(n), f"Invoice {{n}}", n, n + n % 6, "NOK", "NOK", passed=True) for n in range({rows})]
validation = Validation()
if rows:
    assert not validation.validate(rows, tenant="bench", run="bench", docs=Path({docs!r})).disagreements
validation.give_up()
"""


def test_the_first_cycle_takes_little_longer_than_its_calls(smaller: First, bare: Replayed, figures: Figures) -> None:
    cycle = smaller.cycle
    take = figures.of(f"First cycle at {smaller.company.words}: registries and invoices")
    take("wall time", cycle.usage.seconds, "s", note="the whole command, from start to exit")
    take("of it CPU of the product", cycle.usage.cpu, "s")
    take("calls", cycle.calls, note=f"{cycle.writes} of them writes")
    take("calls per second", cycle.calls / cycle.usage.seconds)
    take("wall time of the bare script", bare.usage.seconds, "s", note=f"its CPU {bare.usage.cpu:.1f} s")
    take("ratio to the bare script", cycle.usage.seconds / bare.usage.seconds, aim=AIM)
    take("ratio of CPU time", cycle.usage.cpu / bare.usage.cpu)
    shown = "; ".join(f"{m} {p} {was} now {now}" for _, m, p, was, now in bare.others[:OTHERS_SHOWN])
    take("replayed calls that were answered otherwise", len(bare.others), note=shown)
    take("peak memory", cycle.usage.peak, "MB", note=f"with the validation's process {cycle.usage.peak_of_all:.0f} MB")
    assert cycle.exchanges is not None
    registries = phases(cycle.exchanges)["registries"]
    take("registries alone", registries.seconds, "s", note=f"bare {bare.phases['registries']:.1f} s")
    take("ratio to the bare script", registries.seconds / bare.phases["registries"], aim=AIM)
    assert bare.calls > 0
    assert len(bare.others) < bare.calls / 100, "the replay is not the same run"


def test_invoices_go_out_in_few_calls_each(smaller: First, bare: Replayed, figures: Figures) -> None:
    assert smaller.cycle.exchanges is not None
    out = phases(smaller.cycle.exchanges)["invoices"]
    sent = sum(template(e) in CREATES for e in out.exchanges)
    created = int(smaller.cycle.report["jobs"]["invoice_export"]["created"])
    take = figures.of(f"Invoices at {smaller.company.words}")
    take("exported", created, note=f"{sent} drafts made; the others were refused for a reason")
    lists = out.templates["GET /invoices"]
    least, which = LEAST_CALLS[smaller.company.erp]
    take("calls per invoice, the least", least + lists / sent, note=f"its share of the list; {which}")
    take("calls per invoice, used", len(out.exchanges) / sent, note=per_invoice(out, sent))
    take("invoices per second", sent / out.seconds)
    take("the bare script's invoices per second", sent / bare.phases["invoices"])
    take("ratio to the bare script", out.seconds / bare.phases["invoices"], aim=AIM)
    assert created > 0


def test_the_total_check_in_words_costs_seconds_once(folder: Path, figures: Figures) -> None:
    """Great Expectations over a batch of 1 000 totals: what a run pays for it, in a process beside it."""
    take = figures.of("Great Expectations over 1 000 totals")
    for what, rows in (("import, validation and Data Docs", 1000), ("a process that is not needed after all", 0)):
        done = measured([sys.executable, "-c", VALIDATE.format(rows=rows, docs=str(folder / "docs"))], folder, {})
        assert done.code == 0, (folder / "err.log").read_text()
        took = f"CPU {done.usage.cpu:.1f} s, {done.usage.peak_of_all:.0f} MB in both processes"
        take(what, done.usage.seconds, "s", note=took)


def per_invoice(phase: Phase, invoices: int) -> str:
    """Calls per invoice by method and path, the most frequent first."""
    return ", ".join(f"{n / invoices:.2f} {name}" for name, n in phase.templates.most_common() if n / invoices >= 0.01)

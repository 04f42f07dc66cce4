"""The cycles after the first one: they write nothing, and what they cost does not grow with the registries (law 7)."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

import pytest

from tests.bench.company import Cycle
from tests.bench.conftest import First
from tests.bench.figures import Figure, Figures

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

CALLS = {"poweroffice": 25, "visma_net": 30}
"""ERP -> the most calls of a quiet cycle. Visma.net has more lists to look into: two of invoices, three of costs."""
GROWTH = 1.5
MEMORY = 500
QUIET = 3
"""How many quiet cycles are measured; the median counts."""


def test_the_next_cycles_write_nothing_and_cost_the_same_at_any_scale(
    smaller: First, larger: First, figures: Figures
) -> None:
    small, large = (_next_cycles(first, figures) for first in (smaller, larger))
    take = figures.of(f"Growth of a quiet cycle, {larger.company.words} against {smaller.company.scale}")
    take("calls", large[0].calls / small[0].calls, aim=GROWTH)
    take("CPU", _median_cpu(large) / _median_cpu(small), aim=GROWTH)
    assert all(cycle.writes == 0 for cycle in (*small, *large))
    assert large[0].calls <= small[0].calls * GROWTH
    assert max(small[0].calls, large[0].calls) <= CALLS[smaller.company.erp]


def test_the_first_cycle_of_a_large_company_keeps_its_memory(larger: First, figures: Figures) -> None:
    take = figures.of(f"First cycle at {larger.company.words}")
    usage = larger.cycle.usage
    take("wall time", usage.seconds, "s")
    take("of it CPU of the product", usage.cpu, "s")
    take("calls", larger.cycle.calls)
    take("calls per second", larger.cycle.calls / usage.seconds)
    take("peak memory", usage.peak, "MB", aim=MEMORY)
    take("peak memory with the validation's process", usage.peak_of_all, "MB", note="Great Expectations, for seconds")
    assert usage.peak < MEMORY


def _next_cycles(first: First, figures: Figures) -> list[Cycle]:
    """The cycle right after the first one, the one after ten minutes, and the quiet ones that follow; these."""
    take = figures.of(f"Cycles after the first one at {first.company.words}")
    right_after, most = first.company.run(), CALLS[first.company.erp]
    _tell(take, "right after", right_after, aim=most, note="the first cycle heard its own writes, or this one does")
    first.company.advance(10)
    _tell(take, "ten minutes later", first.company.run(), note="tokens may have ended meanwhile")
    quiet = [first.company.run() for _ in range(QUIET)]
    usage = quiet[0].usage
    take("quiet: calls", quiet[0].calls, aim=most, note=f"{quiet[0].token_calls} of them for a token")
    take("quiet: writes", max(cycle.writes for cycle in quiet), aim=0)
    take("quiet: wall time", median(cycle.usage.seconds for cycle in quiet), "s")
    take("quiet: CPU", _median_cpu(quiet), "s", note=f"most of it imports; peak {usage.peak:.0f} MB")
    assert right_after.writes == 0
    assert right_after.calls <= max(most, first.cycle.calls / 10)
    return quiet


def _tell(take: Callable[..., Figure], when: str, cycle: Cycle, *, note: str, aim: float | None = None) -> None:
    take(f"{when}: calls", cycle.calls, aim=aim, note=note)
    take(f"{when}: writes", cycle.writes, aim=0)
    take(f"{when}: wall time", cycle.usage.seconds, "s", note=f"CPU {cycle.usage.cpu:.1f} s")


def _median_cpu(cycles: list[Cycle]) -> float:
    return median(cycle.usage.cpu for cycle in cycles)

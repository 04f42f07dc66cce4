"""`python -m tests.faults --erp ERP --n 2000 --seed 1 --workers 2`: the campaign; exit code 1 when one failed."""

from __future__ import annotations

import argparse
import sys
import time

from tests.faults.campaign import Report, player, run
from tests.faults.erp import Erp
from tests.faults.erps import ERPS
from tests.faults.scenarios import draw


def main() -> int:
    """Play and report."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--erp", default=next(iter(ERPS)), choices=ERPS, help="with which ERP")
    parser.add_argument("--n", type=int, default=100, help="scenarios")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first; the others follow it")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=float, help="end after so many minutes")
    parser.add_argument("--show", action="store_true", help="one after another in this process, each with its story")
    given = parser.parse_args()
    seeds = range(given.seed, given.seed + given.n)
    erp = ERPS[given.erp]
    if given.show:
        report = shown(erp, seeds)
    else:
        until = None if given.minutes is None else time.monotonic() + given.minutes * 60
        report = run(erp, seeds, workers=given.workers, until=until, progress=True)
    print("\n".join(report.lines()))  # noqa: T201 - the report
    return 1 if report.failing else 0


def shown(erp: Erp, seeds: range) -> Report:
    """Play and tell every step."""
    report, began = Report(erp.name), time.monotonic()
    with player(erp) as own:
        for seed in seeds:
            scenario = draw(seed, erp)
            played = own.play(scenario)
            report.add(played)
            flags = f"settled {scenario.settled}, short pages {scenario.short_pages}, hasty {scenario.hasty}"
            print(f"seed {seed}: {flags}", *played.log, *map(str, played.findings), sep="\n  ")  # noqa: T201 - the story
    report.seconds = time.monotonic() - began
    return report


if __name__ == "__main__":
    sys.exit(main())

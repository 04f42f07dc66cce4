"""Stories of many seeds: `python -m tests.previews --erp visma_net --seed 1 --n 50`."""

from __future__ import annotations

import argparse
import sys

from tests.faults.erps import ERPS
from tests.previews.story import teller


def main() -> int:
    """Play them; the exit code says whether a preview and its run differed."""
    parser = argparse.ArgumentParser(prog="python -m tests.previews")
    parser.add_argument("--erp", choices=tuple(ERPS), default="poweroffice")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--n", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--show", action="store_true", help="tell the whole story")
    given = parser.parse_args()
    failing, foreseen, conditional = 0, 0, 0
    kinds: set[tuple[str, str, str]] = set()
    with teller(ERPS[given.erp]) as player:
        for seed in range(given.seed, given.seed + given.n):
            told = player.play(seed, given.rounds)
            foreseen, conditional, kinds = foreseen + told.foreseen, conditional + told.conditional, kinds | told.kinds
            failing += bool(told.findings)
            lines = [*(told.log if given.show else ()), *told.findings]
            if lines:
                sys.stdout.write("\n    ".join([f"seed {seed}", *(line[:600] for line in lines)]) + "\n")
                sys.stdout.flush()
    sys.stdout.write(f"{given.n} stories, {failing} failing; {foreseen} foreseen, {conditional} of them conditional\n")
    sys.stdout.write(f"kinds: {', '.join(' '.join(kind) for kind in sorted(kinds))}\n")
    return int(failing > 0)


if __name__ == "__main__":
    sys.exit(main())

"""What the comparison is measured beside: RapidFuzz on all pairs, and Splink in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.records import Customer
from tests.bench.registers import Registers

ENVIRONMENT = "SEVERA_SYNC_BENCH_SPLINK"
"""Environment variable: a Python that has Splink; without it, one is made of `splink.txt` for the session."""
PINS = Path(__file__).with_name("splink.txt")
SCRIPT = Path(__file__).with_name("splink_run.py")


@dataclass(frozen=True)
class Found:
    """The best partner of each record of Severa with its score (0 to 100), and the seconds it took."""

    pairs: list[tuple[str, str, float]]
    seconds: float

    def quality(self, truth: dict[str, str], least: float) -> tuple[float, float]:
        """(precision, recall) of the pairs from a score on."""
        kept = [(ours, theirs) for ours, theirs, score in self.pairs if score >= least]
        right = sum(truth.get(ours) == theirs for ours, theirs in kept)
        return right / max(len(kept), 1), right / len(truth)

    def best(self, truth: dict[str, str]) -> tuple[float, float, float]:
        """(precision, recall, score) at the threshold that a person who knows the truth would choose."""
        steps = [*range(50, 100, 2), 99, 99.9]
        return max(((*self.quality(truth, step), float(step)) for step in steps), key=lambda one: one[0] * one[1])


def all_pairs(registers: Registers) -> Found:
    """RapidFuzz alone: every name against every name, words in any order, on two cores."""
    import numpy as np  # noqa: PLC0415 - with pandas
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415

    started = time.perf_counter()
    ours, theirs = ([utils.default_process(c.name) for c in side] for side in (registers.severa, registers.erp))
    scores = process.cdist(ours, theirs, scorer=fuzz.token_sort_ratio, dtype=np.uint8, workers=2)
    places = scores.argmax(axis=1)
    pairs = [
        (each.id, registers.erp[place].id, float(scores[row, place]))
        for row, (each, place) in enumerate(zip(registers.severa, places, strict=True))
    ]
    return Found(pairs, time.perf_counter() - started)


def splink_python(folder: Path) -> Path | None:
    """A Python that has Splink; None where the package registry does not give it."""
    if given := os.environ.get(ENVIRONMENT):
        return Path(given)
    uv, place = Path(sys.executable).with_name("uv"), folder / "splink"
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, place],
        [uv, "pip", "install", "--quiet", "--require-hashes", "--python", place / "bin/python", "-r", PINS],
    ):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            sys.stderr.write(f"no environment with Splink: {done.stderr.strip()[-400:]}\n")
            return None
    return place / "bin/python"


def splink(python: Path, registers: Registers, folder: Path) -> Found:
    """Splink on the same rows; its own time, without starting Python."""
    given, result = folder / "registers.json", folder / "pairs.json"
    rows = {"severa": [_row(c) for c in registers.severa], "erp": [_row(c) for c in registers.erp]}
    given.write_text(json.dumps(rows))
    done = subprocess.run(
        [str(python), str(SCRIPT), str(given), str(result)], capture_output=True, text=True, timeout=3000, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said: dict[str, Any] = json.loads(result.read_text())
    return Found([(ours, theirs, 100 * chance) for ours, theirs, chance in said["pairs"]], said["seconds"])


def _row(customer: Customer) -> dict[str, Any]:
    address = customer.address
    return {
        "unique_id": customer.id,
        "name": customer.name.casefold(),
        "vat": customer.vat_number,
        "email": customer.email,
        "street": address.line1 if address else None,
        "postcode": address.postal_code if address else None,
        "country": address.country if address else None,
    }

"""Links two registers with Splink as its own documentation sets it up: `python splink_run.py REGISTERS RESULT`.

It runs in an environment of its own (`tests/bench/splink.txt`) and knows nothing of the product. REGISTERS is JSON,
`{"severa": [row], "erp": [row]}` with rows of unique_id, name, vat, email, street, postcode, country; RESULT gets
`{"seconds", "pairs": [[severa id, erp id, probability], ...]}` with the best partner of each row of Severa.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

NAME_RULES = (block_on("substr(name, 1, 5)"), block_on("substr(name, -8)"), block_on("vat"), block_on("email"))


def main(registers: Path, result: Path) -> None:
    """Train on the two registers, predict, keep the best."""
    held: dict[str, list[dict[str, Any]]] = json.loads(registers.read_text())
    hard = any(row["vat"] for row in held["severa"])
    started = time.perf_counter()
    comparisons: list[Any] = [
        cl.JaroWinklerAtThresholds("name", [0.95, 0.9, 0.8]),
        cl.ExactMatch("street"),
        cl.ExactMatch("postcode"),
        cl.ExactMatch("country"),
    ]
    if hard:
        comparisons += [cl.ExactMatch("vat"), cl.ExactMatch("email")]
    rules = [*NAME_RULES] if hard else [*NAME_RULES[:2], block_on("street", "postcode")]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )
    api = DuckDBAPI()
    frames = [api.register(_frame(held[side]), dataset_display_name=side) for side in ("severa", "erp")]
    linker = Linker(frames, settings)
    linker.training.estimate_probability_two_random_records_match(rules[2:], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6)
    linker.training.estimate_parameters_using_expectation_maximisation(rules[0])
    linker.training.estimate_parameters_using_expectation_maximisation(rules[2])
    found = linker.inference.predict(threshold_match_probability=0.05).as_record_list()
    best: dict[str, tuple[float, str]] = {}
    for row in found:
        ids = {row["source_dataset_l"]: row["unique_id_l"], row["source_dataset_r"]: row["unique_id_r"]}
        best[ids["severa"]] = max(best.get(ids["severa"], (0.0, "")), (row["match_probability"], ids["erp"]))
    pairs = [[ours, theirs, probability] for ours, (probability, theirs) in best.items()]
    result.write_text(json.dumps({"seconds": time.perf_counter() - started, "pairs": pairs}))


def _frame(rows: list[dict[str, Any]]) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - comes with Splink

    return pa.Table.from_pylist(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""The expectations of the total check and their suite (ALL-07).

This module imports Great Expectations: import it only inside `expectations.loading.great_expectations`.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from great_expectations.compatibility.pydantic import Field
from great_expectations.core import ExpectationSuite
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.core.expect_column_pair_values_to_be_equal import (
    ExpectColumnPairValuesToBeEqual,
)
from great_expectations.expectations.expectation import MulticolumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider.multicolumn_condition_partial import (
    multicolumn_condition_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.multicolumn_map_metric_provider import (
    MulticolumnMapMetricProvider,
)
from great_expectations.expectations.row_conditions import Column, RowConditionType

from expectations.frame import COMPARABLE, ERP, ERP_CURRENCY, SEVERA, SEVERA_CURRENCY, TOLERANCE

SUITE = "totals"


class TotalsAgree(MulticolumnMapMetricProvider):
    """Row by row: the second column differs from the first by at most the third, all in whole minor units."""

    condition_metric_name = "totals.agree"
    condition_domain_keys = ("batch_id", "table", "column_list", "row_condition", "condition_parser", "ignore_row_if")
    condition_value_keys = ()

    @multicolumn_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]  # not typed there
    def _pandas(cls, column_list: pd.DataFrame, **_: Any) -> pd.Series[bool]:  # noqa: N805  # made a class method
        severa, erp, tolerance = (column_list[name] for name in column_list.columns)
        if any(column.dtype != "int64" for column in (severa, erp, tolerance)):
            raise TypeError(f"totals are compared as int64 minor units, not as {column_list.dtypes.to_dict()}")
        return (erp - severa).abs() <= tolerance


class ExpectTotalsToAgree(MulticolumnMapExpectation):
    """The ERP's total including VAT is Severa's, within 0.05; rows in two currencies are not compared."""

    column_list: list[str] = Field(default=[SEVERA, ERP, TOLERANCE])
    row_condition: RowConditionType = Field(default=Column(COMPARABLE) == 1)
    map_metric = "totals.agree"


class ExpectTotalsInOneCurrency(ExpectColumnPairValuesToBeEqual):
    """Both totals of an invoice are in the same currency."""

    column_A: str = SEVERA_CURRENCY  # noqa: N815  # the name is given
    column_B: str = ERP_CURRENCY  # noqa: N815  # the name is given


def totals_suite() -> ExpectationSuite:
    """The suite, in words for people."""
    return ExpectationSuite(
        name=SUITE,
        expectations=[
            ExpectTotalsInOneCurrency(
                description="Severa and the ERP state the invoice's total in the same currency.",
                notes="Totals in different currencies are never compared; such an invoice is kept back.",
            ),
            ExpectTotalsToAgree(
                description="The ERP's total including VAT differs from Severa's by at most 0.05.",
                notes=(
                    "Both totals are rounded to the currency's minor unit first. Exactly 0.05 passes. "
                    "Where the smallest unit is larger than that (ISK, JPY) the totals must be equal. "
                    "An invoice whose totals differ by more is not left in the ERP."
                ),
            ),
        ],
    )

"""The explicit table of ERPs that the campaign plays."""

from __future__ import annotations

from collections.abc import Mapping

from tests.faults.erp import Erp
from tests.faults.poweroffice.description import POWEROFFICE
from tests.faults.visma_net.description import VISMA_NET

ERPS: Mapping[str, Erp] = {erp.name: erp for erp in (POWEROFFICE, VISMA_NET)}

"""The suite: what any connector must pass.

A connector's test file names its `System` and takes the classes that it has ports for:

    from tests.conformance import suite
    from tests.conformance.systems.ledger import LEDGER as SYSTEM

    class TestReading(suite.Reading): ...
"""

from tests.conformance.costs import Costs
from tests.conformance.hostile import HostileDocuments, HostileRows
from tests.conformance.invoices import Invoices
from tests.conformance.lost import LostAnswers
from tests.conformance.reading import Reading
from tests.conformance.refusals import Refusals
from tests.conformance.released import AttachedFiles, ReleasedInvoices
from tests.conformance.sent import SentInvoices
from tests.conformance.writing import Writing

__all__ = [
    "AttachedFiles",
    "Costs",
    "HostileDocuments",
    "HostileRows",
    "Invoices",
    "LostAnswers",
    "Reading",
    "Refusals",
    "ReleasedInvoices",
    "SentInvoices",
    "Writing",
]

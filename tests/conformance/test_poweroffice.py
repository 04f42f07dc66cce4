"""PowerOffice Go against the conformance suite: registries, invoices and purchase costs."""

from __future__ import annotations

from tests.conformance import suite
from tests.conformance.systems.poweroffice import POWEROFFICE as SYSTEM

__all__ = ["SYSTEM"]


class TestReading(suite.Reading): ...


class TestWriting(suite.Writing): ...


class TestLostAnswers(suite.LostAnswers): ...


class TestRefusals(suite.Refusals): ...


class TestHostileRows(suite.HostileRows): ...


class TestHostileDocuments(suite.HostileDocuments): ...


class TestInvoices(suite.Invoices): ...


class TestSentInvoices(suite.SentInvoices): ...


class TestCosts(suite.Costs): ...

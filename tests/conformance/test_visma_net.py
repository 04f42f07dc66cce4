"""Visma.net Financials against the conformance suite: registries, invoices and costs."""

from __future__ import annotations

from tests.conformance import suite
from tests.conformance.systems.visma_net import VISMA_NET as SYSTEM

__all__ = ["SYSTEM"]


class TestReading(suite.Reading): ...


class TestWriting(suite.Writing): ...


class TestLostAnswers(suite.LostAnswers): ...


class TestRefusals(suite.Refusals): ...


class TestHostileRows(suite.HostileRows): ...


class TestHostileDocuments(suite.HostileDocuments): ...


class TestInvoices(suite.Invoices): ...


class TestSentInvoices(suite.SentInvoices): ...


class TestReleasedInvoices(suite.ReleasedInvoices): ...


class TestAttachedFiles(suite.AttachedFiles): ...


class TestCosts(suite.Costs): ...

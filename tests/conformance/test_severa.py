"""Severa against the conformance suite: its registries."""

from __future__ import annotations

from tests.conformance import suite
from tests.conformance.systems.severa import SEVERA as SYSTEM

__all__ = ["SYSTEM"]


class TestReading(suite.Reading): ...


class TestWriting(suite.Writing): ...


class TestLostAnswers(suite.LostAnswers): ...


class TestRefusals(suite.Refusals): ...


class TestHostileRows(suite.HostileRows): ...

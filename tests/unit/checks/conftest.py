"""Each module has simulated systems and a tenant of its own that never ran; what a test spoils is undone after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.checked import Checked


@pytest.fixture
def checked(tenant: Checked) -> Iterator[Checked]:
    """The module's tenant; its file is as it was afterwards."""
    path = tenant.company.tenants / f"{tenant.company.name}.yaml"
    before = path.read_text(encoding="utf-8")
    yield tenant
    path.write_text(before, encoding="utf-8")

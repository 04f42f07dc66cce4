"""A run of the registries that is killed while numbers are taken over, and a rerun (VN-02, VN-04, law 1)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

import pytest

from tasks.registry_numbers import ASIDE
from tests.support.killing import AT_EVERY_MOMENT, KILLED, Killer, Warm, requests_that_matter, run_killed, warm
from tests.support.registry_scene import Registrar
from tests.support.sandbox import serving
from tests.support.visma_net_company import found_visma_net_company
from tests.support.visma_net_scene import VismaNetScene

NUMBERS = count(31001, 10)
OF_A_TAKEOVER = {"PATCH /severa/v1/customers/{}", "POST /visma_net/v1/customer"}
"""Requests whose loss can leave a number in the wrong place."""


@pytest.fixture(scope="module")
def starter(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with warm(tmp_path_factory.mktemp("warm")) as running:
        yield running


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Iterator[VismaNetScene]:
    with serving(tmp_path_factory.mktemp("sandbox"), erp="visma_net") as sandbox:
        company = found_visma_net_company(tmp_path_factory.mktemp("company"), sandbox)
        company.good("registry_sync")
        registrar = Registrar(sandbox)
        yield VismaNetScene(company, registrar)
        registrar.close()


@pytest.mark.thorough
@pytest.mark.timeout(600)
@pytest.mark.parametrize("when", AT_EVERY_MOMENT)
def test_a_kill_at_any_request_of_a_takeover_ends_with_every_number_in_its_place(
    scene: VismaNetScene, starter: Warm, when: str
) -> None:
    """VN-04: two customers trade numbers, a third one gets another, a fourth is new in Visma.net; nothing is twice."""
    names: list[str] = []

    def people() -> None:
        at = next(NUMBERS)
        names[:] = [f"Bytte {letter} {at} AS" for letter in "ABC"]
        for place, name in enumerate(names):
            scene.customer(name, number=at + place)
        for name, number in zip(names, (at + 1, at, at + 5), strict=True):
            scene.visma_customer(name, number)
        names.append(scene.customer(f"Ny {at} AS")["name"])

    def check() -> None:
        for name in names:
            ours, theirs = scene.numbers(name)  # one of each name on either side
            assert ours == theirs
        everyone = scene.sandbox.objects("severa", "customers")
        assert [row["name"] for row in everyone if (row["number"] or 0) >= ASIDE] == []
        about = [issue for issue in scene.company.issues("customers") if any(name in issue.label for name in names)]
        assert about == []

    chance, met = Random(when), []
    for shape, number in requests_that_matter(scene.company, "registry_sync", people):
        if shape not in OF_A_TAKEOVER:
            continue
        people()
        killer = Killer(number, when, pause=chance.uniform(0, 0.03), shape=shape)
        child = run_killed(
            scene.company, starter, killer, "run", scene.company.name, "--job", "registry_sync", "--json"
        )
        assert child.code in {KILLED, 0, 3}, child.output.read_text()
        scene.company.good("registry_sync")
        check()
        met.append(shape)
    assert met.count("PATCH /severa/v1/customers/{}") >= 5, met
    assert "POST /visma_net/v1/customer" in met, met
    assert scene.sync() == []

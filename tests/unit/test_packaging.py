"""How the project is installed, checked and deployed: pins, rooms, make targets, prefect.yaml."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from prefect import Flow
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
PREFECT_YAML = (ROOT / "prefect.yaml").read_text(encoding="utf-8")
JOBS = ("cycle", "registry-sync", "invoice-export", "invoice-status", "cost-import", "prune", "compare", "check")


def pins() -> dict[str, list[tuple[str, int]]]:
    """Package -> its pinned versions (several where they differ by Python) with the number of their hashes."""
    found: dict[str, list[tuple[str, int]]] = {}
    for block in re.split(r"\n(?=[a-z0-9])", CONSTRAINTS.replace("\\\n", " ")):
        requirement, *hashes = re.split(r"\s+--hash=sha256:", block.strip())
        parsed = Requirement(requirement)
        (exact,) = parsed.specifier
        assert exact.operator == "==", requirement
        assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in hashes), requirement
        found.setdefault(canonicalize_name(parsed.name), []).append((exact.version, len(hashes)))
    return found


def requirements() -> list[Requirement]:
    """Everything that pyproject.toml asks for itself."""
    named = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["dependency-groups"]["dev"]]
    return [Requirement(text) for text in (*named, *PYPROJECT["build-system"]["requires"])]


def deployments() -> list[dict[str, Any]]:
    """The deployments of prefect.yaml."""
    found: list[dict[str, Any]] = YAML(typ="safe").load(PREFECT_YAML)["deployments"]
    return found


def make(*arguments: str, **more: str) -> str:
    """What make prints."""
    command = shutil.which("make")
    if command is None:
        pytest.skip("make is not installed")
    done = subprocess.run(
        [command, "--no-print-directory", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")} | more,
    )
    return done.stdout


# pins ----------------------------------------------------------------------------------------------------------------


def test_every_version_is_pinned_with_hashes() -> None:
    assert len(pins()) > 100
    assert [name for name, versions in pins().items() if not all(hashes for _, hashes in versions)] == []


def test_constraints_name_no_address_and_no_path() -> None:
    assert not re.search(r"://|^--?[a-z]|@|/", CONSTRAINTS, re.MULTILINE)


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: requirement.name)
def test_direct_dependencies_are_bounded_below_and_pinned_within_their_bounds(requirement: Requirement) -> None:
    assert any(each.operator == ">=" for each in requirement.specifier)
    versions = pins()[canonicalize_name(requirement.name)]
    assert [version for version, _ in versions if version not in requirement.specifier] == []


# rooms ---------------------------------------------------------------------------------------------------------------


def test_every_room_is_packaged_type_checked_and_under_the_import_rules() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    tool = PYPROJECT["tool"]
    assert set(tool["hatch"]["build"]["targets"]["wheel"]["only-include"]) == rooms
    assert set(tool["mypy"]["packages"]) == rooms
    assert set(tool["importlinter"]["root_packages"]) == rooms


def test_connectors_with_an_adapter_are_under_the_rule_that_none_imports_another() -> None:
    contracts = {each["id"]: each for each in PYPROJECT["tool"]["importlinter"]["contracts"]}
    folders = {f"connectors.{path.parent.name}" for path in ROOT.glob("connectors/*/adapter.py")}
    assert set(contracts["connectors-stand-alone"]["modules"]) == folders


def test_a_wheel_holds_the_rooms_with_their_data_and_no_tests(tmp_path: Path) -> None:
    build = f"from hatchling.build import build_wheel; print(build_wheel({str(tmp_path)!r}))"
    done = subprocess.run([sys.executable, "-c", build], cwd=ROOT, capture_output=True, text=True, check=True)
    with zipfile.ZipFile(tmp_path / done.stdout.strip().splitlines()[-1]) as wheel:
        names = set(wheel.namelist())
    assert {"cli/main.py", "flows/cycle.py", "sandbox/server.py", "state/migrations/env.py"} <= names
    assert any(name.startswith("expectations/templates/") for name in names)
    assert not any(name.startswith(("tests/", "docs/", ".")) for name in names)


# make ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["demo", "test", "check", "bench", "help", "lock", "docs"])
def test_make_help_lists_every_target(target: str) -> None:
    assert re.search(rf"^make {target} +\S", make("help"), re.MULTILINE)


def test_make_demo_keeps_the_servers_up_on_request() -> None:
    assert "severa-sync demo --keep" in make("--dry-run", "demo", "KEEP=1")
    assert "--keep" not in make("--dry-run", "demo")


def test_telemetry_is_off_in_everything_that_make_starts(tmp_path: Path) -> None:
    probe = tmp_path / "probe.mk"
    probe.write_text("probe:\n\t@env\n")
    found = set(make("-f", "Makefile", "-f", str(probe), "probe").splitlines())
    assert {"PREFECT_SERVER_ANALYTICS_ENABLED=false", "DO_NOT_TRACK=1", "GX_ANALYTICS_ENABLED=false"} <= found


@pytest.mark.parametrize("script", [".ci/run", ".ci/environment"])
def test_scripts_are_executable_and_stop_at_the_first_error(script: str) -> None:
    path = ROOT / script
    text = path.read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text
    assert os.access(path, os.X_OK)
    bash = shutil.which("bash")
    if bash is not None:
        subprocess.run([bash, "-n", str(path)], check=True)


# prefect.yaml --------------------------------------------------------------------------------------------------------


def test_every_job_has_a_deployment_on_the_work_pool_with_a_description() -> None:
    assert [each["name"] for each in deployments()] == list(JOBS)
    for each in deployments():
        assert each["work_pool"] == {"name": "severa-sync"}
        assert len(each["description"]) > 40
        assert not {"schedule", "schedules"} & set(each)


@pytest.mark.parametrize("deployment", deployments(), ids=lambda each: each["name"])
def test_deployments_lead_to_flows_that_take_their_parameters(deployment: dict[str, Any]) -> None:
    """ALL-11: the tenant is always said when a run is started, so it has no default in a deployment."""
    file, _, name = deployment["entrypoint"].partition(":")
    assert (ROOT / file).is_file()
    flow = getattr(import_module(file.removesuffix(".py").replace("/", ".")), name)
    assert isinstance(flow, Flow)
    assert flow.name == deployment["name"]
    taken = signature(flow.fn).parameters
    assert set(deployment["parameters"]) == set(taken) - {"tenant"}
    assert all(taken[key].default == value for key, value in deployment["parameters"].items())


def test_the_template_of_a_tenants_deployment_fits_the_file() -> None:
    """PO-01: every 10 minutes by day, every hour in the evening, nothing from midnight to eight."""
    given, _, template = PREFECT_YAML.partition("# A tenant with a timetable of its own")
    lines = [line.removeprefix("#") for line in template.splitlines() if line.startswith("#  ")]
    last = YAML(typ="safe").load("\n".join([given, *lines]))["deployments"][-1]
    assert last["entrypoint"] == "flows/cycle.py:cycle"
    assert last["work_pool"] == {"name": "severa-sync"}
    assert [each["cron"] for each in last["schedules"]] == ["*/10 8-18 * * *", "0 19-23 * * *"]

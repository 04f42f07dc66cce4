"""`Dockerfile` and `compose.yaml`, as far as they can be judged without Docker: what they name is there and safe."""

from __future__ import annotations

import inspect
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
from prefect.cli import server
from prefect.settings import Settings
from prefect.settings.legacy import _get_settings_fields
from ruamel.yaml import YAML
from typer.main import get_command

from cli.main import app

ROOT = Path(__file__).parents[2]
DOCKERFILE = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
IGNORED = [
    line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] not in {"", "#"}
]
COMPOSE: dict[str, Any] = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("server", "worker")
PINNED = re.compile(r"[a-z-]+:\d+\.\d+(\.\d+)?(-[a-z]+)*")
ROOMS = ("cli", "connectors", "core", "expectations", "flows", "sandbox", "state", "tasks", "tenants", "workers")
per_service = pytest.mark.parametrize("name", SERVICES)


def instructions(word: str) -> list[str]:
    """What follows every use of an instruction."""
    return [line.partition(" ")[2].strip() for line in DOCKERFILE.splitlines() if line.startswith(f"{word} ")]


def variables() -> dict[str, str]:
    """Environment of the image: of its last stage."""
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    given = [line.partition(" ")[2] for line in last.splitlines() if line.startswith("ENV ")]
    return dict(pair.partition("=")[::2] for line in given for pair in shlex.split(line))


def environment(name: str) -> dict[str, str]:
    """Environment of a service: the image's, and its own over it."""
    own = {key: str(value) for key, value in SERVICES[name].get("environment", {}).items()}
    return {**(variables() if name in OURS else {}), **own}


def words(command: str | list[str]) -> list[str]:
    """The words of a command, those of a shell within it included."""
    given = shlex.split(command) if isinstance(command, str) else command
    return shlex.split(given[2].replace("$$", "$")) if given[:2] == ["sh", "-c"] else given


def commands() -> dict[str, list[str]]:
    """Where a command stands -> its words."""
    (default,) = instructions("CMD")
    return {"Dockerfile": json.loads(default), **{name: words(SERVICES[name]["command"]) for name in OURS}}


# the image ------------------------------------------------------------------------------------------------------------


def test_images_are_pinned_by_a_tag_that_says_a_version() -> None:
    stages = [line.partition(" AS ")[0] for line in instructions("FROM")]
    images = [*stages, *(service["image"] for service in SERVICES.values())]
    assert [image for image in images if not PINNED.fullmatch(image)] == []
    assert len(set(stages)) == 1, "what was compiled in one stage runs in the other"


def test_the_image_has_the_version_of_the_program_and_a_python_that_it_takes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {SERVICES[name]["image"] for name in OURS} == {f"severa-sync:{project['version']}"}
    assert instructions("FROM")[0].startswith("python:3.11.")
    assert project["requires-python"] == ">=3.11"


def test_what_is_copied_exists_and_is_let_through() -> None:
    """All rooms, the two files that say what to install, and nothing else: no tenant file, no secret, no test."""
    through = {line[1:] for line in IGNORED if line.startswith("!")}
    assert IGNORED[0] == "*"
    assert through == {*ROOMS, "constraints.txt", "pyproject.toml"}
    assert all((ROOT / name).exists() for name in through)
    assert IGNORED[IGNORED.index("!tenants") + 1 :].count("tenants/*.yaml") == 1
    named = {name for line in instructions("COPY") if "--from" not in line for name in line.split()[:-1]} - {"."}
    assert named <= through


def test_packages_are_installed_by_their_hashes() -> None:
    """uv checks those of a file of constraints."""
    run = " ".join(instructions("RUN"))
    assert "--require-hashes" in run
    assert run.count("uv pip install") == run.count("--constraint constraints.txt") + run.count("--build-constraint")
    assert re.search(r"^uv==", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)


def test_telemetry_is_off_in_the_image() -> None:
    assert {"PREFECT_SERVER_ANALYTICS_ENABLED", "DO_NOT_TRACK", "GX_ANALYTICS_ENABLED"} <= set(variables())


# the services ---------------------------------------------------------------------------------------------------------


@per_service
def test_nothing_runs_as_root_or_may_become_it(name: str) -> None:
    service = SERVICES[name]
    user = service.get("user") or (instructions("USER")[-1] if name in OURS else "root")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    assert user == instructions("USER")[-1], "one owner for all secret files"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


@per_service
def test_every_service_says_how_it_is_well_and_comes_back(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)
    assert SERVICES[name]["restart"] == "unless-stopped"
    for other, wanted in SERVICES[name].get("depends_on", {}).items():
        assert wanted == {"condition": "service_healthy"}
        assert "healthcheck" in SERVICES[other]


@per_service
def test_secrets_come_by_file_and_stand_nowhere(name: str) -> None:
    """Law 9: no password in a variable or an address; each file is declared, and each that is declared is used."""
    service = SERVICES[name]
    for key, value in environment(name).items():
        assert not re.search(r"://[^/@]*:[^/@]*@", value), key
        assert key.endswith("_FILE") or not re.search("PASSWORD|SECRET|KEY", key), key
    assert set(service["secrets"]) <= set(COMPOSE["secrets"])
    read = set(re.findall(r"/run/secrets/([a-z_]+)", json.dumps(service)))
    assert read == set(service["secrets"])
    assert set(COMPOSE["secrets"]) == {each for one in SERVICES.values() for each in one["secrets"]}
    assert all(re.fullmatch(r"\./secrets/[a-z_]+", each["file"]) for each in COMPOSE["secrets"].values())


@per_service
def test_volumes_are_declared_and_a_persons_files_are_only_read(name: str) -> None:
    for volume in SERVICES[name]["volumes"]:
        source, _, place = volume.partition(":")
        assert source in COMPOSE["volumes"] or (source.startswith("./") and place.endswith(":ro")), volume
    assert set(COMPOSE["volumes"]) == {
        volume.partition(":")[0] for one in SERVICES.values() for volume in one["volumes"] if volume[0] != "."
    }


def test_only_this_machine_can_reach_it() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "server": ["127.0.0.1:4200:4200"]
    }


# what they name -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["Dockerfile", *OURS])
def test_every_command_exists_with_its_options(place: str) -> None:
    given = [word for word in commands()[place] if word != "exec" and not re.match(r"[A-Z_]+=", word)]
    options = {word for word in given if word.startswith("--")}
    if given[0] == "severa-sync":
        command: Any = get_command(app)
        known = {name for each in command.commands[given[1]].params for name in each.opts}
        assert options <= known, options - known
    else:
        assert given[:3] == ["prefect", "server", "start"]
        declared = str(inspect.signature(server.start))
        assert all(f"'{option}'" in declared for option in options), options


def test_the_worker_touches_the_file_that_its_health_check_looks_at() -> None:
    for place in ("Dockerfile", "worker"):
        given = commands()[place]
        assert given[given.index("--alive") + 1] in SERVICES["worker"]["healthcheck"]["test"][1]


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_one_of_prefect_or_of_ours(name: str) -> None:
    program = "".join(file.read_text(encoding="utf-8") for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    for key in environment(name):
        if key.startswith("PREFECT_"):
            assert key in _get_settings_fields(Settings), key
        elif key.startswith("SEVERA_SYNC_"):
            assert f'"{key}"' in program, key


def test_both_databases_are_made_and_apart() -> None:
    """Prefect and the state each keep a table alembic_version."""
    made = {environment("database")["POSTGRES_DB"]}
    made |= set(re.findall(r"CREATE DATABASE (\w+);", COMPOSE["configs"]["second_database"]["content"]))
    state = environment("worker")["SEVERA_SYNC_DATABASE_URL"]
    prefect = environment("server")["PREFECT_SERVER_DATABASE_CONNECTION_URL"]
    assert {state.rpartition("/")[2], prefect.rpartition("/")[2]} == made == {"state", "prefect"}
    owner = environment("database")["POSTGRES_USER"]
    assert all(f"//{owner}@database:5432/" in url for url in (state, prefect))
    assert "--encoding=UTF8" in environment("database")["POSTGRES_INITDB_ARGS"]

"""Help, wrong usage and wrong tenant files: one clear sentence, exit code 2, and nothing done."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no stubs here

from tenants.document import read
from tests.e2e.commandline import COMPLETED, CONFIGURATION, CommandLine, everything_below, line_of, rewrite
from tests.support.company import NAME
from tests.support.sandbox import Sandbox
from tests.support.thorough import thorough

OPTIONS: dict[str, tuple[str, ...]] = {
    "": (
        "init",
        "run",
        "transfers",
        "issues",
        "retry",
        "status",
        "audit",
        "prune",
        "schema",
        "sandbox",
        "demo",
        "server",
    ),
    "init": ("tenant", "--erp", "--set", "--plain", "--from-sandbox", "--yes", "--headless", "--force"),
    "run": ("tenant", "--job", "--preview", "--record", "--since", "--until", "--json", "registry_sync", "cycle"),
    "transfers": ("tenant", "--json"),
    "issues": (
        *("tenant", "--class", "--registry", "--state", "--record", "--new", "--all"),
        *("--ignore", "--reason", "--reopen", "--json"),
    ),
    "audit": ("tenant", "--record", "--since", "--limit", "--json"),
    "prune": ("--days", "--json"),
    "retry": ("tenant", "--record", "--all", "--json"),
    "status": ("tenant", "--json"),
    "schema": ("JSON schema",),
    "sandbox": ("--systems", "--scale", "--seed", "--port", "--ready", "--rate-limits"),
    "demo": ("--keep", "--scale", "--seed"),
    "server": ("start", "stop", "status"),
    "server start": ("background",),
    "server stop": ("Stop",),
    "server status": ("--json",),
}


@pytest.mark.thorough
@pytest.mark.parametrize("command", OPTIONS)
def test_help_tells_every_option(command: str, empty: CommandLine) -> None:
    """Specification, section 3."""
    said = empty(*command.split(), "--help").expect(COMPLETED)
    for word in OPTIONS[command]:
        assert word in said.out, f"{command} --help does not tell of {word}"
    assert not said.err
    assert everything_below(empty.folder) == {}


MISUSES: dict[str, tuple[str, str]] = {
    "run nobody": ("run nobody", r"no tenant file .*nobody\.yaml.*severa-sync init"),
    "transfers nobody": ("transfers nobody", r"no tenant file .*nobody\.yaml"),
    "issues nobody": ("issues nobody", r"no tenant file .*nobody\.yaml"),
    "status nobody": ("status nobody", r"no tenant file .*nobody\.yaml"),
    "retry nobody": ("retry nobody --all", r"no tenant file .*nobody\.yaml"),
    "a way out of the folder": ("run ../../etc/passwd", r"no tenant file "),
    "unknown job": ("run fjord --job nightly", r"no job 'nightly'.*cycle, registry_sync, invoice_export"),
    "retry of what": ("retry fjord", r"what to retry.*--record ID or --all"),
    "retry of both": ("retry fjord --all --record 1", r"what to retry.*--record ID or --all"),
    "wrong ERP": ("init fjord --erp netvisor", r"no ERP of this name; choose poweroffice or visma_net"),
    "nearly an ERP": ("init fjord --erp poweroffise", r"[Dd]id you mean poweroffice\?"),
    "name of a tenant": ("init Fjord/.. --erp poweroffice", r"tenant's name has small letters"),
    "no ready file": ("init fjord --erp poweroffice --from-sandbox no.json", r"ready file no\.json .*no such file"),
    "not a ready file": ("init fjord --erp poweroffice --from-sandbox text", r"ready file text .*not JSON"),
    "plain without an ERP": ("init fjord --plain", r"The ERP is missing.*--erp poweroffice\|visma_net"),
    "plain with answers": ("init fjord --plain --erp poweroffice --set time_zone=UTC", r"--set goes with questions"),
    "half a ready file": ("init fjord --erp poweroffice --from-sandbox half", r"does not name poweroffice"),
    "unknown system": ("sandbox --ready r --systems severa,sap", r"sap.*severa, poweroffice"),
    "no system": ("sandbox --ready r --systems ,", r"severa, poweroffice"),
    "unknown scale": ("sandbox --ready r --scale huge", r"huge.*small, medium, large"),
    "unknown rate limits": ("sandbox --ready r --rate-limits maybe", r"maybe.*on or off"),
    "unwritable ready file": ("sandbox --ready text/r", r"cannot be served"),
}


@pytest.mark.parametrize("misuse", [*list(MISUSES)[::4], *thorough(m for n, m in enumerate(MISUSES) if n % 4)])
def test_wrong_usage_is_one_sentence_with_exit_2_and_does_nothing(misuse: str, empty: CommandLine) -> None:
    """Specification, sections 3 and 8."""
    arguments, pattern = MISUSES[misuse]
    (empty.folder / "text").write_text("no json")
    (empty.folder / "half").write_text('{"severa": {"base_url": "http://127.0.0.1:9", "client_secret": "s"}}')
    before = everything_below(empty.folder)
    said = empty(*arguments.split()).expect(CONFIGURATION)
    assert re.search(pattern, said.complaint), said.complaint
    assert said.out == ""
    assert everything_below(empty.folder) == before


@pytest.mark.parametrize("arguments", ["launch", "run", "run fjord --fast", "sandbox --ready r --port high"])
def test_what_the_command_line_does_not_know_is_exit_2(arguments: str, empty: CommandLine) -> None:
    """Specification, section 3."""
    said = empty(*arguments.split()).expect(CONFIGURATION)
    assert "--help" in said.err
    assert said.out == ""


def test_a_taken_port_is_told(empty: CommandLine) -> None:
    """Specification, section 2: `--port P`."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = empty("sandbox", "--ready", "ready.json", "--port", port).expect(CONFIGURATION)
    assert "in use" in said.complaint
    assert not (empty.folder / "ready.json").exists()


# ---------------------------------------------------------------- init


def test_init_keeps_the_secrets_by_reference_and_readable_for_their_owner_only(
    cli: CommandLine, sandbox: Sandbox
) -> None:
    """ALL-12, law 9."""
    text = cli.file(NAME).read_text()
    secrets = everything_below(cli.home / "secrets")
    given = {sandbox.access["severa"]["client_secret"]}
    given |= {sandbox.access["poweroffice"][name] for name in ("application_key", "client_key", "subscription_key")}
    assert {content.decode().strip() for content in secrets.values()} == given
    for path in secrets:
        assert path.stat().st_mode & 0o077 == 0
        assert f"file:secrets/{path.name}" in text
    assert not [secret for secret in given if secret in text]


@pytest.mark.thorough
def test_a_second_init_refuses_and_changes_nothing_unless_it_is_forced(cli: CommandLine, sandbox: Sandbox) -> None:
    """Specification, section 3."""
    arguments = ("init", "second", "--erp", "poweroffice", "--from-sandbox", sandbox.ready)
    cli(*arguments).expect(COMPLETED)
    rewrite(cli.file("second"), timetable="staggered  # by hand")
    before = everything_below(cli.folder)
    said = cli(*arguments).expect(CONFIGURATION)
    assert "second.yaml exists already" in said.complaint
    assert "--force" in said.complaint
    assert everything_below(cli.folder) == before
    cli(*arguments, "--force").expect(COMPLETED)
    assert "by hand" not in cli.file("second").read_text()
    cli.file("second").unlink()


def test_init_from_a_sandbox_that_refuses_or_is_gone_leaves_nothing(empty: CommandLine, sandbox: Sandbox) -> None:
    """ALL-12: all or nothing."""
    wrong = json.loads(sandbox.ready.read_text())
    wrong["severa"]["client_secret"] = "not-the-secret"
    (empty.folder / "wrong.json").write_text(json.dumps(wrong))
    gone = json.loads(sandbox.ready.read_text())
    gone["severa"]["base_url"] = "http://127.0.0.1:9/severa"
    (empty.folder / "gone.json").write_text(json.dumps(gone))
    for name, word in (("wrong", "refused the credentials"), ("gone", "does not answer")):
        said = empty("init", "fjord", "--erp", "poweroffice", "--from-sandbox", f"{name}.json").expect(CONFIGURATION)
        assert word in said.complaint
        assert "not-the-secret" not in said.err
    assert not empty.home.exists()
    assert not empty.tenants.exists()


def test_a_template_says_line_by_line_what_is_to_be_filled_in(empty: CommandLine) -> None:
    """ALL-12: `init --plain`."""
    said = empty("init", "fjord", "--erp", "poweroffice", "--plain").expect(COMPLETED)
    assert "Fill in" in said.out
    file = empty.file("fjord")
    open_lines = [n for n, line in enumerate(file.read_text().splitlines(), 1) if line.endswith(": <fill in>")]
    assert open_lines
    said = empty("run", "fjord").expect(CONFIGURATION)
    complaints = said.err.splitlines()
    assert [int(line.removeprefix(f"{file}:").partition(":")[0]) for line in complaints] == open_lines
    assert all("is not filled in yet" in line for line in complaints)


# ---------------------------------------------------------------- tenant files


def broken(cli: CommandLine, name: str = "broken") -> tuple[Path, dict[str, str]]:
    """A tenant file with five mistakes, and what has to be said of the line that begins so."""
    file = cli.file(name)
    file.write_text(cli.file(NAME).read_text() + "colour: red\n")
    rewrite(
        file,
        tenant=name,
        enabled="yes",
        timetable="sometimes",
        time_zone="Europe/Osl",
        client_secret="hunter2-in-the-file",
    )
    return file, {
        "enabled:": "write true or false",
        "time_zone:": "did you mean Europe/Oslo?",
        "timetable:": "choose staggered, every_5_minutes, every_10_minutes or always",
        "client_secret:": "block:NAME, env:NAME or file:PATH",
        "colour:": "is not a setting",
    }


@pytest.mark.parametrize("arguments", ["run broken", "run broken --json", "retry broken --all", "status broken"])
def test_every_mistake_of_a_tenant_file_is_one_line_with_its_place(arguments: str, cli: CommandLine) -> None:
    """Specification, section 8; a literal secret is refused without being shown (law 9)."""
    file, wanted = broken(cli)
    places = {f"{file}:{line_of(file, start)}: ": words for start, words in wanted.items()}
    said = cli(*arguments.split()).expect(CONFIGURATION)
    file.unlink()
    lines = said.err.splitlines()
    assert len(lines) == len(places), said.err
    for (place, words), line in zip(places.items(), lines, strict=True):
        assert line.startswith(place), line
        assert words in line
    assert "hunter2" not in said.out + said.err


def test_status_shows_the_good_tenants_and_tells_the_mistakes_of_the_broken_one(cli: CommandLine) -> None:
    """Specification, section 8: one failing file never hides another."""
    file, wanted = broken(cli)
    plain, as_json = cli("status").expect(CONFIGURATION), cli("status", "--json").expect(CONFIGURATION)
    file.unlink()
    assert f"{NAME} Severa and poweroffice, on" in plain.out
    assert "never run" in plain.out
    assert [one["tenant"] for one in as_json.json] == [NAME]
    for said in (plain, as_json):
        assert len(said.err.splitlines()) == len(wanted)
        assert all(line.startswith(f"{file}:") for line in said.err.splitlines())
        assert "hunter2" not in said.out + said.err


def test_status_without_tenants_says_how_to_begin(empty: CommandLine) -> None:
    """Specification, section 3."""
    assert "severa-sync init" in empty("status").expect(COMPLETED).words
    assert empty("status", "--json").expect(COMPLETED).json == []


def test_the_schema_is_valid_and_tells_a_written_file_from_a_broken_one(cli: CommandLine) -> None:
    """Specification, section 3."""
    schema = cli("schema").expect(COMPLETED).json
    Draft202012Validator.check_schema(schema)
    check = Draft202012Validator(schema)
    written = read(cli.file(NAME).read_text(), "fjord.yaml").data
    assert list(check.iter_errors(written)) == []
    assert list(check.iter_errors({**written, "colour": "red"}))
    assert list(check.iter_errors({**written, "timetable": "sometimes"}))
    assert list(check.iter_errors({**written, "severa": {**written["severa"], "client_secret": "hunter2"}}))
    assert list(check.iter_errors({name: value for name, value in written.items() if name != "poweroffice"}))

"""Items of the registries that fail again and again, and those whose dependency has come (issue 3, section 4)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from core.patience import AT_ONCE
from core.records import Registry, Side
from tasks.registry_read import cursor_name
from tests.support.registry_scene import TIMES, Scene
from tests.support.sandbox import Row


def earlier(scene: Scene, record: str, **ago: float) -> None:
    """Time passes for a record: its issues were last met so long ago."""
    engine = sa.create_engine(f"sqlite:///{scene.company.home / 'state.db'}")
    at = (datetime.now(UTC) - timedelta(**ago)).replace(tzinfo=None)
    with engine.begin() as connection:
        statement = sa.text("UPDATE issues SET last_seen = :at WHERE record = :record")
        assert connection.execute(statement, {"at": at.isoformat(" "), "record": record}).rowcount
    engine.dispose()


def rename(scene: Scene, row: Row, name: str) -> None:
    scene.sandbox.act("severa", "edit_customer", guid=row["guid"], members={"name": name})


def failing(scene: Scene, row: Row, name: str) -> None:
    """A change that PowerOffice does not take, until the record is slowed down."""
    rename(scene, row, name)
    for number in range(1, AT_ONCE + 2):
        scene.sandbox.fault("poweroffice", "PATCH", "/v2/Customers/{id}", "status:503", times=TIMES)
        scene.sync()
        (issue,) = scene.issues("customers", row["guid"])
        assert issue.failures == number


def test_an_item_that_fails_again_and_again_is_left_alone_until_its_time(scene: Scene, linked: Iterator[Row]) -> None:
    """No call is made for it meanwhile; then it goes, and its success resolves the issue."""
    row = next(linked)
    failing(scene, row, "Langsom AS")
    mark = scene.sandbox.mark()
    assert scene.sync() == []
    assert not [one for one in scene.sandbox.exchanges(mark) if row["guid"] in one["path"]]
    earlier(scene, f"severa:{row['guid']}", minutes=21)
    scene.sync()
    assert scene.erp("Customers", "Number", row["number"])["Name"] == "Langsom AS"
    assert scene.issues("customers", row["guid"]) == []


def test_an_item_that_is_changed_or_asked_for_goes_ahead_at_once(scene: Scene, linked: Iterator[Row]) -> None:
    changed, asked = next(linked), next(linked)
    failing(scene, changed, "Treg AS")
    rename(scene, changed, "Rask AS")
    scene.sync()
    assert scene.erp("Customers", "Number", changed["number"])["Name"] == "Rask AS"
    failing(scene, asked, "Sen AS")
    scene.sync(retry=True)
    assert scene.erp("Customers", "Number", asked["number"])["Name"] == "Sen AS"


def test_what_waited_goes_in_the_very_run_that_brings_what_it_waited_for(scene: Scene) -> None:
    """Nothing of the project has changed, and it was not read: its customer's turn is its own."""
    scene.sandbox.fault("poweroffice", "POST", "/v2/Customers", "status:503")
    customer = scene.customer()
    scene.sync()
    project = scene.severa("projects", "name", f"Oppdrag {customer['number']}")
    assert scene.issues("projects", project["guid"])
    time.sleep(1.1)  # Severa tells instants apart by the second
    with scene.company.state() as state:  # the read of the next run begins after all of that
        state.cursors.set(cursor_name(Side.SEVERA, Registry.PROJECTS), datetime.now(UTC), full=False)
    scene.sync()
    assert scene.erp("Customers", "Number", customer["number"])
    assert scene.erp("Projects", "Code", str(project["number"]))
    assert scene.issues("projects", project["guid"]) == []

"""Projects out: on hold, task 10, out of planning, closed and lost (VN-09, contract section 10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from erp_server import CHANGED, Erp, made, page, refusal
from rows_of_visma import CUSTOMER, GUID, PROJECT
from scripted import Raw, Reply

from connectors.visma_net.adapter import VismaNetAdapter
from core.errors import BadDataError, ConfigurationError, OutcomeUnknownError
from core.records import Project, Registry

POST, BY_NUMBER, ONE, TASK = "/v1/project", "/v1/project/4711", "/v1/project/internal/5512", "/v1/projecttask/5512"
VALUES: dict[str, Any] = {
    "number": "4711",
    "name": "Havneprosjekt Ålesund",
    "customer": "7312",
    "start_date": date(2026, 3, 1),
    "active": True,
    "internal": False,
}
PLANNED = PROJECT | {"status": "Planned", "hold": True, "tasks": [], "timeStamp": "A"}
WITH_TASK = PLANNED | {"tasks": PROJECT["tasks"]}


@pytest.fixture(autouse=True)
def customers(erp: Erp) -> None:
    erp.on("GET", "/v1/customer/internal/7312", Reply(200, CUSTOMER))
    erp.on("GET", "/v1/customer/10047", Reply(200, CUSTOMER))
    erp.on("GET", "/v1/dimension/PROJECT", Reply(200, {"dimensionId": "PROJECT", "length": 4}))


async def test_a_project_is_made_on_hold_gets_its_task_and_leaves_planning(erp: Erp, adapter: VismaNetAdapter) -> None:
    """VN-09: billing period OnDemand, template Z, status hold, task 10."""
    erp.on("GET", BY_NUMBER, Reply(404), Reply(200, PLANNED))
    erp.on("POST", POST, made("/v1/project/4711"))
    erp.on("POST", TASK, made("/v1/projecttask/90210"))
    erp.on("GET", ONE, Reply(200, WITH_TASK), Reply(200, PROJECT))
    erp.on("PUT", ONE, CHANGED)
    written = await adapter.create(Registry.PROJECTS, VALUES, GUID)
    assert erp.only("POST", POST).json == {
        "projectID": {"value": "4711"},
        "description": {"value": "Havneprosjekt Ålesund"},
        "customer": {"value": "10047"},
        "startDate": {"value": "2026-03-01"},
        "billingPeriod": {"value": "OnDemand"},
        "template": {"value": "Z"},
        "hold": {"value": True},
    }
    assert erp.only("POST", TASK).json == {
        "taskId": {"value": "10"},
        "description": {"value": "Standard"},
        "status": {"value": "Active"},
    }
    assert erp.only("PUT", ONE).json == {"hold": {"value": False}, "status": {"value": "Active"}}
    assert isinstance(written.record, Project)
    assert (written.record.id, written.record.active, written.missing) == ("5512", True, frozenset())


async def test_an_interrupted_create_is_taken_up_where_it_stopped(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 9: the number is our own key."""
    erp.on("GET", BY_NUMBER, Reply(200, WITH_TASK))
    erp.on("PUT", ONE, CHANGED)
    erp.on("GET", ONE, Reply(200, PROJECT))
    written = await adapter.create(Registry.PROJECTS, VALUES, GUID)
    assert erp.calls("POST", POST) == []
    assert written.missing == frozenset()


async def test_planning_is_kept_when_the_tenant_wants_it(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter]
) -> None:
    erp.on("GET", BY_NUMBER, Reply(404), Reply(200, PLANNED))
    erp.on("POST", POST, made("/v1/project/4711"))
    written = await open_adapter(project_activation="never").create(Registry.PROJECTS, VALUES, GUID)
    assert erp.calls("PUT", ONE) == []
    assert written.missing == frozenset()


async def test_a_lost_answer_to_the_task_is_settled_by_the_project(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", BY_NUMBER, Reply(200, PLANNED), Reply(200, WITH_TASK))
    erp.on("POST", TASK, Raw(b""))
    erp.on("GET", ONE, Reply(200, WITH_TASK), Reply(200, PROJECT))
    erp.on("PUT", ONE, CHANGED)
    written = await adapter.create(Registry.PROJECTS, VALUES, GUID)
    assert written.missing == frozenset()
    assert len(erp.calls("POST", TASK)) == 1


async def test_a_project_whose_task_is_refused_keeps_its_link_and_says_so(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Its id must not be lost; the next run goes on."""
    erp.on("GET", BY_NUMBER, Reply(200, PLANNED))
    erp.on("POST", TASK, refusal(400, "Task cannot be added."))
    written = await adapter.create(Registry.PROJECTS, VALUES, GUID)
    assert (written.record.id, written.missing) == ("5512", {"active"})
    assert written.error is not None
    assert written.error.why == "Task cannot be added."


async def test_a_task_that_is_not_active_is_made_active(erp: Erp, adapter: VismaNetAdapter) -> None:
    sleeping = PLANNED | {"tasks": [{"taskId": "10", "status": "Planned"}]}
    erp.on("GET", BY_NUMBER, Reply(200, sleeping))
    erp.on("GET", "/v1/projecttask", page([{"internalId": 90210, "taskId": "10", "timeStamp": "T"}]))
    erp.on("PUT", "/v1/projecttask/90210", CHANGED)
    erp.on("GET", ONE, Reply(200, WITH_TASK), Reply(200, PROJECT))
    erp.on("PUT", ONE, CHANGED)
    await adapter.create(Registry.PROJECTS, VALUES, GUID)
    assert erp.only("PUT", "/v1/projecttask/90210").json == {"status": {"value": "Active"}}
    assert erp.only("GET", "/v1/projecttask").query["projectId"] == ["4711"]


async def test_a_template_that_hides_projects_is_a_wrong_setting(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", BY_NUMBER, Reply(200, PLANNED | {"visibility": {"visibleInAr": False, "visibleInAp": True}}))
    with pytest.raises(ConfigurationError, match="not visible in AR"):
        await adapter.create(Registry.PROJECTS, VALUES, GUID)


@pytest.mark.parametrize(
    ("status", "changes", "sent"),
    [
        ("Active", {"active": False}, "Completed"),
        ("Active", {"active": False, "lost": True}, "Cancelled"),
        ("Active", {"lost": True}, "Cancelled"),
        ("Completed", {"active": True}, "Active"),
        ("Cancelled", {"active": True, "lost": False}, "Active"),
        ("OnHold", {"active": True}, None),
        ("Completed", {"active": False}, None),
        ("Completed", {"name": "Annet"}, None),
    ],
)
async def test_closing_losing_and_reopening(
    erp: Erp, adapter: VismaNetAdapter, status: str, changes: dict[str, Any], sent: str | None
) -> None:
    """VN-09: closed is Completed, lost is Cancelled; a person's hold is left alone."""
    after = PROJECT | {"status": sent or status, "description": changes.get("name", PROJECT["description"])}
    erp.on("GET", ONE, Reply(200, PROJECT | {"status": status}), Reply(200, after | {"timeStamp": "B"}))
    erp.on("PUT", ONE, CHANGED)
    await adapter.update(Registry.PROJECTS, "5512", changes)
    puts = [put.json for put in erp.calls("PUT", ONE)]
    assert [put.get("status") for put in puts if "status" in put] == ([{"value": sent}] if sent else [])


async def test_a_number_that_does_not_fit_is_refused_in_visma_net_s_words(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", BY_NUMBER, Reply(404))
    erp.on("POST", POST, refusal(400, "The value '4711' does not fit the segmented key PROJECT."))
    with pytest.raises(BadDataError) as refused:
        await adapter.create(Registry.PROJECTS, VALUES, GUID)
    assert refused.value.why == "The value '4711' does not fit the segmented key PROJECT."
    with pytest.raises(BadDataError, match="no number"):
        await adapter.create(Registry.PROJECTS, VALUES | {"number": None}, GUID)


@pytest.mark.parametrize(
    ("rule", "number", "fits"),
    [("equal", "47110", False), ("equal", "471", False), ("at_most", "471", True), ("at_most", "47110", False)],
)
async def test_a_number_of_another_length_than_the_segmented_key_is_not_sent(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter], rule: str, number: str, fits: bool
) -> None:
    """VN-09: the issue says what to set in Visma.net."""
    erp.on("GET", f"/v1/project/{number}", Reply(404))
    erp.on("POST", POST, refusal(400, "Somebody else's reason."))
    with pytest.raises(BadDataError) as refused:
        await open_adapter(project_length_rule=rule).create(Registry.PROJECTS, VALUES | {"number": number}, GUID)
    assert (refused.value.why == "Somebody else's reason.") is fits
    assert len(erp.calls("POST", POST)) == fits
    assert fits or ("segmented key PROJECT" in refused.value.todo and refused.value.field == "projectID")


async def test_a_lost_create_is_not_repeated(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", BY_NUMBER, Reply(404))
    erp.on("POST", POST, Raw(b""))
    with pytest.raises(OutcomeUnknownError):
        await adapter.create(Registry.PROJECTS, VALUES, GUID)
    assert len(erp.calls("POST", POST)) == 1

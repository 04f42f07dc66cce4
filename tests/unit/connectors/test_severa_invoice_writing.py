"""Writing status, number and payment date of an invoice back to Severa (contract section 10).

Against a fake whose refusals are scripted: Severa does not publish what it takes.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from scripted import Raw, Reply, Request, ScriptedServer
from severa_fake import TRIGGER, FakeSevera, error, guid, header

from core.errors import BadDataError, ConfigurationError, GoneError, TransientError

MOVED, SENT, PAID, ELSEWHERE = (guid(number) for number in range(2, 6))


@pytest.fixture
def fake(server: ScriptedServer) -> FakeSevera:
    rows = [header(10), header(11)]
    return FakeSevera(server, {"/v1/invoices": rows, "/v1/invoicesettings": [{"guid": guid(50)}]})


def refusing(fake: FakeSevera, *paths: str, kind: str = "InvalidParameter") -> None:
    """Refuse every PATCH of an invoice that has one of these paths."""

    def intercept(request: Request) -> Reply | None:
        if request.method != "PATCH" or not request.path.startswith("/v1/invoices/"):
            return None
        hit = next((each["path"] for each in request.json if each["path"] in paths), None)
        return error(409 if kind == "InvalidOperation" else 400, kind, "no", hit) if hit else None

    fake.intercept = intercept


def patches(fake: FakeSevera) -> list[list[str]]:
    return [[each["path"] for each in request.json] for request in fake.server.requests if request.method == "PATCH"]


async def test_number_and_status_go_in_one_patch_in_this_order_and_are_read_back(fake: FakeSevera) -> None:
    severa = fake.adapter()
    done = await severa.set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=SENT, number="50017")
    assert (done.moved, done.status_id, done.number, done.number_written) == (True, SENT, "50017", True)
    assert patches(fake) == [["/number", "/status/guid"]]
    assert fake.calls == [f"{method} /v1/invoices/{guid(10)}" for method in ("GET", "PATCH", "GET")]


async def test_an_invoice_that_a_person_moved_is_left_alone(fake: FakeSevera) -> None:
    fake.one(10)["status"] = {"guid": ELSEWHERE}
    done = await fake.adapter().set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=SENT, number="5")
    assert (done.moved, done.status_id, done.number_written) == (False, ELSEWHERE, False)
    assert patches(fake) == []


async def test_a_person_who_moves_it_right_after_our_write_is_not_overwritten(fake: FakeSevera) -> None:
    """ALL-06: what is read back is neither the status before nor ours; the write was heeded, and then undone."""

    def intercept(request: Request) -> Reply | None:
        if request.method == "GET" and patches(fake):
            fake.one(10)["status"] = {"guid": ELSEWHERE}
        return None

    fake.intercept = intercept
    done = await fake.adapter().set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=SENT, number="7")
    assert (done.moved, done.status_id, done.number_written) == (False, ELSEWHERE, True)
    assert patches(fake) == [["/number", "/status/guid"]]


async def test_repeating_writes_nothing_more(fake: FakeSevera) -> None:
    severa = fake.adapter()
    for _ in range(3):
        done = await severa.set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=SENT, number="7")
        assert done.number_written
    assert len(patches(fake)) == 1


async def test_an_invoice_already_there_only_gets_what_is_missing(fake: FakeSevera) -> None:
    fake.one(10)["status"] = {"guid": SENT}
    done = await fake.adapter().set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=SENT, number="7")
    assert (done.moved, done.number_written) == (True, True)
    assert patches(fake) == [["/number"]]


async def test_the_status_paths_are_tried_in_turn_and_the_one_that_worked_is_kept(fake: FakeSevera) -> None:
    refusing(fake, "/status/guid", "/invoiceStatusGuid")
    severa = fake.adapter()
    await severa.set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=MOVED)
    await severa.set_invoice(guid(11), expected_status_ids=[TRIGGER], status_id=MOVED)
    assert patches(fake) == [["/status/guid"], ["/status"], ["/status"]]
    assert fake.one(11)["status"] == {"guid": MOVED}


async def test_a_status_that_is_answered_with_200_but_not_taken_is_an_error_at_the_end(fake: FakeSevera) -> None:
    fake.intercept = lambda request: Reply(body=[header(10)]) if request.method == "PATCH" else None
    with pytest.raises(BadDataError, match="did not move"):
        await fake.adapter().set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=MOVED)
    assert patches(fake) == [["/status/guid"], ["/status"], ["/invoiceStatusGuid"]]


@pytest.mark.parametrize("kind", ["InvalidParameter", "InvalidOperation"])
async def test_a_number_that_is_refused_leaves_the_status_written_and_is_said_all_06(
    fake: FakeSevera, kind: str
) -> None:
    refusing(fake, "/number", kind=kind)
    severa = fake.adapter()
    done = await severa.set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=SENT, number="7")
    assert (done.moved, done.status_id, done.number_written, done.number) == (True, SENT, False, None)
    assert fake.one(10)["status"]["guid"] == SENT


async def test_a_number_refused_on_the_trigger_is_written_once_the_status_is_there(fake: FakeSevera) -> None:
    def intercept(request: Request) -> Reply | None:
        named = request.method == "PATCH" and any(each["path"] == "/number" for each in request.json)
        early = named and fake.one(10)["status"]["guid"] != SENT
        return error(409, "InvalidOperation", "not editable") if early else None

    fake.intercept = intercept
    done = await fake.adapter().set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=SENT, number="7")
    assert (done.moved, done.number_written) == (True, True)
    assert patches(fake) == [["/number", "/status/guid"], ["/status/guid"], ["/number"]]


async def test_severas_own_number_is_told_from_the_erps(fake: FakeSevera) -> None:
    """Severa answers 200, but has numbered the invoice itself."""
    answer = fake.server.script

    def numbering(request: Request) -> Reply | Raw:
        reply = answer(request)
        if request.method == "PATCH":
            fake.one(10)["number"] = 700001
        return reply

    fake.server.script = numbering
    done = await fake.adapter().set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=SENT, number="7")
    assert (done.moved, done.number, done.number_written) == (True, "700001", False)


@pytest.mark.parametrize("number", ["A-17", "2147483648", "99999999999", "0", ""])
async def test_a_number_that_severa_cannot_hold_goes_to_the_fallback_all_06(fake: FakeSevera, number: str) -> None:
    severa = fake.adapter(number_fallback="ourReference")
    done = await severa.set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=SENT, number=number)
    assert (done.moved, done.number_written) == (True, False)
    assert fake.one(10)["ourReference"] == number
    again = await severa.set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=SENT, number=number)
    assert again.number_written is False
    assert len(patches(fake)) == 2


async def test_a_refused_payment_date_goes_to_the_invoice_settings(fake: FakeSevera) -> None:
    refusing(fake, "/paymentDate")
    fake.rows["/v1/invoices/x"] = []
    wanted = fake.intercept

    def intercept(request: Request) -> Reply | Any:
        if request.path.endswith("/invoicesettings"):
            return Reply(body={"guid": guid(50)})
        return wanted(request)

    fake.intercept = intercept
    done = await fake.adapter().set_invoice(
        guid(10), expected_status_ids=[TRIGGER], status_id=PAID, payment_date=date(2026, 3, 20)
    )
    assert done.moved
    assert fake.one(10)["status"]["guid"] == PAID
    assert fake.one(50)["paymentDate"] == "2026-03-20"


async def test_a_refused_status_is_raised_as_severa_said_it(fake: FakeSevera) -> None:
    refusing(fake, "/status/guid", "/status", "/invoiceStatusGuid")
    with pytest.raises(BadDataError, match="InvalidParameter"):
        await fake.adapter().set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=SENT, number="7")
    assert fake.one(10)["number"] is None


async def test_a_deleted_invoice_is_gone(fake: FakeSevera) -> None:
    with pytest.raises(GoneError):
        await fake.adapter().set_invoice(guid(99), expected_status_ids=[TRIGGER], status_id=SENT)
    assert await fake.adapter().invoice(guid(99)) is None


@pytest.mark.parametrize(
    ("answer", "kind"), [(error(403, "InsufficientApiScope"), ConfigurationError), (Reply(500), TransientError)]
)
async def test_other_failures_are_raised_as_they_are(fake: FakeSevera, answer: Reply, kind: type) -> None:
    fake.intercept = lambda request: answer if request.method == "PATCH" else None
    with pytest.raises(kind):
        await fake.adapter().set_invoice(guid(10), expected_status_ids=[TRIGGER], status_id=SENT, number="7")

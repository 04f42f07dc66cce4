"""What a preview tells: entries with old and new values, refusals by cause, what registers lack (law 2)."""

from __future__ import annotations

from core.errors import ErrorClass
from core.foreseen import Act, Foreseen, is_stand_in, missing_rows, refusals, stand_in
from core.issues import Issue
from core.masking import MASK
from core.records import Side


def issue(record: str, cause: str = "bad data:name", scope: str = "customers", **more: object) -> Issue:
    given = {"error_class": ErrorClass.BAD_DATA, "what": f"{record} is wrong.", "todo": "Mend it.", **more}
    return Issue(scope=scope, record=record, label=f"label {record}", cause=cause, **given)  # type: ignore[arg-type]  # test data


def foreseen(**more: object) -> Foreseen:
    given = {
        "scope": "customers",
        "act": Act.UPDATE,
        "side": Side.ERP,
        "record": "severa:a",
        "label": "10 Fjord",
        **more,
    }
    return Foreseen(system="PowerOffice", **given)  # type: ignore[arg-type]  # test data


def test_an_entry_says_where_which_and_from_what_to_what() -> None:
    told = foreseen(target="77", fields={"name": ("Old", "New"), "email": (None, "a@b.example")})
    assert told.as_dict() == {
        "action": "update",
        "system": "PowerOffice",
        "kind": "customers",
        "record": "severa:a",
        "label": "10 Fjord",
        "id": "77",
        "fields": {"name": {"old": "Old", "new": "New"}, "email": {"old": None, "new": "a@b.example"}},
    }
    assert told.words() == ["name: Old → New", "email: (empty) → a@b.example"]


def test_what_only_the_run_will_know_is_said_as_such() -> None:
    told = foreseen(unknown={"number": "Visma.net numbers it."}, provided=["customers:severa:a"])
    value = told.as_dict()
    assert (value["not_known_before"], value["provided"]) == (
        {"number": "Visma.net numbers it."},
        ["customers:severa:a"],
    )
    assert told.words() == ["not known before: number", "after its customers"]
    assert foreseen(provided=["the totals agree"]).words() == ["if the totals agree"]


def test_private_fields_are_named_without_their_values() -> None:
    """As in the audit trail: identity codes wherever they stand, numbers of people."""
    told = foreseen(scope="users", fields={"code": ("101", "102"), "name": ("x", "Kari 01019012345")})
    assert told.as_dict()["fields"] == {
        "code": {"old": MASK, "new": MASK},
        "name": {"old": "x", "new": f"Kari {MASK}"},
    }


def test_a_stand_in_is_no_system_s_id() -> None:
    assert is_stand_in(stand_in(7))
    assert len({stand_in(number) for number in range(2000)}) == 2000
    assert not any(map(is_stand_in, (None, "", "99999", "7312", "3f0b2b8e-6c19-4cde-8e6f-2f0b1d9f7a10", "9" * 17)))


def test_refusals_stand_together_by_their_cause_the_most_frequent_first() -> None:
    groups = refusals([issue("a", "row"), issue("b"), issue("c"), issue("d", scope="projects")])
    assert [(one.scope, one.cause, len(one.labels)) for one in groups] == [
        ("customers", "bad data:name", 2),
        ("customers", "row", 1),
        ("projects", "bad data:name", 1),
    ]
    assert groups[0].as_dict()["labels"] == ["label b", "label c"]


def test_what_registers_and_mappings_lack_is_no_record_that_waits_its_turn() -> None:
    lacking = {"error_class": ErrorClass.MISSING_DEPENDENCY, "what": "No term of 45 days.", "todo": "Add it."}
    rows = missing_rows(
        [
            issue("a", needs="payment_terms:45", **lacking),
            issue("b", needs="payment_terms:45", **lacking),
            issue("c", needs="customers:severa:x", **lacking),
            issue("d", field="product", **lacking),
            issue("e"),
        ]
    )
    assert [(row.needs, row.records) for row in rows] == [("payment_terms:45", 2), ("customers: product", 1)]
    assert rows[0].as_dict()["todo"] == "Add it."

"""Every answer of PowerOffice's has its class (contract section 3, law 4)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connectors.http import Refused
from connectors.poweroffice.refusals import classify, detail_of
from core.errors import (
    AlreadyExistsError,
    BadDataError,
    ConfigurationError,
    GoneError,
    MissingDependencyError,
    SyncError,
    TransientError,
)


def refused(method: str, path: str, status: int, detail: str = "") -> Refused:
    return Refused("PowerOffice", f"{method} {path}", method, status, {"detail": detail} if detail else None, detail)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused("POST", "/OAuth/Token", 400), ConfigurationError),
        (refused("POST", "/OAuth/Token", 401), ConfigurationError),
        (refused("GET", "/v2/Customers", 401), ConfigurationError),
        (refused("POST", "/v2/Projects", 403), ConfigurationError),
        (refused("POST", "/v2/Customers", 400, "ExternalImportReference is already in use."), AlreadyExistsError),
        (refused("PATCH", "/v2/Customers/{id}", 400, "Number is already in use."), BadDataError),
        (refused("POST", "/v2/Customers", 400, "Name is required."), BadDataError),
        (refused("POST", "/v2/Customers", 404, "Department with code = 'Nord' not found."), MissingDependencyError),
        (refused("POST", "/v2/ContactPersons/{contactId}", 404), MissingDependencyError),
        (refused("GET", "/v2/Customers/{id}", 404, "Customer with id = 4711 not found."), GoneError),
        (refused("PATCH", "/v2/Customers/{id}", 404), GoneError),
        (refused("PATCH", "/v2/Projects/{id}", 404, "Employee with id = 9 not found."), MissingDependencyError),
        (refused("DELETE", "/v2/SalesOrders/{id}", 404), GoneError),
        (refused("DELETE", "/v2/Customers/{id}", 409, "is in use and cannot be deleted."), BadDataError),
        (refused("PATCH", "/v2/Customers/{id}", 409), BadDataError),
        (refused("GET", "/v2/Customers", 418), BadDataError),
        (refused("GET", "/v2/Customers", 408), TransientError),
        (refused("GET", "/v2/Customers", 500, "Oops"), TransientError),
        (refused("GET", "/v2/Customers", 503), TransientError),
        (refused("GET", "/v2/Customers", 999), TransientError),
    ],
    ids=lambda value: f"{value.call} {value.status}" if isinstance(value, Refused) else value.__name__,
)
def test_status_and_words_decide(answer: Refused, error: type[SyncError]) -> None:
    found = classify(answer)
    assert type(found) is error
    assert answer.call in found.what
    assert str(answer.status) in found.what


@pytest.mark.parametrize(
    ("answer", "needs"),
    [
        (refused("POST", "/v2/Customers", 404, "Department with code = 'Nord' not found."), "business_units:Nord"),
        (refused("POST", "/v2/Projects", 404, "Customer with id = 4711 not found."), "customers:4711"),
        (refused("POST", "/v2/Products", 404, "Product group with code = 'A B' not found."), "product_categories:A B"),
        (refused("POST", "/v2/Products", 404, "Colour with code = 'red' not found."), None),
        (refused("POST", "/v2/Products", 404), None),
    ],
    ids=str,
)
def test_what_is_missing_is_named(answer: Refused, needs: str | None) -> None:
    assert classify(answer).needs == needs


@pytest.mark.parametrize(
    "answer",
    [
        refused("POST", "/v2/Customers", 404, "Currency with code = 'SEK' not found."),
        refused("PATCH", "/v2/Customers/{id}", 404, "Currency with code = 'SEK' not found."),
        refused("POST", "/v2/Customers", 400, "Currency with code = 'USD' is not active."),
        refused("PATCH", "/v2/Customers/{id}", 400, "Currency with code = 'USD' is not active."),
        refused("POST", "/v2/SalesOrders/Complete", 404, "Currency with code = 'SEK' not found."),
    ],
    ids=lambda value: f"{value.call} {value.status}",
)
def test_a_currency_that_poweroffice_does_not_take_waits_for_a_person(answer: Refused) -> None:
    """PO-03: nothing goes by itself here, and nobody deleted the customer."""
    found = classify(answer)
    assert type(found) is BadDataError
    assert (found.field, found.why) == ("CurrencyCode", detail_of(answer.data))
    assert "Activate the currency in PowerOffice and retry" in found.todo


@pytest.mark.parametrize(
    ("path", "privilege"),
    [("/v2/SalesOrders/Complete", "SalesOrders_Full"), ("/v2/Employees/{employeeId}", "Employee_Full"), ("/v2", None)],
)
def test_a_missing_privilege_is_named(path: str, privilege: str | None) -> None:
    todo = classify(refused("POST", path, 403)).todo
    assert (privilege in todo) if privilege else ("Needed" not in todo)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"Title": "A", "Detail": "B"}, "B"),
        ({"title": "A", "detail": None}, "A"),
        ({"error": "invalid_client", "error_description": "Wrong"}, "Wrong"),
        ({"statusCode": "429", "message": "Slow down"}, "Slow down"),
        ({"detail": ["x"], "title": 3}, ""),
        ([], ""),
        ("text", ""),
        (None, ""),
    ],
)
def test_the_message_is_read_whatever_the_case_of_its_name(body: Any, detail: str) -> None:
    assert detail_of(body) == detail


@given(st.integers(100, 999), st.sampled_from(["GET", "POST", "PATCH", "DELETE"]), st.text(max_size=300))
@hypothesis_settings(max_examples=100, deadline=None)
def test_no_answer_is_without_class(status: int, method: str, detail: str) -> None:
    error = classify(Refused("PowerOffice", f"{method} /v2/X", method, status, {"detail": detail}, detail))
    assert isinstance(error, SyncError)
    assert len(error.why) <= 300

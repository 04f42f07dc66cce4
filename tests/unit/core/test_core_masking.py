"""What stands in the audit trail is no secret and no personal identity code (issue 3, section 5)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.masking import LONGEST, MASK, is_private, masked, may_stay, of_people, without_codes


@pytest.mark.parametrize(
    "name",
    [
        "socialSecurityNumber", "NationalIdNumber", "InternationalIdNumber", "DateOfBirth", "birthDate",
        "bankAccountNumber", "SalaryBankAccountId", "iban", "bic", "accountNumber", "AccountNo", "hourCost",
        "employeeNumber", "SellersReferenceEmployeeNo", "client_secret", "access_token", "OnboardingToken", "Password",
        "contact/socialSecurityNumber", "BankAccounts/0/BankAccountNumber", "henkilotunnus", "payrollNumber",
    ],
)  # fmt: skip
def test_private_members_are_known_by_their_names(name: str) -> None:
    assert is_private(name)
    assert masked({name: "x", "Name": "Åse"}) == {name: MASK, "Name": "Åse"}


@pytest.mark.parametrize(
    "name", ["Name", "vatNumber", "OrganizationNumber", "SalesAccount", "number", "code", "PhoneNumber", "accountGroup"]
)
def test_other_members_are_kept(name: str) -> None:
    assert not is_private(name)


def test_the_number_of_a_person_is_an_employee_number() -> None:
    """PO-12: the code of a user is what payroll knows him by; the code of a product is not."""
    assert masked({"code": "1007", "firstName": "Åse"}, people=True) == {"code": MASK, "firstName": "Åse"}
    assert masked({"Number": 1007}, people=True) == {"Number": MASK}
    assert masked({"code": "1007"}) == {"code": "1007"}
    assert of_people("users", "/v1/x")
    assert of_people(None, "/v2/Employees/{id}")
    assert not of_people("customers", "/v2/Customers")


@pytest.mark.parametrize(
    "text",
    [
        "131052-308T", "131052+308T", "131052A308T", "Pay to 131052-308T please",  # Finland
        "19811218-9876", "811218-9876", "811218+9876", "198112189876", "8112189876",  # Sweden
        "010203-4567", "010203 4567",  # Denmark
        "01010112345", "010101 12345", "1234.56.78901", "1234 56 78901",  # Norway: persons, accounts
        "NO93 8601 1117 947", "FI2112345600000785", "SE4550000000058398257466",  # IBAN
        "SE811218987601",  # the VAT number of a Swede's own business
        "Authorization: Bearer abcdefgh.ijkl",
    ],
)  # fmt: skip
def test_codes_are_masked_wherever_they_stand(text: str) -> None:
    assert MASK in without_codes(text)
    assert masked({"Description": [text]}) == {"Description": [without_codes(text)]}


@pytest.mark.parametrize(
    "text",
    [
        "Ærlig AS", "999 888 777", "SE556677889901", "5566778899", "FI12345678", "NO999999999MVA", "+47 22 33 44 55",
        "2026-03-01", "10023", "0f3b2c4d-1111-2222-3333-444455556666", "12345678-1234-1234-1234-123456789012",
        "Bil 12 AB", "1988.30", "2026-11-21T08:00:00.000+00:00",
    ],
)  # fmt: skip
def test_other_texts_are_kept(text: str) -> None:
    """Numbers of companies, phones, dates, guids and amounts are what the trail is for."""
    assert without_codes(text) == text


def test_numbers_that_are_codes_are_masked_and_others_kept() -> None:
    assert masked({"a": 13105212345, "b": 10023, "c": True, "d": None, "e": 1.5, "f": Decimal("1.50")}) == {
        "a": MASK, "b": 10023, "c": True, "d": None, "e": 1.5, "f": Decimal("1.50"),
    }  # fmt: skip


def test_large_things_are_cut_and_deep_ones_end() -> None:
    """A megabyte in a vendor's field costs neither time nor room."""
    deep: Any = "end"
    for _ in range(50):
        deep = {"a": deep}
    assert len(masked("x" * 1_000_000)) == LONGEST
    assert len(masked(["x"] * 10_000)) == 200
    assert "…" in json.dumps(masked(deep), ensure_ascii=False)
    assert masked(f"{'x' * (LONGEST - 6)} 131052-308T").endswith("x ***")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_any_value_becomes_plain_json(value: Any) -> None:
    json.dumps(masked(value)).encode()


CODES = ["131052-308T", "8112189876", "811218-9876", "01010112345", "1234.56.78901", "NO9386011117947", "010203 4567"]
NAMES = ["iban", "bic", "national_id", "EmployeeNo", "access_token", "Client_Key", "hour_cost", "Bank Account"]
TEXTS = st.text(max_size=8)
HIDDEN = st.tuples(TEXTS, st.sampled_from([*CODES, *NAMES, "Bearer abcdefg"]), TEXTS).map("".join)


@given(st.dictionaries(TEXTS | HIDDEN, JSON | HIDDEN | st.sampled_from([13105212345, 8112189876]), max_size=4))
def test_the_quick_look_lets_nothing_pass_that_the_close_one_masks(value: dict[str, Any]) -> None:
    """A text is kept as it is only when taking it apart would have changed nothing in it."""
    text = orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str).decode() if _fits(value) else "\\"
    if may_stay(text):
        assert masked(json.loads(text)) == json.loads(text)


def _fits(value: Any) -> bool:
    """Whether it is JSON as we send it: numbers of 64 bits, texts without halves of surrogate pairs."""
    try:
        orjson.dumps(value)
    except TypeError:
        return False
    return True


def test_most_bodies_are_not_taken_apart() -> None:
    assert may_stay('{"Name":"Ærlig Handel AS","OrganizationNumber":"999888777","MailAddress":{"ZipCode":"0155"}}')
    assert may_stay('{"ExternalImportReference":"0f3b2c4d-1111-2222-3333-444455556666","Amount":1988.30}')
    assert not may_stay('{"Name":"' + "x" * 30_000 + '"}')

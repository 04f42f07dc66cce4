"""What is expected of the records of Severa and PowerOffice, in the order of the guide (contract sections 8 and 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.row_checks import about_rows, currency_of, term_of, texts
from core.records import Record, Registry, Side
from core.row_checks import Expect, RowCheck, key_of, known_key

SEVERA, ERP = Side.SEVERA, Side.ERP
NUMBER = r"[1-9][0-9]{0,17}"
CODES = "Severa: Settings > Work time, travel expense & product registries; PowerOffice Go: Products"
CUSTOMERS = "Severa: the customer's card; PowerOffice Go: Customers"
PROJECTS = "Severa: the project's card; PowerOffice Go: Projects"
UNITS = "Severa: Settings > Organization > Business units; PowerOffice Go: Departments"
USERS = "Severa: Users; PowerOffice Go: Employees"
SERIES = "PowerOffice Go: the settings for subledger number series"
GROUPS = "Severa: Settings, product categories; PowerOffice Go: Product groups"


@dataclass(frozen=True, slots=True)
class Range:
    """One number series: numbers from `low` to `high`."""

    low: int
    high: int

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.low <= number <= self.high


PLAIN: tuple[RowCheck, ...] = (
    RowCheck(
        check=about_rows(
            "poweroffice.rows.codes_filled",
            "Every product, work type and travel expense of Severa has a code",
            where=CODES,
            todo="Enter the code of the product in PowerOffice.",
            source="PO-08, guide: Regular products",
        ),
        side=SEVERA, registry=Registry.PRODUCTS, expect=Expect.FILLED, value=key_of,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.codes_unique",
            "No code stands twice in Severa's products, work types and travel expenses",
            where=CODES,
            todo="Give each its own code: they are one registry in PowerOffice.",
            source="PO-08, guide: Before enabling, 2",
        ),
        side=SEVERA, registry=Registry.PRODUCTS, expect=Expect.UNIQUE, value=known_key,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.codes_there",
            "Every product, work type and travel expense has its product in PowerOffice",
            where=CODES,
            todo="Make a product with the same code in PowerOffice, or correct the code.",
            source="PO-08, PO-09, guide: Before enabling, 2",
        ),
        side=SEVERA, registry=Registry.PRODUCTS, expect=Expect.COUNTERPART, value=known_key,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.erp_codes_filled",
            "Every product of PowerOffice has a code",
            where=CODES,
            todo="Enter a product code in PowerOffice.",
            source="PO-08",
        ),
        side=ERP, registry=Registry.PRODUCTS, expect=Expect.FILLED, value=key_of,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.erp_codes_unique",
            "No product code stands twice in PowerOffice",
            where=CODES,
            todo="Archive one of them, or give it another code.",
            source="PO-08, PowerOffice contract 6",
        ),
        side=ERP, registry=Registry.PRODUCTS, expect=Expect.UNIQUE, value=known_key,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.categories_there",
            "Every product category has its product group in PowerOffice",
            where=GROUPS,
            todo="Make a product group with the same code, or enter the category's code.",
            source="PO-10, guide: Before enabling, 3",
        ),
        side=SEVERA, registry=Registry.PRODUCT_CATEGORIES, expect=Expect.COUNTERPART, value=key_of,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.categories_unique",
            "No code stands twice in Severa's product categories",
            where=GROUPS,
            todo="Give each category a code of its own.",
            source="PO-10",
        ),
        side=SEVERA, registry=Registry.PRODUCT_CATEGORIES, expect=Expect.UNIQUE, value=known_key,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.customer_numbers",
            "Every customer of Severa has a number",
            where=CUSTOMERS,
            todo="Give the customer a number in Severa: it is matched by it.",
            source="PO-03",
        ),
        side=SEVERA, registry=Registry.CUSTOMERS, expect=Expect.MATCHES, pattern=NUMBER, value=key_of,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.customer_numbers_unique",
            "No customer number stands twice in Severa",
            where=CUSTOMERS,
            todo="Renumber one of them before the first cycle; afterwards numbers must not change.",
            source="PO-03, ALL-14",
        ),
        side=SEVERA, registry=Registry.CUSTOMERS, expect=Expect.UNIQUE, value=known_key,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.erp_customer_numbers_unique",
            "No customer number stands twice in PowerOffice",
            where=CUSTOMERS,
            todo="Archive one of them, or renumber it.",
            source="PO-03",
        ),
        side=ERP, registry=Registry.CUSTOMERS, expect=Expect.UNIQUE, value=known_key,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.project_numbers",
            "Every won project of Severa has a number",
            where=PROJECTS,
            todo="Give the project a number in Severa.",
            source="PO-11",
        ),
        side=SEVERA, registry=Registry.PROJECTS, expect=Expect.FILLED, value=key_of,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.project_numbers_unique",
            "No project number stands twice in Severa",
            where=PROJECTS,
            todo="Renumber one of them before the first cycle; afterwards numbers must not change.",
            source="PO-11, ALL-14",
        ),
        side=SEVERA, registry=Registry.PROJECTS, expect=Expect.UNIQUE, value=known_key,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.erp_project_codes",
            "Every project code of PowerOffice is a whole number",
            where=PROJECTS,
            todo="Give the project a numeric code in PowerOffice: Severa's project numbers are whole numbers.",
            source="PO-11, Severa contract 9",
        ),
        side=ERP, registry=Registry.PROJECTS, expect=Expect.MATCHES, pattern=NUMBER, value=key_of,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.units_filled",
            "Every business unit of Severa has a code",
            where=UNITS,
            todo="Enter the department code as the business unit's code.",
            source="PO-12, guide: Business units",
        ),
        side=SEVERA, registry=Registry.BUSINESS_UNITS, expect=Expect.FILLED, value=key_of,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.units_unique",
            "No business unit code stands twice in Severa",
            where=UNITS,
            todo="Give each business unit a code of its own.",
            source="PO-12",
        ),
        side=SEVERA, registry=Registry.BUSINESS_UNITS, expect=Expect.UNIQUE, value=known_key,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.employee_numbers",
            "Every user of Severa has an employee number as code",
            where=USERS,
            todo="Enter the employee number as the user's code: PowerOffice takes whole numbers only.",
            source="PO-12",
        ),
        side=SEVERA, registry=Registry.USERS, expect=Expect.MATCHES, pattern=NUMBER, value=key_of,
    ),
    RowCheck(
        check=about_rows(
            "poweroffice.rows.employee_numbers_unique",
            "No employee number stands twice in Severa",
            where=USERS,
            todo="Give each user a code of its own.",
            source="PO-12",
        ),
        side=SEVERA, registry=Registry.USERS, expect=Expect.UNIQUE, value=known_key,
    ),
)  # fmt: skip
"""What holds whatever PowerOffice's registers say."""

TERMS = about_rows(
    "poweroffice.rows.payment_terms",
    "PowerOffice has a payment term for every customer of Severa",
    where="PowerOffice Go: the settings for payment terms; Severa: the customer's card",
    todo="Make a payment term with so many days, or change the customer's: its invoices wait without it.",
    source="ALL-10, PowerOffice contract 7",
)
CURRENCIES = about_rows(
    "poweroffice.rows.currencies",
    "Every customer's currency is switched on in PowerOffice",
    where="PowerOffice Go: the settings for currencies; Severa: the customer's card",
    todo="Switch the currency on, or change the customer's.",
    source="ALL-10",
)
IN_SERIES = about_rows(
    "poweroffice.rows.customer_series",
    "Every customer number lies in a number series of PowerOffice",
    where=SERIES,
    todo="Widen the series, or give the customer another number: PowerOffice refuses numbers outside.",
    source="PO-03, PowerOffice contract 8",
)
EMPLOYEES_IN_SERIES = about_rows(
    "poweroffice.rows.employee_series",
    "Every employee number lies in a number series of PowerOffice",
    where=SERIES,
    todo="Widen the series, or give the user another code.",
    source="PO-12, PowerOffice contract 8",
)


def row_checks(
    term_days: frozenset[int], currencies: frozenset[str], series: Mapping[str, Sequence[Range]]
) -> tuple[RowCheck, ...]:
    """All of them; those that need a register only where there is one: `series` are number ranges by their kind."""
    found = list(PLAIN)
    customers, employees = series.get("Customer", ()), series.get("Employee", ())
    if term_days:
        found.append(
            RowCheck(check=TERMS, side=SEVERA, registry=Registry.CUSTOMERS, expect=Expect.ONE_OF,
                     value=term_of, values=texts(term_days))
        )  # fmt: skip
    if currencies:
        found.append(
            RowCheck(check=CURRENCIES, side=SEVERA, registry=Registry.CUSTOMERS, expect=Expect.ONE_OF,
                     value=currency_of, values=currencies)
        )  # fmt: skip
    for ranges, check, registry in (
        (customers, IN_SERIES, Registry.CUSTOMERS),
        (employees, EMPLOYEES_IN_SERIES, Registry.USERS),
    ):
        if ranges:
            found.append(
                RowCheck(check=check, side=SEVERA, registry=registry, expect=Expect.ONE_OF,
                         value=_Place(ranges), values=frozenset({INSIDE}))
            )  # fmt: skip
    return tuple(found)


INSIDE, OUTSIDE = "in a series", "outside"


class _Place:
    """Says of a record whether its number lies in one of some series; None for one that is no number."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self._ranges = ranges

    def __call__(self, record: Record) -> str | None:
        key = record.key or ""
        if not (key.isascii() and key.isdigit()):
            return None
        return INSIDE if any(int(key) in each for each in self._ranges) else OUTSIDE

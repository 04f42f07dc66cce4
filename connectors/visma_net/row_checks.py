"""What is expected of the records of Severa and Visma.net, in the order of the guide (contract sections 10 and 14)."""

from __future__ import annotations

from connectors.row_checks import about_rows, currency_of, name_of, term_of, texts, vat_number_of
from core.records import Registry, Side
from core.row_checks import Expect, RowCheck, folded_key, key_of, known_key

SEVERA, ERP = Side.SEVERA, Side.ERP
NUMBER = r"[1-9][0-9]{0,17}"
CODES = "Severa: Settings > Work time, travel expense & product registries; Visma.net Financials: Non-stock items"
CUSTOMERS = "Severa: the customer's card; Visma.net Financials: Customers"
PROJECTS = "Severa: the project's card; Visma.net Financials: Segmented keys (CS202000), PROJECT"

PLAIN: tuple[RowCheck, ...] = (
    RowCheck(
        check=about_rows(
            "visma_net.rows.codes_filled",
            "Every product, work type and travel expense of Severa has a code",
            where=CODES,
            todo="Enter the inventory id as its code in Severa.",
            source="VN-07, guide: Product register",
        ),
        side=SEVERA, registry=Registry.PRODUCTS, expect=Expect.FILLED, value=key_of,
    ),
    RowCheck(
        check=about_rows(
            "visma_net.rows.codes_unique",
            "No code stands twice in Severa's products, work types and travel expenses",
            where=CODES,
            todo="Give each its own code: they are one registry in Visma.net, which does not tell case apart.",
            source="VN-07, guide: Product register",
        ),
        side=SEVERA, registry=Registry.PRODUCTS, expect=Expect.UNIQUE, value=folded_key,
    ),
    RowCheck(
        check=about_rows(
            "visma_net.rows.customer_names",
            "Every customer of Severa has a name",
            where=CUSTOMERS,
            todo="Give the customer a name in Severa.",
            source="VN-03",
        ),
        side=SEVERA, registry=Registry.CUSTOMERS, expect=Expect.FILLED,
        value=lambda record: name_of(record) or "",
    ),
    RowCheck(
        check=about_rows(
            "visma_net.rows.erp_names_unique",
            "No two active customers of Visma.net have one name",
            where=CUSTOMERS,
            todo="Leave one of them active: names are unique in Severa.",
            source="VN-03, guide: Customers",
        ),
        side=ERP, registry=Registry.CUSTOMERS, expect=Expect.UNIQUE, value=name_of,
    ),
    RowCheck(
        check=about_rows(
            "visma_net.rows.erp_customer_numbers",
            "Every customer number of Visma.net is a whole number",
            where=CUSTOMERS,
            todo="Give the customer a numeric number: Severa's customer numbers are whole numbers.",
            source="VN-04, Severa contract 9",
        ),
        side=ERP, registry=Registry.CUSTOMERS, expect=Expect.MATCHES, pattern=NUMBER, value=key_of,
    ),
    RowCheck(
        check=about_rows(
            "visma_net.rows.project_numbers",
            "Every project of Severa has a number",
            where=PROJECTS,
            todo="Give the project a number in Severa.",
            source="VN-09",
        ),
        side=SEVERA, registry=Registry.PROJECTS, expect=Expect.MATCHES, pattern=NUMBER, value=key_of,
    ),
    RowCheck(
        check=about_rows(
            "visma_net.rows.project_numbers_unique",
            "No project number stands twice in Severa",
            where=PROJECTS,
            todo="Renumber one of them before the first cycle; afterwards numbers must not change.",
            source="VN-09, ALL-14",
        ),
        side=SEVERA, registry=Registry.PROJECTS, expect=Expect.UNIQUE, value=known_key,
    ),
)  # fmt: skip
"""What holds whatever Visma.net's registers say."""

PROJECT_LENGTH = about_rows(
    "visma_net.rows.project_lengths",
    "Every project number of Severa fits Visma.net's project numbers",
    where=PROJECTS,
    todo="Give the project a number of that length, or set the length of the key: other projects are refused.",
    source="VN-09, guide: Important to know",
)
CODE_LENGTH = about_rows(
    "visma_net.rows.code_lengths",
    "Every code of Severa fits Visma.net's inventory ids",
    where=CODES,
    todo="Shorten the code, or lengthen the segmented key INVENTORY.",
    source="VN-07, guide: Important to know",
)
TERMS = about_rows(
    "visma_net.rows.payment_terms",
    "Visma.net has a credit term for every customer of Severa",
    where="Visma.net Financials: Credit terms; Severa: the customer's card",
    todo="Make a credit term with so many days, name one in visma_net.credit_terms, or change the customer's.",
    source="ALL-10, Visma.net contract 14",
)
CURRENCIES = about_rows(
    "visma_net.rows.currencies",
    "Every customer's currency is used in Visma.net",
    where="Visma.net Financials: Currencies; Severa: the customer's card",
    todo="Let the currency be used for accounting, or change the customer's.",
    source="ALL-10, Visma.net contract 14",
)
BRANCHES = about_rows(
    "visma_net.rows.branches",
    "Every business unit that is a company has its branch in Visma.net",
    where="Severa: Settings > Organization > Business units, VAT number; Visma.net Financials: Branches",
    todo="Correct the VAT number of the one or the other: its invoices go without a branch.",
    source="VN-10",
)


def row_checks(
    term_days: frozenset[int],
    currencies: frozenset[str],
    *,
    project_lengths: tuple[int, int] | None,
    longest: int | None,
) -> tuple[RowCheck, ...]:
    """All of them; those that need a register only where there is one.

    `project_lengths` are the shortest and the longest project number, `longest` is the longest inventory id.
    """
    found = list(PLAIN)
    if project_lengths is not None:
        low, high = project_lengths
        found.append(
            RowCheck(check=PROJECT_LENGTH, side=SEVERA, registry=Registry.PROJECTS, expect=Expect.LENGTH,
                     value=known_key, low=low, high=high)
        )  # fmt: skip
    if longest is not None:
        found.append(
            RowCheck(check=CODE_LENGTH, side=SEVERA, registry=Registry.PRODUCTS, expect=Expect.LENGTH,
                     value=known_key, low=1, high=longest)
        )  # fmt: skip
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
    found.append(
        RowCheck(check=BRANCHES, side=SEVERA, registry=Registry.BUSINESS_UNITS, expect=Expect.COUNTERPART,
                 value=vat_number_of, theirs=vat_number_of)
    )  # fmt: skip
    return tuple(found)

"""What must be so in Visma.net before the switch-on: the guide's chapter and contract section 14, in their order.

The checks are data; how each is looked at stands in `looking.py`, what concerns records in `row_checks.py`.
"""

from __future__ import annotations

from core.checks import Area, ByHand, Check, Weight

HARD, SOFT = Weight.HARD, Weight.SOFT
KEYS = "Visma.net Financials: Segmented keys (CS202000)"
SERIES = "Visma.net Financials: Numbering sequences (CS201010)"

ACCESS = Check(
    key="visma_net.access",
    title="The service application is let into the company",
    where="Visma Developer Portal; Visma App Store; Visma Admin > Company > Configuration",
    todo="Check client id, secret and tenant id, and that the customer's administrator approved the application.",
    weight=HARD,
    area=Area.ACCESS,
    source="ALL-10, ALL-12, Visma.net contract 2",
)
COMPANY = Check(
    key="visma_net.company",
    title="Both systems say the same organisation number",
    where="Severa: Settings > Organization; Visma.net Financials: the company's own card",
    todo="Take the tenant id of the right company, or correct the number that is wrong.",
    weight=HARD,
    area=Area.ACCESS,
    source="ALL-10, guide: Authentication and automation",
)
NO_NUMBER = Check(
    key="visma_net.company_number",
    title="Both systems know the company's organisation number",
    where="Severa: Settings > Organization; Visma.net Financials: the company's own card",
    todo="Enter it: whether both are one company cannot be seen without it.",
    weight=SOFT,
    area=Area.ACCESS,
    source="ALL-10, guide: Authentication and automation",
)
CUSTOMER_KEY = Check(
    key="visma_net.customer_key",
    title="Visma.net numbers customers by itself",
    where=f"{KEYS}, CUSTOMER or BIZACCT: Auto number",
    todo="Switch auto numbering on: Visma.net gives the customer numbers.",
    weight=HARD,
    area=Area.NUMBERS,
    source="VN-02, VN-04, Visma.net contract 14",
)
PROJECT_KEY = Check(
    key="visma_net.project_key",
    title="Severa's project numbers fit Visma.net's",
    where=f"{KEYS}, PROJECT: Length and Auto number; the tenant file, visma_net.project_length_rule",
    todo="Set the length to that of Severa's project numbers, and auto numbering off.",
    weight=HARD,
    area=Area.NUMBERS,
    source="VN-09, guide: Important to know",
)
ITEM_KEY = Check(
    key="visma_net.item_key",
    title="Visma.net does not number items by itself",
    where=f"{KEYS}, INVENTORY: Auto number",
    todo="Switch auto numbering off: Severa's codes are the inventory ids.",
    weight=HARD,
    area=Area.NUMBERS,
    source="VN-07, Visma.net contract 14",
)
TASK_KEY = Check(
    key="visma_net.task_key",
    title="Project tasks are long enough for the one that invoices name",
    where=f"{KEYS}, PROTASK: Length; the tenant file, visma_net.task",
    todo="Set the length to that of the task, or longer.",
    weight=HARD,
    area=Area.NUMBERS,
    source="VN-09, Visma.net contract 14",
)
SEQUENCES = Check(
    key="visma_net.sequences",
    title="Numbering sequences give numbers that Severa can hold",
    where=SERIES,
    todo="For the sequence of customer invoices: digits only, below 2 147 483 647. Extend what ends.",
    weight=SOFT,
    area=Area.NUMBERS,
    source="ALL-06, Visma.net contract 14",
)
TEMPLATE = Check(
    key="visma_net.template",
    title="The template of new projects exists and is active",
    where="Visma.net Financials: Project templates (PM208000); the tenant file, visma_net.template",
    todo="Make the template, or name another one.",
    weight=HARD,
    area=Area.REGISTERS,
    source="VN-09, Visma.net contract 14",
)
VISIBLE = Check(
    key="visma_net.template_visible",
    title="Projects made from the template can be chosen on documents",
    where="Visma.net Financials: Project templates (PM208000), Visibility settings: GL, AP, AR",
    todo="Tick GL, AP and AR.",
    weight=HARD,
    area=Area.REGISTERS,
    source="VN-09, Visma.net contract 10",
)
TERMS = Check(
    key="visma_net.credit_terms",
    title="Every credit term that the tenant file names exists",
    where="Visma.net Financials: Credit terms; the tenant file, visma_net.credit_terms",
    todo="Name one that exists.",
    weight=HARD,
    area=Area.INVOICES,
    source="Visma.net contract 14",
)
DOUBLE_TERMS = Check(
    key="visma_net.double_credit_terms",
    title="One credit term stands for a number of days",
    where="Visma.net Financials: Credit terms; the tenant file, visma_net.credit_terms",
    todo="Say which one in visma_net.credit_terms.",
    weight=SOFT,
    area=Area.INVOICES,
    source="Visma.net contract 14",
)
CURRENCIES = Check(
    key="visma_net.currencies",
    title="Visma.net has every currency of Severa switched on",
    where="Visma.net Financials: Currencies",
    todo="Let it be used for accounting, or switch it off in Severa.",
    weight=SOFT,
    area=Area.REGISTERS,
    source="ALL-10, Visma.net contract 14",
)
OWN_CURRENCY = Check(
    key="visma_net.own_currency",
    title="Both systems keep their books in one currency",
    where="Severa: Settings > Organization > Currencies; Visma.net Financials: the company's own card",
    todo="Check what severa.currency_rates in the tenant file is to mean: costs in another currency wait without it.",
    weight=SOFT,
    area=Area.REGISTERS,
    source="Visma.net contract 14, Severa contract 14",
)
CLASSES = Check(
    key="visma_net.classes",
    title="Every class that the tenant file names exists",
    where="Visma.net Financials: Customer classes, Item classes; the tenant file, visma_net",
    todo="Name a class that exists, of the right type.",
    weight=HARD,
    area=Area.REGISTERS,
    source="VN-05, VN-08, Visma.net contract 14",
)
NO_CLASS = Check(
    key="visma_net.item_classes",
    title="New items have an inventory class",
    where="The tenant file, visma_net.item_classes",
    todo="Name one per kind: nothing is created without a class.",
    weight=SOFT,
    area=Area.REGISTERS,
    source="VN-08, Visma.net contract 10",
)
DEFAULT_ITEM = Check(
    key="visma_net.default_item",
    title="The item for invoice rows without a code exists",
    where="Visma.net Financials: Non-stock items; the tenant file, visma_net.default_item",
    todo="Name an active item.",
    weight=HARD,
    area=Area.INVOICES,
    source="Visma.net contract 15",
)

BY_HAND = (
    ByHand(
        title="Severa's own Visma.net Financials integration is off: two of them would send every invoice twice",
        where="Severa: Settings > Visma.net Financials; Visma.net Financials: Enable/Disable features",
        source="guide: Enable integration",
    ),
    ByHand(
        title="Visma.net does not send invoices to customers a second time",
        where="Severa: Settings > Visma.net ERP > Invoicing > Send all project invoices .. through AutoInvoice",
        source="guide: Using AutoInvoice",
    ),
    ByHand(
        title="AutoInvoice takes the transferred status and gives the sent status",
        where="Severa: AutoInvoice settings, Status of invoices to be transferred and after transfer",
        source="guide: Invoice statuses when using both",
    ),
    ByHand(
        title="The numbering sequence of customer invoices does not run into old numbers of Severa",
        where=f"{SERIES}; Visma.net Financials: Customer ledger preferences (AR101000)",
        source="guide: Invoice numbering; which sequence serves invoices has no path in the contract",
    ),
    ByHand(
        title="Validate document totals on entry is off",
        where="Visma.net Financials: Customer ledger preferences (AR101000)",
        source="Visma.net contract 15",
    ),
    ByHand(
        title="A dashboard in Severa shows the invoices on the failed status",
        where="Severa: Reports > Invoices, filtered by that status",
        source="guide: Invoices",
    ),
    ByHand(
        title="Invoicing VAT is right on customers and on products, work types and travel expenses",
        where="Severa: the customer's card; Settings > Work time, travel expense & product registries",
        source="guide: Product register, Customers; VAT cannot be sent, the total decides",
    ),
    ByHand(
        title="The registry comparison report was read: what is linked, what looks like one item and will not be",
        where="severa-sync compare TENANT",
        source="ALL-09",
    ),
    ByHand(
        title="The field that carries our key of a project cost is not printed on invoices",
        where="The tenant file, severa.fee_key_field",
        source="Severa contract 8 and 14: only a write on a test project would show it",
    ),
)

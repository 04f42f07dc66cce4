"""Field tables and registry rules of one ERP, as Markdown, from its connector's mapping and profile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.fields import Field, Table, Use
from connectors.poweroffice import mapping as poweroffice
from connectors.profiles import PROFILES
from connectors.rules import by_key
from connectors.visma_net import mapping as visma_net
from connectors.visma_net.invoice_mapping import INVOICE_TABLES
from connectors.visma_net.resources import RESOURCES as VISMA_NET
from core.profiles import Flow, Master, Profile, RegistryRule, words_of
from core.records import RECORD_TYPES, Record, Registry, Side

HEADINGS: Mapping[str, str] = {
    "Customer": "Customers",
    "Contact person": "Contacts and contact addresses",
    "Contact": "Contacts",
    "Product group": "Product categories",
    "Product": "Products, work types and travel expenses",
    "Item": "Products, work types and travel expenses",
    "Project": "Projects",
    "Department": "Business units",
    "Branch": "Business units",
    "Employee": "Users",
    "Sales order": "Sales invoices",
    "Order line": "Invoice rows",
    "Sent invoice": "What comes back of a sent invoice",
    "Ledger row": "Purchase invoice rows",
    "Invoice": "Invoices and credit notes",
    "Invoice row": "Invoice rows",
    "Supplier invoice": "Supplier invoices",
    "Supplier invoice row": "Rows of supplier invoices",
    "Journal transaction": "Other transactions",
    "Journal transaction row": "Rows of other transactions",
    "Attachment": "Attachments of costs",
}
"""What a connector calls a row -> the heading that people look for."""


@dataclass(frozen=True)
class Described:
    """One ERP for its page.

    `registries` says which registry a table of plain values is of, `named` what the record calls a value that the table
    reads under a name of its own. `brings` are the tables whose guide rows come to Severa.
    """

    profile: Profile
    tables: tuple[Table[Any], ...]
    brings: frozenset[str]
    registries: Mapping[str, Registry] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The ERP's name for people."""
        return self.profile.title

    def registry_of(self, table: Table[Any]) -> Registry | None:
        """The registry that a table is of; None for documents and their rows."""
        if isinstance(table.record, type) and issubclass(table.record, Record):
            return table.record.registry
        return self.registries.get(table.title)

    def way(self, flow: Flow) -> str:
        """Which way, in words."""
        return {Flow.BOTH: "both ways", Flow.TO_ERP: f"to {self.title}", Flow.TO_SEVERA: "to Severa"}[flow]


DESCRIBED: Mapping[str, Described] = {
    each.profile.system: each
    for each in (
        Described(PROFILES["poweroffice"], poweroffice.TABLES, brings=frozenset({"Ledger row"})),
        Described(
            PROFILES["visma_net"],
            visma_net.TABLES,
            brings=frozenset(table.title for table in INVOICE_TABLES),
            registries={resource.table.title: registry for registry, resource in VISMA_NET.items()},
            named={"credit_terms": "payment_term", "customer_number": "customer", "status": "active"},
        ),
    )
}
"""The explicit table: ERP -> what its page shows."""


def render_fields(erp: Described) -> str:
    """The field tables of all registries, invoices and costs, in the guide's order."""
    return "\n\n".join(_fields(erp, table) for table in erp.tables)


def render_rules(erp: Described) -> str:
    """One row per registry: what matches, who is master at first, what stays on its own side, what is an issue."""
    head = ("registry", "matched by", "master at first", "stays on its own side", "reported as an issue")
    return markdown(head, (_rule(erp, rule) for rule in erp.profile.registries))


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def matched(rule: RegistryRule) -> str:
    """By what two items of a registry are one."""
    key = RECORD_TYPES[rule.registry].KEY
    return "; ".join(key if matcher is by_key else words_of(matcher) for matcher in rule.match)


def master(erp: Profile, choice: Master) -> str:
    """A master, for people."""
    return {Master.ERP: erp.title, Master.SEVERA: "Severa", Master.BOTH: "both"}[choice]


def _fields(erp: Described, table: Table[Any]) -> str:
    rows = ((each.guide, _member(each), _way(erp, table, each), each.note) for each in table.fields)
    return f"### {HEADINGS[table.title]}\n\n" + markdown(("Severa", erp.title, "goes", "remark"), rows)


def _member(each: Field) -> str:
    """The member as it is read; where it is written under another name, that too."""
    read = f"`{each.vendor}`" if each.vendor else "-"
    written = {each.member(use) for use in Use} - {None, each.vendor}
    names = " and ".join(f"`{name}`" for name in sorted(map(str, written)))
    return f"{read}, written as {names}" if names else read


def _way(erp: Described, table: Table[Any], each: Field) -> str:
    """Which way a field goes."""
    if each.attribute is None:
        return "see remark" if each.note else "-"
    registry = erp.registry_of(table)
    if registry is not None:
        attribute = each.attribute.partition(".")[0]
        return _way_of_record(erp, registry, erp.named.get(attribute, attribute))
    if each.write is not None:
        return erp.way(Flow.TO_ERP)
    return erp.way(Flow.TO_SEVERA) if table.title in erp.brings and each.guide != "-" else "read"


def _way_of_record(erp: Described, registry: Registry, attribute: str) -> str:
    """A record's field goes as its rule says; new items take all of their fields with them."""
    rule = erp.profile.rule(registry)
    ways = {each.name: "on create" if each.fixed else erp.way(each.flow) for each in rule.fields}
    if attribute in ways:
        return ways[attribute]
    if attribute == RECORD_TYPES[registry].KEY:
        return "matched by it" if by_key in rule.match else "on create"
    return "on create" if attribute == "reference" else "read"


def _rule(erp: Described, rule: RegistryRule) -> tuple[str, ...]:
    stays = [f"{each.name} ({side})" for each, side in _by_side(erp, rule.filters)]
    if rule.needs_activity:
        stays.append("no active project and no invoice yet (Severa)")
    if rule.only_new is not None:
        stays.append("from before the switch-on (regular products)")
    issues = [requirement.why for requirement, _ in _by_side(erp, rule.requirements)]
    return (
        rule.registry.value.replace("_", " "),
        matched(rule),
        master(erp.profile, erp.profile.masters[rule.registry]),
        "; ".join(dict.fromkeys(stays)) or "-",
        " ".join(dict.fromkeys(issues)) or "-",
    )


def _by_side(erp: Described, given: Mapping[Side, Sequence[Any]]) -> Iterator[tuple[Any, str]]:
    """Every rule once, with the sides that it holds on."""
    sides: dict[int, list[str]] = {}
    rules: dict[int, Any] = {}
    for side, several in given.items():
        for rule in several:
            rules[id(rule)] = rule
            sides.setdefault(id(rule), []).append("Severa" if side is Side.SEVERA else erp.title)
    for key, rule in rules.items():
        yield rule, " and ".join(sides[key])

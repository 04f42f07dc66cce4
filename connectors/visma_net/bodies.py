"""The bodies of registry writes: values of ours as Visma.net's members (contract sections 3, 8 and 10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.fields import Use
from connectors.gaps import Gaps
from connectors.visma_net.numbers import Numbers
from connectors.visma_net.registers import Registers
from connectors.visma_net.resources import resource_of
from connectors.visma_net.settings import VismaNetSettings
from connectors.visma_net.words import ITEM_KINDS
from core.errors import BadDataError, MissingDependencyError
from core.records import Address, ProductKind, Record, Registry
from core.states import encode

ADDRESSES = {"address": "mainAddress", "billing_address": "invoiceAddress", "postal_address": "deliveryAddress"}
"""VN-06: field of a customer -> the block that it is written to."""


class Bodies:
    """Makes bodies. What cannot be written is named in the gaps; what must not be sent raises before any call."""

    def __init__(self, settings: VismaNetSettings, registers: Registers, customers: Numbers) -> None:
        self._settings = settings
        self._registers = registers
        self._customers = customers

    async def members(self, registry: Registry, values: Mapping[str, Any], use: Use, gaps: Gaps) -> dict[str, Any]:
        """Dotted member -> value, for those of the values that Visma.net has a place for. None means: not sent."""
        ready = dict(values)
        if registry is Registry.CUSTOMERS:
            await self._term(ready, gaps)
        elif registry in (Registry.CONTACTS, Registry.PROJECTS) and values.get("customer"):
            ready["customer_number"] = await self._customers.number(str(values["customer"]))
        elif registry is Registry.PRODUCTS and ready.get("kind") is ProductKind.WORK_TYPE:
            ready.pop("unit_price", None)
        members = resource_of(registry).table.write(ready, use)
        if registry is Registry.CUSTOMERS:
            for field, block in ADDRESSES.items():
                if field in values:
                    members[f"{block}.addressLine3"] = ""
        if registry in (Registry.CUSTOMERS, Registry.PRODUCTS) and "active" in values:
            members["status"] = "Active" if values["active"] else "Inactive"
        return members

    async def of_new(self, registry: Registry, values: Mapping[str, Any]) -> dict[str, Any]:
        """Members that every new item carries besides its values."""
        if registry is Registry.CUSTOMERS:
            more: dict[str, Any] = {"overrideWithClassValues": True, "mainContact.name": values.get("name")}
            if not values.get("customer_class"):
                more["customerClassId"] = self._settings.customer_class
            return more
        if registry is Registry.CONTACTS:
            self._complete_contact(values)
        if registry is Registry.PROJECTS:
            await self._registers.check_project_number(str(values["number"]).strip())
            return {"billingPeriod": "OnDemand", "template": self._settings.template, "hold": True}
        if registry is Registry.PRODUCTS:
            return {"itemClass": await self._item_class(values)}
        return {}

    def different(
        self,
        registry: Registry,
        members: Mapping[str, Any],
        changes: Mapping[str, Any],
        before: Record,
        row: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Of the members those whose field is to be another one than the object shows now."""
        same = {name for name, value in changes.items() if _shows(before, name, value)}
        kept = {name for name, value in members.items() if value is None}
        for field in resource_of(registry).table.fields:
            attribute = (field.attribute or "").partition(".")[0]
            if attribute in same and (member := field.member(Use.PATCH)):
                kept.add(member)
        if "active" in same:
            kept.add("status")
        for name, block in ADDRESSES.items():
            if name in same or not _third_line(row, block):
                kept.add(f"{block}.addressLine3")
        if "customer" in same:
            kept.add("customer")
        if "payment_term" in same:
            kept.add("creditTermsId")
        return {name: value for name, value in members.items() if name not in kept}

    async def _term(self, ready: dict[str, Any], gaps: Gaps) -> None:
        """Days as a credit term. None is not sent: what a customer's term is without days is Visma.net's own."""
        days = ready.pop("payment_term", None)
        if days is None:
            return
        term = await self._registers.term(days)
        if term is None:
            gaps.add("payment_term", no_term(days))
        else:
            ready["credit_terms"] = term

    async def _item_class(self, values: Mapping[str, Any]) -> str:
        """The class of a new item: chosen in Severa, by the tenant's table, or the tenant's default (VN-08)."""
        kind = values.get("kind") or ProductKind.PRODUCT
        code = str(values.get("code") or "")
        chosen = values.get("item_class") or (
            self._settings.work_type_classes.get(code) if kind is ProductKind.WORK_TYPE else None
        )
        chosen = chosen or self._settings.item_classes.get(kind)
        if not chosen:
            raise MissingDependencyError(
                f"Item {code} has no inventory class.",
                why="Visma.net takes VAT and accounts from it, so nothing was sent.",
                todo="Choose a Financials inventory class in Severa, or enter a default in visma_net.item_classes.",
                field="itemClass",
                needs=f"item_class:{code}",
            )
        known = await self._registers.item_class(str(chosen))
        if known is None:
            raise MissingDependencyError(
                f"Visma.net has no inventory class {chosen}.",
                todo="Add it in Visma.net, or choose another class in Severa.",
                field="itemClass",
                needs=f"item_class:{chosen}",
            )
        if ITEM_KINDS.get(known["kind"] or "") is not kind:
            raise BadDataError(
                f"Inventory class {chosen} is for another kind of item ({known['kind']}).",
                why=f"In Severa the item is a {kind.value.replace('_', ' ')}.",
                todo="Choose a class of the right type in Severa.",
                field="itemClass",
            )
        return str(chosen)

    @staticmethod
    def _complete_contact(values: Mapping[str, Any]) -> None:
        if not values.get("customer"):
            raise BadDataError(
                "The contact has no customer in Visma.net.",
                todo="Choose a customer for the contact in Severa that goes to Visma.net, too.",
                field="businessAccount",
            )
        if not values.get("last_name"):
            raise BadDataError(
                "The contact has no last name, and Visma.net requires one.",
                todo="Enter it in Severa.",
                field="lastName",
            )


def no_term(days: int) -> MissingDependencyError:
    """Visma.net has no credit term of so many days."""
    return MissingDependencyError(
        f"Visma.net has no credit term of {days} days.",
        todo=f"Add a term of {days} days for customers in Visma.net, or choose another term in Severa.",
        field="creditTermsId",
        needs=f"payment_terms:{days}",
    )


def _shows(before: Record, name: str, value: Any) -> bool:
    if not hasattr(before, name):
        return False
    shown = getattr(before, name)
    if isinstance(value, Address) or isinstance(shown, Address):
        return bool(encode(shown) == encode(value))
    plain = value.strip() or None if isinstance(value, str) else value
    return bool(encode(shown) == encode(plain))


def _third_line(row: Mapping[str, Any], block: str) -> bool:
    address = row.get(block)
    return isinstance(address, Mapping) and bool(address.get("addressLine3"))

"""Which fields of Severa's registries a profile carries. Those that stand in other rows cost calls of their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from core.records import Registry

ELSEWHERE: Mapping[Registry, frozenset[str]] = {
    Registry.CUSTOMERS: frozenset({"billing_address", "postal_address", "customer_class"}),
    Registry.CONTACTS: frozenset({"address", "mobile"}),
    Registry.PRODUCTS: frozenset({"item_class"}),
}
"""Fields that are read and written elsewhere than on the item's own row, or mean something only to some ERPs."""
USUAL = frozenset({"address"})
"""Of these the ones that are carried when nobody has said what is."""


class Carried:
    """What is carried. Until a profile says so it is all that costs no call of its own, and contacts' addresses."""

    def __init__(self) -> None:
        self._fields: Mapping[Registry, Collection[str]] | None = None

    def only(self, fields: Mapping[Registry, Collection[str]]) -> None:
        """These fields, per registry."""
        self._fields = {registry: frozenset(names) for registry, names in fields.items()}

    def has(self, registry: Registry, name: str) -> bool:
        """Whether a field that stands elsewhere is read and written."""
        return name in USUAL if self._fields is None else name in self._fields.get(registry, ())

    def left_out(self, registry: Registry) -> frozenset[str]:
        """Fields that are neither read nor written."""
        return frozenset(name for name in ELSEWHERE.get(registry, ()) if not self.has(registry, name))

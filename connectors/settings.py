"""The explicit table of settings: name of a system -> the section of a tenant file that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.poweroffice.settings import PowerOfficeSettings
from connectors.severa.settings import SeveraSettings
from connectors.visma_net.settings import VismaNetSettings
from tenants.section import ErpSection, Section

SEVERA = "severa"

ERP_SETTINGS: Mapping[str, type[ErpSection]] = {"poweroffice": PowerOfficeSettings, "visma_net": VismaNetSettings}
"""The ERPs that a tenant may name, in the order in which they are listed for people."""

SETTINGS: Mapping[str, type[Section]] = {SEVERA: SeveraSettings, **ERP_SETTINGS}
"""All sections, as `tenants.load.load` takes them."""

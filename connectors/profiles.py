"""The explicit table of profiles: name of an ERP -> its rules."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.poweroffice.profile import PROFILE as POWEROFFICE
from connectors.visma_net.profile import PROFILE as VISMA_NET
from core.profiles import Profile

PROFILES: Mapping[str, Profile] = {profile.system: profile for profile in (POWEROFFICE, VISMA_NET)}
"""In the order in which the ERPs are listed for people."""

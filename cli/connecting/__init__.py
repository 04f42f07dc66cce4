"""Connecting a tenant's systems: asks for credentials, tests them, keeps them by reference (ALL-12).

`connect` gets and tests the credentials of one system and writes nothing. `decide` says where its secrets go, and
`keep` stores what several systems brought, together with the tenant's file, all or nothing. The command
`severa-sync connect` is made of these three; so can be whatever makes a new tenant.
"""

from __future__ import annotations

from cli.connecting.asking import Asking, Given, Terminal, read_secrets
from cli.connecting.consent import Browsing
from cli.connecting.getting import Asked, Connected, ask, connect, prove
from cli.connecting.keeping import Kept, Place, decide, keep, tenant_file

__all__ = [
    "Asked",
    "Asking",
    "Browsing",
    "Connected",
    "Given",
    "Kept",
    "Place",
    "Terminal",
    "ask",
    "connect",
    "decide",
    "keep",
    "prove",
    "read_secrets",
    "tenant_file",
]

"""Holds a tenant's lease in a process of its own until its input ends, as a run that is under way does."""

from __future__ import annotations

import sys

from state.leases import Lease
from state.processes import Holder
from state.store import Store


def main(url: str, tenant: str) -> None:
    """Say `held`, wait, give it back."""
    store = Store.open(url)
    leases = store.tenant(tenant).lease
    lease = leases.acquire(Holder.this_process("cycle"), 120)
    assert isinstance(lease, Lease), lease
    sys.stdout.write("held\n")
    sys.stdout.flush()
    sys.stdin.read()
    leases.release(lease)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

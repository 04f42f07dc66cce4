"""State: what must survive a run, from links and the ledger to leases; it is opened through `state.store`."""

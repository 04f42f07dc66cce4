"""severa-sync, the command line: one module per command."""

"""The systems that are kept in step: one folder per system, the same file names in each."""

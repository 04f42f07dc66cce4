"""The DAGs, one file per job; each reads like its picture."""

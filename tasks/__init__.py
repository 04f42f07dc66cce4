"""The steps of the DAGs: Prefect tasks, one batch of records each."""

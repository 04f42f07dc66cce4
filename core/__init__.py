"""The rules: records, money, matching, planning, transfers, errors. Pure: no network, no database, no Prefect."""

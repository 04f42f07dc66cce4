"""Data quality in words for people: suites of Great Expectations and their Data Docs.

The gates that decide are pure code in `core`; the expectations here state them once more, per batch, for people. Great
Expectations and pandas cost seconds to import, so no module of this room imports them before a batch is validated:
start from `expectations.totals`.
"""

"""The registry comparison report as data: what the first cycle will do with every record, and what looks wrong.

It is made from the planner's own plan (law 2): `rows` only says what the plan says, record by record. `likely`,
`groups` and the scores are advice beside it and change nothing (ALL-09).
"""

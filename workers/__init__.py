"""A Prefect worker that starts its runs by forking a process that has everything imported already.

Nothing in the flows knows of it: any other worker and work pool of Prefect runs them as well.
"""

"""Staffing: the least-cost shifts that meet the wait targets of a hall, judged exactly or by simulation."""

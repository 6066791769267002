"""Published outputs of systems that were compared, as COMPARISON.md gives them; one number a replication."""

from __future__ import annotations

import numpy as np

LAW_20_40 = [126.97, 124.31, 126.68, 122.66, 127.23]
LAW_20_80 = [118.21, 120.22, 122.45, 122.68, 119.40]
"""Law & Kelton, Simulation Modeling and Analysis: monthly cost of the (s, S) policies (20, 40) and (20, 80)."""

REVIEW_1 = [15.19, 12.13, 17.13, 17.5, 16.88, 11.97, 16.83, 18.44, 14.9, 15.15]
REVIEW_2 = [15.65, 14.22, 16.17, 13.43, 15.52, 16.16, 12.67, 16.97, 11.83, 10.35]
REVIEW_2_CRN = [16.29, 12.58, 19.35, 18.4, 18.38, 12.84, 18, 19.18, 16.03, 16.03]
"""IE 305/404 review sheet (coursehero.com/file/3034253): time in system; the second independent, and with CRN."""

INSPECTION = {
    1: [63.72, 32.24, 40.28, 36.94, 36.29, 56.94, 34.10, 63.36, 49.29, 87.20],
    2: [63.06, 31.78, 40.32, 37.71, 36.79, 57.93, 33.39, 62.92, 47.67, 80.79],
    3: [57.74, 29.65, 36.52, 35.71, 33.81, 51.54, 31.39, 57.24, 42.63, 67.27],
    4: [62.63, 31.56, 39.87, 37.35, 36.65, 57.15, 33.30, 62.21, 47.46, 79.60],
}
"""Banks et al., vehicle inspection, four designs under CRN, as shipped by KSL; less is better."""

INSPECTIONS = np.column_stack(list(INSPECTION.values()))
"""The same, (replications, designs)."""

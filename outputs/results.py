"""Reading the long table of results of a study back into a frame. It writes nothing; the run store does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from outputs.findings import KPI_COLUMNS, FindingsError

if TYPE_CHECKING:
    import pandas as pd

KPI_FILE = "kpis.parquet"
"""The table of a study's results, one row a run and KPI, in the study's result folder."""


def read(folder: str | Path) -> pd.DataFrame:
    """Return the KPIs of `results/<study>` (or of a Parquet file itself).

    Columns: arm, point, replication, kpi, scope, period, value, unit, weight. FileNotFoundError: the folder has no
    results yet. FindingsError: the file isn't a table of KPIs.
    """
    import pandas as pd

    path = Path(folder)
    if path.is_dir():
        path = path / KPI_FILE
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no results here; `standfast run` or `standfast compare` writes them")
    try:
        frame = pd.read_parquet(path)
    except (ValueError, OSError) as error:
        raise FindingsError(f"{path}: not a Parquet table ({error})") from error
    missing = [column for column in KPI_COLUMNS if column not in frame.columns]
    if missing:
        raise FindingsError(f"{path}: not a table of KPIs, it lacks {', '.join(missing)}")
    return frame[list(KPI_COLUMNS)]

"""Compare two staffings of a small hall from Python, once as it ships and once with a fifth more customers."""

from __future__ import annotations

import standfast as sf

BUSIER = 'halls.gaosheng.arrivals.rate="x1.2"'


def main() -> None:
    """Print the verdicts of both comparisons. The second one keeps its runs apart, since its study is another."""
    for sets in ((), (BUSIER,)):
        comparison = sf.compare("one-hall", out="results", sets=sets)
        print(*sets or ("as it ships",))
        print(
            comparison.findings.decision[["arm", "metric", "difference", "half_width", "verdict"]]
            .round(3)
            .to_string(index=False)
        )


if __name__ == "__main__":
    main()

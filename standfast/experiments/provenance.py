"""Where a report's numbers come from: files by their hashes, seed, versions, platform, events, and how to redo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from standfast.experiments.campaign import made_with
from standfast.experiments.plan import Variant, content_hash
from standfast.experiments.sources import study_sources
from standfast.experiments.store import study_file

if TYPE_CHECKING:
    import pandas as pd

    from scenarios import LoadedStudy

SHOWN_HEX = 12
"""Characters of a file's hash that a report shows; receipts have all of them."""

SHOWN_ARMS = 12

_LABELS = {
    "study": ("Study", "方案文件"),
    "files": ("Files it was read from, with SHA-256", "读取的文件及其 SHA-256"),
    "fingerprint": ("Study fingerprint", "方案指纹"),
    "seed": ("Seed", "随机种子"),
    "engine": ("Engine version", "引擎版本"),
    "confidence": ("Confidence of all verdicts together", "全部结论的总置信度"),
    "replications": ("Replications", "重复次数"),
    "horizon": ("Simulated time", "模拟时段"),
    "events": ("Digest of all events", "全部事件的摘要"),
    "again": ("To run one again: standfast run FILE --replication N", "重跑一次：standfast run FILE --replication N"),
    "made_with": ("Made with", "软件版本"),
    "platform": ("Platform", "平台"),
}


def provenance_rows(
    loaded: LoadedStudy,
    variants: Mapping[tuple[str, str], Variant],
    kpis: pd.DataFrame,
    language: str,
    engine: str,
    events: str = "",
) -> dict[str, str]:
    """Label → text, as a report shows it; what is not known is left out. `events` is the digest of all its runs."""
    from outputs.quantities import level_words

    first = variants[loaded.compare.baseline, loaded.points[0].name]
    versions = dict(made_with())
    place = f"{versions.pop('platform')}, {versions.pop('byteorder')}-endian"
    models = [[variant.arm, variant.point, variant.model] for variant in variants.values()]
    runs = {int(number) for number in kpis.groupby(["arm", "point"])["replication"].nunique()} or {0}
    few, many = min(runs), max(runs)
    texts = {
        "study": loaded.path.name,
        "files": ", ".join(f"{name} {sha256[:SHOWN_HEX]}" for name, sha256 in study_sources(loaded).items()),
        "fingerprint": content_hash(models)[:16],
        "seed": str(first.study.seed),
        "engine": engine,
        "confidence": level_words("zh" if language == "zh" else "en", loaded.compare.confidence),
        "replications": str(many) if few == many else f"{few}–{many}",
        "horizon": f"{first.study.start.isoformat()} + {first.study.days} d",
        "events": events,
        "again": _study_files(variants, first.point),
        "made_with": ", ".join(f"{name} {number}" for name, number in versions.items()),
        "platform": place,
    }
    chosen = 1 if language == "zh" else 0
    return {_LABELS[key][chosen]: text for key, text in texts.items() if text}


def _study_files(variants: Mapping[tuple[str, str], Variant], point: str) -> str:
    """The file of each arm at a point, in the results folder, that its runs are made again from."""
    here = [each for each in variants.values() if each.point == point and each.tree is not None]
    told = [f"{each.arm}: studies/{study_file(each.model)}" for each in here[:SHOWN_ARMS]]
    return ", ".join(told) + (" …" if len(here) > SHOWN_ARMS else "")

"""The words for the best of many and for why it may be believed, in English and in Chinese."""

from __future__ import annotations

BEST_ENGLISH: dict[str, str] = {
    "best.heading": "Which is best",
    "best.note": "Each strategy, the baseline among them, against the best of the others: an interval that ends at 0 "
    "on the good side says that it is the best, on the bad side that it is not. All intervals hold together, at every "
    "look, with the study’s confidence.",
    "best.one": "On {metric}, {arm} is the best of all {all} ({level} level at this look).",
    "best.some": "On {metric}, {count} of the {all} may still be the best: {arms} ({level} level at this look).",
    "best.all": "On {metric}, any of the {all} may still be the best ({level} level at this look).",
    "best.selected": "Selected by {procedure}: {arm}, after {runs} runs of those that were left; what leads by {zone} "
    "is found with the study’s confidence.",
    "best.not_selected": "Nothing selected by {procedure} within {runs} runs, for a lead of {zone}. Still possible: "
    "{arms}. Raise `replications.max`, or the indifference zone.",
    "best.procedure.kn": "the sequential procedure of Kim and Nelson",
    "best.procedure.two_stage": "the two-stage procedure of Matejcik and Nelson",
    "best.mean": "Mean",
    "best.interval": "Against the best of the others",
    "best.state": "May be the best",
    "best.state.may": "may be the best",
    "best.state.no": "not the best",
    "best.state.selected": "selected",
    "best.state.remains": "still possible",
    "best.state.out": "ruled out",
    "belief.heading": "Why believe it",
    "belief.note": "Every strategy meets the same customers with the same needs and patience (common random numbers), "
    "so that what is left between two strategies is their doing.",
    "belief.gain": "{metric}: common random numbers save {gains}.",
    "belief.ratio": "{ratio}× the runs ({arm})",
    "belief.certain": "all noise: the difference was the same in every run ({arm})",
    "belief.no_gain": "{arm} – {metric}: correlation {correlation}. Common random numbers save nothing here: the "
    "interval holds, but takes as many runs as independent ones would, or more.",
    "belief.no_gain_more": "{count} more comparisons gain nothing from common random numbers.",
}

BEST_CHINESE: dict[str, str] = {
    "best.heading": "哪个方案最优",
    "best.note": "每个方案（含基准）与其余方案中最优者之差：区间在有利一侧止于 0 表示它就是最优，"
    "在不利一侧止于 0 表示它不是最优。全部区间在每次检视时以研究的置信度同时成立。",
    "best.one": "在“{metric}”上，{arm}是全部 {all} 个方案中最优的（本次检视水平 {level}）。",
    "best.some": "在“{metric}”上，{all} 个方案中仍有 {count} 个可能最优：{arms}（本次检视水平 {level}）。",
    "best.all": "在“{metric}”上，{all} 个方案都仍可能最优（本次检视水平 {level}）。",
    "best.selected": "按{procedure}选出：{arm}，剩余方案各运行 {runs} 次；领先 {zone} 的方案能以研究的置信度被选出。",
    "best.not_selected": "按{procedure}在 {runs} 次运行内未能选出（领先量 {zone}），仍有可能：{arms}。"
    "可提高 `replications.max` 或放宽无差异区间。",
    "best.procedure.kn": "Kim–Nelson 序贯法",
    "best.procedure.two_stage": "Matejcik–Nelson 两阶段法",
    "best.mean": "均值",
    "best.interval": "与其余最优者之差",
    "best.state": "是否可能最优",
    "best.state.may": "可能最优",
    "best.state.no": "不是最优",
    "best.state.selected": "选出",
    "best.state.remains": "仍有可能",
    "best.state.out": "已排除",
    "belief.heading": "为什么可信",
    "belief.note": "每个方案面对同一批客户、同样的需求和耐心（共同随机数），因此方案之间剩下的差别就是方案本身造成的。",
    "belief.gain": "{metric}：共同随机数节省{gains}。",
    "belief.ratio": "运行次数为独立抽样的 1/{ratio}（{arm}）",
    "belief.certain": "全部随机误差：每次运行的差异都相同（{arm}）",
    "belief.no_gain": "{arm}——{metric}：相关系数 {correlation}。共同随机数在此没有节省："
    "区间仍然成立，但所需运行次数不少于独立抽样。",
    "belief.no_gain_more": "另有 {count} 项比较没有从共同随机数得到节省。",
}

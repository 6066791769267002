"""The words of what holds over draws of the beliefs. `outputs.language` joins them to its table."""

from __future__ import annotations

OVER_DRAWS_ENGLISH: dict[str, str] = {
    "over.heading": "Over the draws of the beliefs",
    "over.at": "Draws at {point}",
    "over.note": "{draws} draws of the beliefs, all that are drawn at once and each within its range (the best value "
    "is the median, either side uniform: assumed), with {runs} runs of every strategy a draw.",
    "over.read": "Difference and interval: of the mean over draws, each interval at {level}. Middle 90 %: between the "
    "5th and the 95th percentile of the draws. Better, worse: share of draws beyond what counts as a difference. Best: "
    "share of draws with the best mean. Shares and percentiles hold the Monte Carlo error that the runs of a draw "
    "leave; with {draws} draws a share is known to within {points} points (95 %).",
    "over.spread_note": "Chance / beliefs: standard deviation of the level between runs of a draw, and between draws.",
    "over.zero_note": "A spread of 0 between draws stands where its estimate came out below 0: the noise of the runs "
    "hides what there may be.",
    "over.left_out": "{count} draws with failed runs are left out.",
    "over.mean": "mean",
    "over.difference": "mean difference",
    "over.middle": "middle 90 %",
    "over.better": "better",
    "over.worse": "worse",
    "over.best": "best",
    "over.spread": "chance / beliefs",
    "over.sentence": "{arm}: {metric} {change} on average over {draws} draws of the beliefs; better in {better} of "
    "them, worse in {worse}, the best of all in {best}.",
    "over.change": "{difference} [{low}, {high}]",
    "verdict.over": "over {draws} draws of the beliefs it is better in {better} and worse in {worse}",
    "verdict.over_none": "over {draws} draws of the beliefs {arm} has the best mean most often, in {best}",
}

OVER_DRAWS_CHINESE: dict[str, str] = {
    "over.heading": "在估计值的各种取值下",
    "over.at": "情景点 {point} 处的抽样",
    "over.note": "对参与抽样的全部估计值在各自范围内同时抽样 {draws} 次（取值为中位数，两侧均匀分布：此为假定），"
    "每次抽样每个方案运行 {runs} 次。",
    "over.read": "差值与区间：各次抽样的平均，每个区间的置信度为 {level}。中间 90%：抽样结果的 5 与 95 分位之间。"
    "更好、更差：差值超出无差别范围的抽样占比。最佳：均值最佳的抽样占比。占比与分位数含有每次抽样内剩余的蒙特卡罗误差；"
    "{draws} 次抽样时，占比的误差不超过 {points} 个百分点（95%）。",
    "over.spread_note": "偶然 / 估计：水平值在同一次抽样内各次运行之间与各次抽样之间的标准差。",
    "over.zero_note": "抽样之间的波动为 0 处，其估计为负：若有波动，也被运行的噪声掩盖。",
    "over.left_out": "有运行失败的 {count} 次抽样未计入。",
    "over.mean": "均值",
    "over.difference": "平均差值",
    "over.middle": "中间 90%",
    "over.better": "更好",
    "over.worse": "更差",
    "over.best": "最佳",
    "over.spread": "偶然 / 估计",
    "over.sentence": "{arm}：在 {draws} 次估计值抽样中，{metric}平均变化 {change}；其中 {better} 更好，{worse} 更差，"
    "{best} 为最佳。",
    "over.change": "{difference} [{low}, {high}]",
    "verdict.over": "在 {draws} 次估计值抽样中，{better} 更好，{worse} 更差",
    "verdict.over_none": "在 {draws} 次估计值抽样中，{arm}最常取得最佳均值，占 {best}",
}

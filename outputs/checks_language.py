"""The words of the consistency checks. `outputs.language` joins them to its table."""

from __future__ import annotations

CHECKS_ENGLISH: dict[str, str] = {
    "check.heading": "Consistency checks",
    "check.one": "Consistency check: {title}",
    "check.note": "A check says what results should look like if the study is right. It decides nothing, and nothing "
    "is tuned to it. The tables give the share of the draws of the beliefs in which it holds, with its {level} "
    "interval (Wilson's), by strategy and for each of its parts.",
    "check.sentence": "{title}: with {arm} it holds in {share} of {draws} draws [{low}, {high}].",
    "check.nothing": "{title}: with {arm} no draw has a result.",
    "check.from": "Where the expectation comes from: {note}.",
    "check.whole": "all of it",
    "check.about": "the strategy that the check is about",
    "check.decide": "Which assumptions decide “{condition}”",
    "check.decide_whole": "Which assumptions decide whether all of it holds",
    "check.decide_none": "No single belief is settled to tell the draws in which it holds from the others. "
    "The most telling ones, not settled:",
    "check.decide_few": "Too few draws on one side to tell which beliefs decide.",
    "check.belief": "belief",
    "check.source": "source",
    "check.held": "median where it holds",
    "check.other": "median elsewhere",
    "check.distance": "distance",
    "check.read": "Distance: the largest between the distribution of a belief in the draws in which the check holds "
    "and in the others (Smirnov's test, one belief at a time): 0 tells nothing, 1 everything. Settled means so at "
    "{level} for all beliefs together (Holm); beliefs that act only together are not found so.",
    "check.more": "{count} more are settled; all of them stand in separations.csv.",
    "check.and": "and",
    "check.or": "or",
    "check.not": "not",
}

CHECKS_CHINESE: dict[str, str] = {
    "check.heading": "一致性检查",
    "check.one": "一致性检查：{title}",
    "check.note": "检查说明：若研究正确，结果应当如何。它不决定任何方案，也没有任何数值据此调整。"
    "下表给出估计值各次抽样中检查成立的占比及其 {level} 区间（Wilson），按方案和按检查的各部分列出。",
    "check.sentence": "{title}：{arm}下，{draws} 次抽样中有 {share} 成立 [{low}, {high}]。",
    "check.nothing": "{title}：{arm}下，没有一次抽样有结果。",
    "check.from": "预期的来源：{note}。",
    "check.whole": "全部成立",
    "check.about": "检查所针对的方案",
    "check.decide": "哪些假设决定“{condition}”",
    "check.decide_whole": "哪些假设决定是否全部成立",
    "check.decide_none": "没有单个估计值能确切区分成立与不成立的抽样。以下最能区分，但尚未确定：",
    "check.decide_few": "其中一方的抽样过少，无法判断由哪些估计值决定。",
    "check.belief": "估计值",
    "check.source": "来源",
    "check.held": "成立时的中位数",
    "check.other": "其余的中位数",
    "check.distance": "距离",
    "check.read": "距离：某估计值在检查成立的抽样与其余抽样中两个分布之间的最大差（Smirnov 检验，逐个估计值）："
    "0 表示毫无区别，1 表示完全区分。“确定”指对全部估计值一并以 {level} 确定（Holm）；"
    "只有共同作用才起作用的估计值无法由此发现。",
    "check.more": "另有 {count} 个也已确定；全部见 separations.csv。",
    "check.and": "且",
    "check.or": "或",
    "check.not": "非",
}

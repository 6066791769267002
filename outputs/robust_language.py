"""The words of `standfast robust`, in English and in Chinese; `outputs.language` holds them with all others."""

from __future__ import annotations

ROBUST_ENGLISH: dict[str, str] = {
    "robust.kind": "Robustness",
    "robust.quiet": "Rivals stay quiet",
    "robust.as-stated": "Rivals as the study has them",
    # The lead.
    "robust.lead.best": "“{arm}” is the best strategy whatever rivals do: first under all {all} playbooks",
    "robust.lead.safe": "“{arm}” is regretted least whatever rivals do: at worst, {when}, it costs {regret} of "
    "{metric} against the best answer ({level} interval: {low} to {high})",
    "robust.lead.safe_open": "“{arm}” is regretted least so far: at worst, {when}, it costs {regret} of {metric} "
    "against the best answer, which so few runs do not bound",
    "robust.bound": "If that is luck, it costs at most {high} ({level} bound).",
    "robust.lead.single": "There is one strategy only: nothing to regret",
    "robust.when": "if the rivals’ playbook is “{playbook}”",
    "robust.next": "The next, “{arm}”, costs {regret} at worst.",
    "robust.open.one": "It cannot be told from {arms}.",
    "robust.open.runs": "It takes at least about {runs} more replications to tell them apart, and maybe several times "
    "as many.",
    "robust.open.few": "So few runs do not tell; ask for more with --replications.",
    "robust.many_best": "The best strategy changes with the playbook: {list}.",
    "robust.many_best.one": "“{arm}” under {playbooks}",
    # Notes.
    "robust.note.how": "{metric} of each strategy under each playbook, mean of {n} replications under common random "
    "numbers, with an interval; these intervals hold together with {level}. A strategy’s regret is what the best "
    "strategy under that playbook has more.",
    "robust.note.regret": "Between brackets, intervals that hold together with {level}, those of the worst and the "
    "mean regret included. ★ the best strategy under that playbook, by its mean.",
    "robust.note.left_out": "Left out: {playbook}, since {why}.",
    "robust.note.replaced": "What the study says of rivals is replaced by the playbooks: {paths}.",
    "robust.note.sources": "The playbooks rest on {all} numbers: {sources}.",
    "robust.note.point": "Sweep point: {point}.",
    # Tables.
    "robust.values": "What each strategy is worth under each playbook",
    "robust.regrets": "What each strategy costs against the best answer",
    "robust.worst": "The worst case of each strategy",
    "robust.col.arm": "Strategy",
    "robust.col.worst": "Worst regret",
    "robust.col.interval": "Interval",
    "robust.col.at": "Under",
    "robust.col.mean": "Mean regret",
    "robust.col.told": "Against the least",
    "robust.least": "the least",
    "robust.not_told": "cannot be told apart",
    "robust.told_apart": "more, for certain",
    # Signals.
    "robust.signals": "Which playbook has begun: the first sign",
    "robust.note.signals": "Looked for in what we can see ourselves, month by month, while “{arm}” is run: {kpis}. A "
    "figure is a sign if its prediction intervals for a next run do not overlap, wrong at most once in twenty each "
    "way, and if rules learnt from all runs but one are right about that one. A simulated market of some thousand "
    "people varies more than the whole town, and a real one in more ways than a model knows: take the month as the "
    "earliest, and the limit as about there.",
    "robust.note.few": "{n} replications are too few to look for signs: at least {fewest}.",
    "robust.begins": "begins {month}",
    "robust.never": "no campaign",
    "robust.rule.above": "{kpi} above {above} in {month}",
    "robust.rule.below": "{kpi} below {below} in {month}",
    "robust.rule.between": "{kpi} between {above} and {below} in {month}",
    "robust.sign.all": "If {rule} ({after}), it is “{playbook}”: right in {right} of 100 such cases.",
    "robust.sign.none": "“{playbook}”: no single figure tells it from all others before {month}.",
    "robust.sign.quiet": "That something has begun shows earlier: {rule} ({after}).",
    "robust.sign.quiet_only": "That something has begun does show: {rule} ({after}).",
    "robust.sign.nothing": "Nothing tells it from rivals who stay quiet either.",
    "robust.after": "month {after} of it",
    "robust.after.none": "no campaign marks its start",
    "robust.pairs": "First month in which one figure tells two playbooks apart",
    "robust.col.playbook": "Playbook",
    "robust.pair.never": "not in time",
    "robust.scope": "{kpi} of {scope}",
    # Figures.
    "robust.figure.regret": "Worst regret of each strategy, with its interval, and its regret under each playbook",
    "robust.figure.regret_axis": "Regret, {unit}",
    "robust.figure.each": "under one playbook",
    "robust.figure.worst": "the worst of them",
    "robust.figure.signal": "When each playbook runs, and when it shows",
    "robust.figure.runs": "campaigns run",
    "robust.figure.begun": "something has begun",
    "robust.figure.told": "it is this one",
    "robust.written": "page: {path}",
    "robust.foot": "Written by Standfast. The tables stand beside this page: robust.csv, strategies.csv, signals.csv; "
    "pictures in figures/.",
}

ROBUST_CHINESE: dict[str, str] = {
    "robust.kind": "稳健性",
    "robust.quiet": "对手按兵不动",
    "robust.as-stated": "对手按方案文件行动",
    "robust.lead.best": "无论对手如何行动，“{arm}”都是最优策略：在全部 {all} 种对手打法下均居首位",
    "robust.lead.safe": "无论对手如何行动，“{arm}”的最大后悔值最小：最坏情形下（{when}），与最优应对相比，{metric}少 "
    "{regret}（{level}区间：{low} 至 {high}）",
    "robust.lead.safe_open": "目前“{arm}”的最大后悔值最小：最坏情形下（{when}），与最优应对相比，{metric}少 {regret}；"
    "运行次数太少，无法给出区间",
    "robust.bound": "即便此结论出于偶然，最多也只少 {high}（{level}上界）。",
    "robust.lead.single": "只有一个策略，无可后悔",
    "robust.when": "对手打法为“{playbook}”",
    "robust.next": "其次是“{arm}”，最坏情形下少 {regret}。",
    "robust.open.one": "尚不能与{arms}区分。",
    "robust.open.runs": "至少约需再运行 {runs} 次重复才能区分，可能需要数倍于此。",
    "robust.open.few": "运行次数太少，无法区分；请用 --replications 增加重复次数。",
    "robust.many_best": "最优策略随对手打法而变：{list}。",
    "robust.many_best.one": "{playbooks}下为“{arm}”",
    "robust.note.how": "各策略在各种对手打法下的{metric}：共同随机数下 {n} 次重复的均值及区间；"
    "这些区间以 {level} 的置信度同时成立。后悔值是该打法下最优策略多出的部分。",
    "robust.note.regret": "方括号内的区间（包括最大与平均后悔值的区间）以 {level} 的置信度同时成立。"
    "★ 表示该打法下均值最优的策略。",
    "robust.note.left_out": "未纳入：{playbook}，原因：{why}。",
    "robust.note.replaced": "方案文件中关于对手的设定由各打法取代：{paths}。",
    "robust.note.sources": "各打法依据 {all} 个数值：{sources}。",
    "robust.note.point": "情景点：{point}。",
    "robust.values": "各策略在各种对手打法下的价值",
    "robust.regrets": "各策略与最优应对的差距（后悔值）",
    "robust.worst": "各策略的最坏情形",
    "robust.col.arm": "策略",
    "robust.col.worst": "最大后悔值",
    "robust.col.interval": "区间",
    "robust.col.at": "对应打法",
    "robust.col.mean": "平均后悔值",
    "robust.col.told": "与最小者相比",
    "robust.least": "最小",
    "robust.not_told": "尚不能区分",
    "robust.told_apart": "确定更大",
    "robust.signals": "对手用了哪种打法：最早的信号",
    "robust.note.signals": "在执行“{arm}”时，逐月查看我方自己能看到的指标：{kpis}。"
    "若下一次运行的预测区间互不重叠（两个方向出错各不超过二十分之一），且由其余运行学得的规则对留出的那次运行判断正确，该指标即为信号。"
    "几千人的模拟市场比整座城市波动更大，而真实市场的变化又不止模型所知：月份应看作最早时间，界限应看作大致数值。",
    "robust.note.few": "{n} 次重复太少，无法寻找信号：至少需要 {fewest} 次。",
    "robust.begins": "{month} 开始",
    "robust.never": "无营销活动",
    "robust.rule.above": "{month} {kpi}高于 {above}",
    "robust.rule.below": "{month} {kpi}低于 {below}",
    "robust.rule.between": "{month} {kpi}在 {above} 与 {below} 之间",
    "robust.sign.all": "若{rule}（{after}），则为“{playbook}”：100 次中有 {right} 次判断正确。",
    "robust.sign.none": "“{playbook}”：到 {month} 为止，没有任何单一指标能将其与其他打法全部区分开。",
    "robust.sign.quiet": "更早即可看出对手已有行动：{rule}（{after}）。",
    "robust.sign.quiet_only": "但可以看出对手已有行动：{rule}（{after}）。",
    "robust.sign.nothing": "也无法与对手按兵不动区分。",
    "robust.after": "该打法第 {after} 个月",
    "robust.after.none": "没有营销活动标明其开始",
    "robust.pairs": "最早能以单一指标区分两种打法的月份",
    "robust.col.playbook": "打法",
    "robust.pair.never": "期内不能",
    "robust.scope": "{scope}的{kpi}",
    "robust.figure.regret": "各策略的最大后悔值及其区间，以及在各种打法下的后悔值",
    "robust.figure.regret_axis": "后悔值（{unit}）",
    "robust.figure.each": "某一打法下",
    "robust.figure.worst": "其中最大者",
    "robust.figure.signal": "各种打法的执行时间与显现时间",
    "robust.figure.runs": "营销活动期",
    "robust.figure.begun": "对手已有行动",
    "robust.figure.told": "确认为该打法",
    "robust.written": "页面：{path}",
    "robust.foot": "由 Standfast 生成。同目录附有 robust.csv、strategies.csv、signals.csv，图片见 figures/。",
}

"""Every word that outputs print, in English and in Chinese, in one table; those of the market in their own module.

Keys are grouped by a prefix: `kpi.`, `unit.`, `verdict.` … A test holds that both languages have every key and the
same placeholders. The Chinese terms are those of the operators' halls (台席, 达标, 等候时间).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from outputs.best_language import BEST_CHINESE, BEST_ENGLISH
from outputs.checks_language import CHECKS_CHINESE, CHECKS_ENGLISH
from outputs.findings import Language
from outputs.halls_language import HALLS_CHINESE, HALLS_ENGLISH
from outputs.market_language import MARKET_CHINESE, MARKET_ENGLISH
from outputs.over_draws_language import OVER_DRAWS_CHINESE, OVER_DRAWS_ENGLISH
from outputs.parting_language import PARTING_CHINESE, PARTING_ENGLISH
from outputs.robust_language import ROBUST_CHINESE, ROBUST_ENGLISH
from outputs.sensitivity_language import SENSITIVITY_CHINESE, SENSITIVITY_ENGLISH
from outputs.staffing_language import STAFFING_CHINESE, STAFFING_ENGLISH
from outputs.why_language import WHY_CHINESE, WHY_ENGLISH

LANGUAGES: tuple[Language, ...] = get_args(Language)

_ENGLISH: dict[str, str] = {
    # KPIs. `offered_wait_over` takes the threshold from the KPI's name.
    "kpi.arrivals": "customers who came",
    "kpi.served": "customers served",
    "kpi.abandoned": "customers who gave up waiting",
    "kpi.balked": "customers put off by the queue",
    "kpi.turned_away": "customers turned away at closing",
    "kpi.wait_mean": "mean wait",
    "kpi.wait_p50": "median wait",
    "kpi.wait_p90": "wait of the slowest tenth",
    "kpi.wait_over_target": "customers over the waiting target",
    "kpi.on_target": "halls and months on target",
    "kpi.queue_mean": "mean queue",
    "kpi.queue_p10": "queue on the calmest tenth of days",
    "kpi.queue_p25": "queue on the calmest quarter of days",
    "kpi.queue_p50": "queue on a middling day",
    "kpi.queue_p75": "queue that a quarter of days exceed",
    "kpi.queue_p90": "queue that a tenth of days exceed",
    "kpi.busy_mean": "counters serving",
    "kpi.utilisation": "use of staffed counters",
    "kpi.counter_hours": "staffed counter hours",
    "kpi.kiosk_share": "payments at kiosks",
    "kpi.fast_lane_share": "customers served by a lane",
    "kpi.overtime": "overtime after closing",
    "kpi.offered_wait_over": "customers with over {threshold} to wait",
    # Units, as they follow a number.
    "unit.1": "%",
    "unit.1.change": "points",
    "unit.customers": "customers",
    "unit.min": "min",
    "unit.h": "h",
    "unit.s": "s",
    "unit.counters": "counters",
    # Scopes and periods.
    "scope.halls": "all halls",
    "scope.kiosk": "kiosks",
    "class.all": "all customers",
    "class.gotone": "GoTone",
    "class.mzone": "M-Zone",
    "class.easyown": "Easyown",
    "class.others": "others",
    "period.all": "whole time",
    "period.busy": "busy time",
    "period.idle": "idle time",
    "period.month_end": "month ends",
    "period.mon": "Mondays",
    "period.tue": "Tuesdays",
    "period.wed": "Wednesdays",
    "period.thu": "Thursdays",
    "period.fri": "Fridays",
    "period.sat": "Saturdays",
    "period.sun": "Sundays",
    "label.part": "{kpi} ({where})",
    # Verdicts.
    "verdict.better": "better",
    "verdict.worse": "worse",
    "verdict.no practical difference": "no practical difference",
    "verdict.not settled": "not settled",
    "goal.min": "lower is better",
    "goal.max": "higher is better",
    # Sources of numbers.
    "source.assumed": "assumed",
    "source.published": "published",
    "source.seed": "from the source documents",
    "source.fitted": "fitted to local data",
    "source.other": "{source}",
    # The verdict, put together from parts with semicolons.
    "verdict.choose": "Choose {arm}: {change}",
    "verdict.falls": "{metric} down by {by}, from {before} to {after} ({level} interval: {low} to {high})",
    "verdict.rises": "{metric} up by {by}, from {before} to {after} ({level} interval: {low} to {high})",
    "verdict.also_falls": "{metric} down from {before} to {after}",
    "verdict.also_rises": "{metric} up from {before} to {after}",
    "verdict.also_same": "{metric} unchanged at {after}",
    "verdict.price": "the price: {changes}",
    "verdict.more": "{metric} up by {by}, from {before} to {after}",
    "verdict.less": "{metric} down by {by}, from {before} to {after}",
    "verdict.no_price": "nothing else measured gets worse",
    "verdict.open": "not settled: {metrics}",
    "verdict.assumptions": "{assumed} of the {all} stated numbers behind this are assumed",
    "verdict.no_assumptions": "none of the {all} stated numbers behind this is assumed",
    "verdict.no_numbers": "the study states no sources for its numbers",
    "verdict.none": "No strategy is shown to be better than {baseline} on {metric}",
    "verdict.none_of": "{verdict}: {arms}",
    "verdict.runs": "about {runs} more runs would settle the most open one",
    "verdict.only_baseline": "Only {baseline} was run, so there is nothing to choose between",
    "verdict.holds": "the same choice at all {all} points of the sweep",
    "verdict.holds_none": "the same at all {all} points of the sweep",
    "verdict.changes": "at {changed} of the {all} points of the sweep the choice is another",
    "join.parts": "; ",
    "join.list": ", ",
    "join.sentences": " ",
    "join.stop": ".",
    "join.quote": "“{text}”",
    # What would overturn it.
    "overturn.open": "{arm} – {metric}: not settled. The difference lies between {low} and {high}.",
    "overturn.open_runs": "{arm} – {metric}: not settled. The difference lies between {low} and {high}; "
    "about {runs} more runs would settle it.",
    "overturn.open_unknown": "{arm} – {metric}: not settled. There are too few runs for an interval.",
    "overturn.open_more": "{count} more comparisons are not settled; the table below marks them.",
    "overturn.worse": "{arm} makes this worse – {metric}: {difference}. "
    "Whoever weighs this more than {primary} may choose otherwise.",
    "overturn.rival": "{rival} is better than {baseline} too, and its interval overlaps: {difference}. "
    "The order between the two is not settled by these runs.",
    "overturn.assumed": "{assumed} of the {all} stated numbers are assumed, {ranged} of them with a stated range. "
    "The intervals hold the chance of the simulated days only, not the error of these numbers.",
    "overturn.none_assumed": "None of the {all} stated numbers is assumed. The intervals hold the chance of the "
    "simulated days only.",
    "overturn.consistency": "No local data went in. The study shows what follows from its numbers, not what these "
    "halls measured.",
    "overturn.point": "At {point} the choice is {arm}.",
    "overturn.point_none": "At {point} no strategy is shown to be better.",
    "overturn.difference": "{difference} ({low} to {high})",
    # The terminal and the tables.
    "table.strategy": "Strategy",
    "table.baseline": "Baseline",
    "table.value": "With strategy",
    "table.values": "Baseline → strategy",
    "table.difference": "Difference",
    "table.interval": "Interval",
    "table.verdict": "Verdict",
    "table.correlation": "Correlation",
    "table.correlation_short": "Corr.",
    "table.runs": "Runs",
    "table.runs_short": "n",
    "table.more_runs": "More runs",
    "table.more_runs_short": "More",
    "table.about": "≈ {runs}",
    "table.chosen": "★ the best of those that are better on the first metric: the one recommended.",
    "table.zone": "indifference ±{zone}",
    "table.zone_chosen": "indifference ±{zone} *",
    "table.chosen_note": "* The study gives no indifference zone for this metric: 1 % of the baseline, "
    "chosen by Standfast.",
    "table.level_note": "Values ± half-width. Each difference has its own {level} interval, so that all "
    "verdicts, at every look, hold together.",
    "table.correlation_note": "Correlation: between strategy and baseline under common random numbers; the closer "
    "to 1, the fewer runs a difference needs.",
    "table.more_note": "More runs: about how many would settle an open verdict, or reach the half-width "
    "that the study asks for.",
    "table.point": "Sweep point {point}",
    # The report.
    "report.kind": "Decision report",
    "report.badge": "Consistency study: no local data is in it",
    "report.read": "{replications} runs of each strategy, compared run by run on the same customers",
    "report.overturn": "What would overturn it",
    "report.decision": "The decision, metric by metric",
    "report.differences": "How far each strategy is from the baseline",
    "report.differences_note": "Each mark is the difference from the baseline, in the metric’s own unit, with its "
    "interval. Inside the shaded zone a difference does not matter in practice.",
    "report.wait": "Waiting through the day",
    "report.wait_note": "Mean wait of those served, by half hour of arrival; the thin dashed line is the wait that "
    "one in ten exceeds. The band is the 95 % interval over the runs; the stepped line is the target.",
    "report.queue": "Queue and use of counters through the day",
    "report.queue_note": "Customers waiting, and busy time as a share of staffed counter time, averaged over each half "
    "hour. The band is the 95 % interval over the runs.",
    "report.on_target": "Halls and months on target",
    "report.on_target_note": "Share of runs in which the hall met every class’s target, in busy and in idle time, in "
    "that month.",
    "report.classes": "What it does to each class of customer",
    "report.classes_note": "Means over the runs, for the whole time: baseline → {arm}.",
    "report.classes_baseline": "Means over the runs, for the whole time.",
    "report.assumptions": "The numbers that went in",
    "report.assumptions_note": "Numbers whose source the study states. The assumed ones come first.",
    "report.no_assumptions": "The study states no sources for its numbers.",
    "report.provenance": "Where this comes from",
    "report.point_note": "Shown for the first sweep point only: {point}.",
    "report.hall": "Hall",
    "report.class": "Class",
    "report.customers": "Customers",
    "report.lost": "Lost",
    "report.mean_wait": "Mean wait, min",
    "report.p90_wait": "Slowest tenth, min",
    "report.over_target": "Over target",
    "report.path": "Number",
    "report.best": "Value",
    "report.range": "Range",
    "report.source": "Source",
    "report.note": "Note",
    "report.place": "File",
    "report.lost_note": "Lost: gave up waiting, put off by the queue, or turned away at closing.",
    "report.foot": "Made by Standfast. Tables beside this file: decision.csv, assumptions.csv; pictures in figures/.",
    # Figures.
    "figure.target": "target",
    "figure.better_left": "◂ better",
    "figure.better_right": "better ▸",
    "figure.queue": "customers waiting",
    "figure.utilisation": "counters in use, %",
    "figure.p90": "slowest tenth",
    # Said once on stderr.
    "font.missing": "Figures: no font here has the characters {characters}. The report leaves them to the reader’s "
    "browser; in the PNG files they are empty boxes. Install a Chinese font, for example Noto Sans CJK.",
}

_CHINESE: dict[str, str] = {
    "kpi.arrivals": "到厅客户数",
    "kpi.served": "办理客户数",
    "kpi.abandoned": "等候中放弃的客户数",
    "kpi.balked": "见排队即离去的客户数",
    "kpi.turned_away": "闭厅时未办理的客户数",
    "kpi.wait_mean": "平均等候时间",
    "kpi.wait_p50": "等候时间中位数",
    "kpi.wait_p90": "等候时间 90 分位数",
    "kpi.wait_over_target": "等候超时客户占比",
    "kpi.on_target": "达标率（厅×月）",
    "kpi.queue_mean": "平均排队人数",
    "kpi.queue_p10": "各日排队人数 10 分位数",
    "kpi.queue_p25": "各日排队人数 25 分位数",
    "kpi.queue_p50": "各日排队人数中位数",
    "kpi.queue_p75": "各日排队人数 75 分位数",
    "kpi.queue_p90": "各日排队人数 90 分位数",
    "kpi.busy_mean": "平均在办台席数",
    "kpi.utilisation": "台席利用率",
    "kpi.counter_hours": "台席工时",
    "kpi.kiosk_share": "自助缴费率",
    "kpi.fast_lane_share": "专席（快速通道）办理占比",
    "kpi.overtime": "闭厅后加班时长",
    "kpi.offered_wait_over": "需等候超过 {threshold} 的客户数",
    "unit.1": "%",
    "unit.1.change": "个百分点",
    "unit.customers": "人",
    "unit.min": "分钟",
    "unit.h": "小时",
    "unit.s": "秒",
    "unit.counters": "个台席",
    "scope.halls": "全部营业厅",
    "scope.kiosk": "自助终端",
    "class.all": "全部客户",
    "class.gotone": "全球通",
    "class.mzone": "动感地带",
    "class.easyown": "神州行",
    "class.others": "其他客户",
    "period.all": "全期",
    "period.busy": "忙时",
    "period.idle": "闲时",
    "period.month_end": "月末月初",
    "period.mon": "周一",
    "period.tue": "周二",
    "period.wed": "周三",
    "period.thu": "周四",
    "period.fri": "周五",
    "period.sat": "周六",
    "period.sun": "周日",
    "label.part": "{kpi}（{where}）",
    "verdict.better": "更好",
    "verdict.worse": "更差",
    "verdict.no practical difference": "无实际差异",
    "verdict.not settled": "尚无定论",
    "goal.min": "越低越好",
    "goal.max": "越高越好",
    "source.assumed": "假设",
    "source.published": "公开发表",
    "source.seed": "来源文档",
    "source.fitted": "由本地数据拟合",
    "source.other": "{source}",
    "verdict.choose": "建议采用{arm}：{change}",
    "verdict.falls": "{metric}由 {before} 降至 {after}，下降 {by}（{level} 区间 {low} 至 {high}）",
    "verdict.rises": "{metric}由 {before} 升至 {after}，上升 {by}（{level} 区间 {low} 至 {high}）",
    "verdict.also_falls": "{metric}由 {before} 降至 {after}",
    "verdict.also_rises": "{metric}由 {before} 升至 {after}",
    "verdict.also_same": "{metric}保持在 {after}",
    "verdict.price": "代价：{changes}",
    "verdict.more": "{metric}增加 {by}（由 {before} 至 {after}）",
    "verdict.less": "{metric}减少 {by}（由 {before} 至 {after}）",
    "verdict.no_price": "其余指标均未变差",
    "verdict.open": "尚无定论：{metrics}",
    "verdict.assumptions": "所依据的 {all} 个注明来源的数值中有 {assumed} 个为假设",
    "verdict.no_assumptions": "所依据的 {all} 个注明来源的数值中没有假设值",
    "verdict.no_numbers": "本研究未注明数值来源",
    "verdict.none": "在“{metric}”上，没有方案被证明优于{baseline}",
    "verdict.none_of": "{verdict}：{arms}",
    "verdict.runs": "其中最不确定的一项约需再运行 {runs} 次方可定论",
    "verdict.only_baseline": "只运行了{baseline}，没有可供比较的方案",
    "verdict.holds": "在全部 {all} 个情景点上建议一致",
    "verdict.holds_none": "在全部 {all} 个情景点上均如此",
    "verdict.changes": "在 {all} 个情景点中有 {changed} 个的建议不同",
    "join.parts": "；",
    "join.list": "、",
    "join.sentences": "",
    "join.stop": "。",
    "join.quote": "“{text}”",
    "overturn.open": "{arm}——{metric}：尚无定论，差异在 {low} 至 {high}之间。",
    "overturn.open_runs": "{arm}——{metric}：尚无定论，差异在 {low} 至 {high}之间；约需再运行 {runs} 次方可定论。",
    "overturn.open_unknown": "{arm}——{metric}：尚无定论，运行次数不足以给出区间。",
    "overturn.open_more": "另有 {count} 项比较尚无定论，见下表标记。",
    "overturn.worse": "{arm}使此项变差——{metric}：{difference}。若比“{primary}”更看重此项，选择可能不同。",
    "overturn.rival": "{rival}同样优于{baseline}，且区间重叠：{difference}。两者孰优，现有运行次数尚不能判定。",
    "overturn.assumed": "{all} 个注明来源的数值中有 {assumed} 个为假设，其中 {ranged} 个给出了范围。"
    "此处的区间只反映仿真的随机误差，不包含这些数值本身的误差。",
    "overturn.none_assumed": "{all} 个注明来源的数值中没有假设值。此处的区间只反映仿真的随机误差。",
    "overturn.consistency": "未使用本地数据：结论由所设数值推得，而非这些营业厅的实测结果。",
    "overturn.point": "在情景点 {point}，建议采用{arm}。",
    "overturn.point_none": "在情景点 {point}，没有方案被证明更好。",
    "overturn.difference": "{difference}（{low} 至 {high}）",
    "table.strategy": "方案",
    "table.baseline": "基准",
    "table.value": "方案值",
    "table.values": "基准 → 方案",
    "table.difference": "差异",
    "table.interval": "区间",
    "table.verdict": "结论",
    "table.correlation": "相关系数",
    "table.correlation_short": "相关",
    "table.runs": "运行次数",
    "table.runs_short": "次数",
    "table.more_runs": "尚需次数",
    "table.more_runs_short": "尚需",
    "table.about": "≈ {runs}",
    "table.chosen": "★ 首要指标上更好且最优的方案，即所建议者。",
    "table.zone": "无差异区间 ±{zone}",
    "table.zone_chosen": "无差异区间 ±{zone} *",
    "table.chosen_note": "* 研究未给出该指标的无差异区间：由 Standfast 选定为基准值的 1%。",
    "table.level_note": "数值 ± 半宽。每个差异各有 {level} 区间，使全部结论在每次检视时同时成立。",
    "table.correlation_note": "相关系数：共同随机数下方案与基准之间的相关；越接近 1，所需运行次数越少。",
    "table.more_note": "尚需次数：使未定结论得以判定、或达到研究所要求的半宽，大约还需的运行次数。",
    "table.point": "情景点 {point}",
    "report.kind": "决策报告",
    "report.badge": "一致性研究：未使用本地数据",
    "report.read": "每个方案运行 {replications} 次，用同一批客户逐次对比",
    "report.overturn": "哪些情况会推翻这一结论",
    "report.decision": "逐项指标的结论",
    "report.differences": "各方案与基准的差异",
    "report.differences_note": "每个标记为方案与基准的差异（按指标自身单位）及其区间。落在阴影带内的差异没有实际意义。",
    "report.wait": "一天中的等候时间",
    "report.wait_note": "按到厅半小时统计的已办理客户平均等候时间；细虚线为每十位客户中有一位超过的等候时间。"
    "色带为各次运行的 95% 区间，阶梯线为达标时限。",
    "report.queue": "一天中的排队人数与台席利用率",
    "report.queue_note": "每半小时的平均排队人数，以及忙碌时间占在岗台席时间的比例。色带为各次运行的 95% 区间。",
    "report.on_target": "各厅各月达标情况",
    "report.on_target_note": "该厅该月忙时与闲时各类客户均达标的运行次数占比。",
    "report.classes": "对各类客户的影响",
    "report.classes_note": "各次运行的均值，全期：基准 → {arm}。",
    "report.classes_baseline": "各次运行的均值，全期。",
    "report.assumptions": "所用数值及来源",
    "report.assumptions_note": "研究中注明来源的数值，假设值列在最前。",
    "report.no_assumptions": "本研究未注明数值来源。",
    "report.provenance": "出处",
    "report.point_note": "仅示第一个情景点：{point}。",
    "report.hall": "营业厅",
    "report.class": "客户类别",
    "report.customers": "客户数",
    "report.lost": "流失比例",
    "report.mean_wait": "平均等候（分钟）",
    "report.p90_wait": "90 分位（分钟）",
    "report.over_target": "超时占比",
    "report.path": "数值",
    "report.best": "取值",
    "report.range": "范围",
    "report.source": "来源",
    "report.note": "说明",
    "report.place": "文件",
    "report.lost_note": "流失比例：等候中放弃、见排队即离去、闭厅时未办理的客户所占比例。",
    "report.foot": "由 Standfast 生成。同目录附有 decision.csv、assumptions.csv，图片见 figures/。",
    "figure.target": "达标时限",
    "figure.better_left": "◂ 更好",
    "figure.better_right": "更好 ▸",
    "figure.queue": "平均排队人数",
    "figure.utilisation": "台席利用率（%）",
    "figure.p90": "90 分位",
    "font.missing": "图：本机字体缺少字符 {characters}。报告中由读者的浏览器显示，PNG 中为空框。"
    "请安装中文字体，例如 Noto Sans CJK。",
}

WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": MappingProxyType(
            _ENGLISH
            | SENSITIVITY_ENGLISH
            | MARKET_ENGLISH
            | WHY_ENGLISH
            | STAFFING_ENGLISH
            | PARTING_ENGLISH
            | ROBUST_ENGLISH
            | BEST_ENGLISH
            | HALLS_ENGLISH
            | OVER_DRAWS_ENGLISH
            | CHECKS_ENGLISH
        ),
        "zh": MappingProxyType(
            _CHINESE
            | SENSITIVITY_CHINESE
            | MARKET_CHINESE
            | WHY_CHINESE
            | STAFFING_CHINESE
            | PARTING_CHINESE
            | ROBUST_CHINESE
            | BEST_CHINESE
            | HALLS_CHINESE
            | OVER_DRAWS_CHINESE
            | CHECKS_CHINESE
        ),
    }
)
"""Language → key → words, with placeholders in braces."""


def say(language: Language, key: str, **values: object) -> str:
    """Return the words of `key` in a language, with the placeholders filled. KeyError: no such key."""
    return WORDS[language][key].format(**values)


def has(language: Language, key: str) -> bool:
    """Return whether a language knows `key` (a class or KPI that a user named has no words)."""
    return key in WORDS[language]

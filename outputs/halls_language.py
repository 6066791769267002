"""The words for halls alone: complaints by cause, troubles and remedies, and the sections of the report on halls."""

from __future__ import annotations

HALLS_ENGLISH: dict[str, str] = {
    "kpi.unfinished": "visits with business not done",
    "kpi.elsewhere": "customers served by other channels",
    "kpi.sales": "sales in halls",
    "kpi.sales_revenue": "revenue from sales in halls",
    "kpi.remedy_cost": "cost of remedies in halls",
    "kpi.complaints_filed": "complaints as filed",
    "scope.run_by.own": "own-run halls",
    "scope.run_by.partner": "partner-run halls",
    "cause.attitude": "attitude of staff",
    "cause.skill": "skill of staff",
    "cause.slow_handling": "problems not handled in time",
    "cause.procedures": "complicated procedures",
    "cause.equipment": "equipment",
    "cause.premises": "hall size and windows",
    "cause.tariff": "tariffs",
    "cause.channel": "wrong channel",
    "cause.network": "network",
    "cause.promotion": "promotions",
    "cause.waiting": "long wait",
    "cause.unfinished": "business not done",
    "cause.forced": "sent to a kiosk",
    "cause.no_change": "kiosk without change",
    "cause.mis_sold": "sold without consent or unsuitable",
    "cause.no_reply": "no answer by the promised time",
    "cause.explanation": "wrong explanation",
    "cause.handling_error": "handling error",
    "cause.hidden_terms": "key terms held back",
    "cause.fee": "fee for a recharge",
    # The sections of the report on halls.
    "report.hall_changes": "Before and after, hall by hall",
    "report.hall_changes_note": "Means over the runs, for the whole time. Beneath: the difference from the baseline, "
    "run by run, ± the half-width of its own 95 % interval. ▲ better, ▼ worse: 0 lies outside the interval; ○ 0 lies "
    "inside, or too few runs to say; ■ no run differs. These signs are no verdicts: of twenty, one may err. "
    "hall-changes.csv has all halls and digits.",
    "report.measure": "Measure",
    "report.months_on_target": "months on target",
    "report.hall_waits": "Waits by half hour, in numbers",
    "report.hall_waits_note": "Minutes that half, and nine in ten, of those served waited at most, by half hour of "
    "arrival; means over the runs. Bold: longer than the target of an ordinary day. hall-half-hours.csv has all "
    "strategies, with arrivals, counters and queues.",
    "report.wait_p50": "Median · {arm}",
    "report.wait_p90": "9 in 10 · {arm}",
    "report.queue_fan": "The queue from day to day",
    "report.queue_fan_note": "Mean number waiting in each half hour: on half of the days it lies in the dark band, "
    "on eight in ten in the light one; the line is the median day. Percentiles over the days of a run, averaged over "
    "the runs.",
    "report.weekdays": "Over the target, by weekday and half hour",
    "report.weekdays_note": "Share of customers over the waiting target of their class, in per cent, by half hour of "
    "arrival; means over the runs. Colours mean the same in every panel; the palest is what a target of 95 % allows. "
    "White: closed, or nobody came. hall-weekdays.csv has all strategies, with arrivals and waits.",
    "report.hall_complaints": "Complaints about halls, by cause",
    "report.hall_complaints_note": "Complaints over the whole time, means over the runs. As filed: what the "
    "statistics show, where complaints are filed under another cause. The figure has the most frequent causes; the "
    "table has all halls together, hall-complaints.csv each of them.",
    "report.worst_halls": "Shown are the {shown} of {all} halls in which customers fare worst in the baseline: most "
    "over the target, or the longest mean wait where there are no targets.",
    "report.cause": "Cause",
    "report.filed": "filed {count}",
    "figure.fan.middle": "median day",
    "figure.fan.narrow": "half of the days",
    "figure.fan.wide": "8 in 10 days",
    "figure.fan.counters": "counters staffed, mean",
    "figure.over_target": "customers over the target, %",
    "figure.filed": "as filed",
    "weekday.mon": "Mon",
    "weekday.tue": "Tue",
    "weekday.wed": "Wed",
    "weekday.thu": "Thu",
    "weekday.fri": "Fri",
    "weekday.sat": "Sat",
    "weekday.sun": "Sun",
}

HALLS_CHINESE: dict[str, str] = {
    "kpi.unfinished": "业务未办成的到厅次数",
    "kpi.elsewhere": "其他渠道分流客户数",
    "kpi.sales": "厅内营销成功客户数",
    "kpi.sales_revenue": "厅内营销收入",
    "kpi.remedy_cost": "营业厅改善措施成本",
    "kpi.complaints_filed": "投诉工单归档量",
    "scope.run_by.own": "自营厅",
    "scope.run_by.partner": "他营厅",
    "cause.attitude": "服务态度差",
    "cause.skill": "业务能力不足",
    "cause.slow_handling": "处理问题不及时",
    "cause.procedures": "办理业务手续复杂",
    "cause.equipment": "设备不足或不能正常使用",
    "cause.premises": "营业面积、窗口设置",
    "cause.tariff": "资费",
    "cause.channel": "服务渠道不符合需求",
    "cause.network": "网络",
    "cause.promotion": "优惠活动",
    "cause.waiting": "排队等候时间太长",
    "cause.unfinished": "业务办理不成功",
    "cause.forced": "被推到自助服务机",
    "cause.no_change": "自助缴费机无零钱",
    "cause.mis_sold": "未经同意开通或推荐不适合的业务",
    "cause.no_reply": "未在承诺时间内回复",
    "cause.explanation": "业务解释错误",
    "cause.handling_error": "业务办理差错",
    "cause.hidden_terms": "关键信息未说明",
    "cause.fee": "违规收取空充值手续费",
    "report.hall_changes": "各厅整治前后对比",
    "report.hall_changes_note": "各次运行的均值，全期。下行为与基准逐次对比的差异 ± 其 95% 区间半宽。▲ 更好、▼ 更差："
    "区间不含 0；○ 区间含 0，或运行次数不足；■ 各次运行均无差异。这些符号不是结论：二十个中可能有一个出错。"
    "hall-changes.csv 含全部营业厅与全部数位。",
    "report.measure": "指标",
    "report.months_on_target": "达标月份占比",
    "report.hall_waits": "分半小时等候时间（数值）",
    "report.hall_waits_note": "按到厅半小时统计：半数客户、九成客户的等候时间不超过该分钟数（已办理客户，各次运行的均"
    "值）。粗体：超过平日达标时限。hall-half-hours.csv 含全部方案及到厅客户数、台席数与排队人数。",
    "report.wait_p50": "中位数 · {arm}",
    "report.wait_p90": "90 分位 · {arm}",
    "report.queue_fan": "排队人数的逐日波动",
    "report.queue_fan_note": "每半小时的平均排队人数：半数日子落在深色带内，八成日子落在浅色带内，实线为中位日。先对"
    "一次运行的各日取分位数，再对各次运行取均值。",
    "report.weekdays": "分星期、分半小时的等候超时占比",
    "report.weekdays_note": "按到厅半小时统计的等候超时客户占比（%），各次运行的均值。各图色阶相同，最浅一档为 95% 达"
    "标要求所允许。空白：未营业或无客户。hall-weekdays.csv 含全部方案及到厅客户数与等候时间。",
    "report.hall_complaints": "营业厅投诉原因",
    "report.hall_complaints_note": "全期投诉量，各次运行的均值。归档：工单错分后统计所示的数量。图中为数量最多的原因"
    "；表中为全部营业厅合计，各厅见 hall-complaints.csv。",
    "report.worst_halls": "全部 {all} 个营业厅中，所示为基准下客户处境最差的 {shown} 个：超时占比最高者；无达标时限时"
    "取平均等候最长者。",
    "report.cause": "原因",
    "report.filed": "归档 {count}",
    "figure.fan.middle": "中位日",
    "figure.fan.narrow": "半数日子",
    "figure.fan.wide": "八成日子",
    "figure.fan.counters": "在岗台席（均值）",
    "figure.over_target": "等候超时客户占比（%）",
    "figure.filed": "归档数量",
    "weekday.mon": "周一",
    "weekday.tue": "周二",
    "weekday.wed": "周三",
    "weekday.thu": "周四",
    "weekday.fri": "周五",
    "weekday.sat": "周六",
    "weekday.sun": "周日",
}

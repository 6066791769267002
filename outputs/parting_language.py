"""The words for the event at which two arms part, in English and in Chinese; `outputs.language` holds all together."""

from __future__ import annotations

PARTING_ENGLISH: dict[str, str] = {
    "parting.first": "In replication {replication} the two are the same, event by event, until {date} {clock}. "
    "Then, with {arm}: {with_arm}. In the baseline: {in_baseline}.",
    "parting.first.hall": "In replication {replication} the two are the same, event by event, until {date} {clock}. "
    "Then, in {where}, with {arm}: {with_arm}. In the baseline: {in_baseline}.",
    "parting.person": "The first person to notice, {date} {clock}: with {arm} {with_arm}; in the baseline "
    "{in_baseline}.",
    "parting.person.hall": "The first person to notice, {date} {clock} in {where}: with {arm} {with_arm}; in the "
    "baseline {in_baseline}.",
    "parting.nobody": "No customer or subscriber ever notices.",
    "parting.never": "{arm} and the baseline never part: in replication {replication} every event is the same.",
    "parting.same_model": "{arm} and the baseline never part: they are the same model under two names.",
    "parting.not": "nothing of it that day",
    "parting.at": "{what}, at {time}",
    "parting.customer": "customer {number} ({about})",
    "parting.subscriber": "subscriber {number} ({about})",
    "parting.step": "{who}: {step}",
    "parting.starts": "{who} starts with {operator} on plan {plan}",
    "parting.starts.nowhere": "{who} starts without a number",
    "parting.staffed.counters": "counters staffed: {count}",
    "parting.staffed.kiosk": "kiosks working: {count}",
    "parting.staffed.lane": "counters of lane {name} staffed: {count}",
    "parting.desk.counters": "counter {count}",
    "parting.desk.kiosk": "kiosk {count}",
    "parting.desk.lane": "counter {count} of lane {name}",
    "parting.comes": "{who} comes in",
    "parting.comes.kiosk": "{who} comes in and takes to the kiosks",
    "parting.begins": "{who} begins at {desk}",
    "parting.done": "{who} is done at {desk}",
    "parting.abandoned": "{who} loses patience and leaves",
    "parting.balked": "{who} walks away from the queue",
    "parting.turned_away": "{who} is turned away",
    "parting.heading": "The first event that differs",
}

PARTING_CHINESE: dict[str, str] = {
    "parting.first": "在第 {replication} 次运行中，二者逐个事件完全相同，直到 {date} {clock}。"
    "此时采用{arm}：{with_arm}。基准：{in_baseline}。",
    "parting.first.hall": "在第 {replication} 次运行中，二者逐个事件完全相同，直到 {date} {clock}。"
    "此时在{where}，采用{arm}：{with_arm}。基准：{in_baseline}。",
    "parting.person": "最先受影响的人，{date} {clock}：采用{arm}时{with_arm}；基准中{in_baseline}。",
    "parting.person.hall": "最先受影响的人，{date} {clock}，在{where}：采用{arm}时{with_arm}；基准中{in_baseline}。",
    "parting.nobody": "没有任何客户受到影响。",
    "parting.never": "{arm}与基准从未分开：在第 {replication} 次运行中每个事件都相同。",
    "parting.same_model": "{arm}与基准从未分开：二者是同一模型的两个名称。",
    "parting.not": "当日无此事",
    "parting.at": "{time} {what}",
    "parting.customer": "{number} 号客户（{about}）",
    "parting.subscriber": "用户 {number}（{about}）",
    "parting.step": "{who}：{step}",
    "parting.starts": "{who}起始于{operator}的套餐{plan}",
    "parting.starts.nowhere": "{who}起始时没有号码",
    "parting.staffed.counters": "开放台席数为 {count}",
    "parting.staffed.kiosk": "可用自助终端数为 {count}",
    "parting.staffed.lane": "专席“{name}”开放台席数为 {count}",
    "parting.desk.counters": "{count} 号台席",
    "parting.desk.kiosk": "{count} 号自助终端",
    "parting.desk.lane": "专席“{name}”{count} 号台席",
    "parting.comes": "{who}到厅",
    "parting.comes.kiosk": "{who}到厅并使用自助终端",
    "parting.begins": "{who}在{desk}开始办理",
    "parting.done": "{who}在{desk}办理完毕",
    "parting.abandoned": "{who}失去耐心离开",
    "parting.balked": "{who}见排队即离去",
    "parting.turned_away": "{who}在闭厅时未能办理",
    "parting.heading": "第一个不同的事件",
}

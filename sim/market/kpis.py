"""From the books to market KPIs: the one place where the market divides. A row a (kpi, scope, period), with its weight.

The weight is the denominator of a mean and 1 of a sum, so that `value × weight` pools.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scenarios.kpis import find_kpi, operator_scope
from scenarios.schema.operators import NO_OPERATOR
from sim.market.ledger import Count, Line, Part
from sim.market.measure import CHURN_PARTS, Account, Side, Spent, counted, remedies_cost, spent, staff_cost, switched
from sim.rules.value import discounted, lifetime_value, payback_months, return_on

if TYPE_CHECKING:
    import pandas as pd

Row = tuple[str, float, float]
"""KPI, value, weight; rows of weight 0 are left out."""


def market_kpis(account: Account) -> pd.DataFrame:
    """All market KPIs of one run, as columns kpi, scope, period, value, unit, weight."""
    import pandas as pd

    found = [
        (kpi, scope, period, value, _unit(kpi), weight)
        for scope, period, (kpi, value, weight) in _all_rows(account)
        if weight > 0
    ]
    frame = pd.DataFrame(found, columns=["kpi", "scope", "period", "value", "unit", "weight"])
    return frame.astype({"value": "float64", "weight": "float64"})


def _unit(kpi: str) -> str:
    found = find_kpi(kpi)
    if found is None:
        raise LookupError(f"{kpi} is measured but stands in no vocabulary")
    return found.unit


def _all_rows(account: Account) -> Iterator[tuple[str, str, Row]]:
    for period, over in account.periods():
        for operator, name in enumerate(account.operators):
            side = Side(account, operator)
            rows = [*side_rows(side, over), share_row(side, over[-1])]
            if operator == account.own:
                rows += [*cohort_rows(side, over[-1]), *own_rows(side, over)]
            else:
                subsidy = side.booked(over, Line.SUBSIDY)
                rows += [("subsidy", subsidy, 1.0), ("spend", subsidy + side.booked(over, Line.FORGONE), 1.0)]
            yield from ((operator_scope(name), period, row) for row in rows)
        for segment, name in enumerate(account.segments):
            side = Side(account, account.own, segment)
            for row in (*side_rows(side, over), *cohort_rows(side, over[-1])):
                yield f"segment/{name}", period, row
        for tactic, name in enumerate(account.tactics):
            for row in tactic_rows(account, over, tactic):
                yield f"tactic/{name}", period, row
        ends = [*account.operators, NO_OPERATOR]
        for origin, left in enumerate(ends):
            for destination, taken in enumerate(ends):
                if (left, taken) != (NO_OPERATOR, NO_OPERATOR):
                    row = ("switches", switched(account, over, origin, destination), 1.0)
                    yield f"flow/{left}/{taken}", period, row


def side_rows(side: Side, over: Sequence[int]) -> list[Row]:
    """What is measured of every operator and of each of our segments.

    subscribers: users when the period ends, suspended debtors included. churn_rate: users who left the books, for each
    user month; it is the sum of its four parts. acquisitions: users who came onto the books; a re-registration is both.
    net_additions: what the number of users grew by. revenue: bills less price reductions, and leaving fees; arpu: of
    it, for each user month. satisfaction: mean over users at month ends.
    """
    user_months = side.user_months(over)
    revenue = side.revenue(over)
    came, went = side.came(over), side.went(over)
    return [
        ("subscribers", side.users(over[-1] + 1), 1.0),
        _ratio("churn_rate", went, user_months),
        *(_ratio(kpi, side.went(over, parts), user_months) for kpi, parts in CHURN_PARTS.items()),
        ("acquisitions", came, 1.0),
        ("net_additions", came - went, 1.0),
        ("port_in", side.came(over, (Part.PORTED,)), 1.0),
        ("port_out", side.went(over, (Part.PORTED,)), 1.0),
        ("revenue", revenue, 1.0),
        _ratio("arpu", revenue, user_months),
        _ratio("satisfaction", *side.satisfaction(over)),
    ]


def share_row(side: Side, last: int) -> Row:
    """share: of all users of all operators when the period ends."""
    everybody = sum(Side(side.account, other).users(last + 1) for other in range(len(side.account.operators)))
    return _ratio("share", side.users(last + 1), everybody)


def cohort_rows(side: Side, last: int) -> list[Row]:
    """The snapshot cohort: our users at the start of what is measured; a month or `all` shows how it stands at the end.

    retention_rate (拍照保有率): the share of them still on our books with the same number. revenue_retention
    (收入保有率): what they were billed in the period's last month, against their bills of as long a time as they stood
    when the snapshot was taken. What retention is for: MISSION B-13, B-14.
    """
    months = side.account.months
    return [
        _ratio("retention_rate", side.cohort(last + 1), side.cohort(int(months.of_day[months.cohort_day]))),
        _ratio("revenue_retention", *side.cohort_revenue(last)),
    ]


def own_rows(side: Side, over: Sequence[int]) -> list[Row]:
    """What is measured of our operator only.

    win_back: people who came back to us within the study's window. save_rate: of those who asked to leave, the share
    whom the save desk kept. tactic_cost, subsidy, commission, forgone (price reductions): what was laid out, together
    spend. margin: revenue less serving, tactic and staff cost, subsidy and commission, and what remedies of
    the halls cost beyond what their sales bring; net_value: the same discounted to the start of what is measured, each
    month from its own start.

    clv: lifetime value of one user at the period's churn rate and margin a user month, cost of acquiring left out
    (MISSION A-21). payback: months of that margin until an acquisition has paid for itself, commission and subsidy of
    those who joined (MISSION H-01: acquiring costs a multiple of keeping); left out where the margin is not above 0.
    satisfaction_gap: points by which our users' satisfaction at month ends stands behind the leader's (MISSION F-01);
    below 0 we lead. roi: of all tactics together of which it can be told whom they keep, as for one.
    """
    account, economics = side.account, side.account.economics
    of_tactics = spent(account, over, range(len(account.tactics)))
    subsidy, commission = side.booked(over, Line.SUBSIDY), side.booked(over, Line.COMMISSION)
    forgone, staff = side.booked(over, Line.FORGONE), staff_cost(account, over)
    revenue = side.revenue(over)
    acquiring = subsidy - of_tactics.subsidy + commission - of_tactics.commission
    user_months, joined = side.user_months(over), side.came(over) - side.came(over, (Part.REREGISTERED,))
    margin = _margin(side, over)
    rows: list[Row] = [
        ("win_back", side.came(over, (Part.WON_BACK,)), 1.0),
        _ratio("save_rate", *side.asked(over)),
        ("tactic_cost", of_tactics.cost, 1.0),
        ("staff_cost", staff, 1.0),
        ("subsidy", subsidy, 1.0),
        ("commission", commission, 1.0),
        ("forgone", forgone, 1.0),
        ("spend", of_tactics.cost + subsidy + commission + forgone, 1.0),
        ("cannibalised", of_tactics.cannibalised, 1.0),
        ("kept_revenue", of_tactics.kept, 1.0),
        ("serving_cost", revenue * economics.serving_cost, 1.0),
        ("margin", margin, 1.0),
        ("net_value", _net_value(side, over), 1.0),
        roi_row(spent(account, over, account.attributed), economics.serving_cost),
    ]
    if account.leader is not None:
        points, users = side.satisfaction(over)
        rows.append(_ratio("satisfaction_gap", account.leader * users - points, users))
    if user_months > 0:
        each, churn = (margin + acquiring) / user_months, side.went(over) / user_months
        clv = lifetime_value(each, churn, economics.discount, economics.clv_horizon_months)
        rows.append(("clv", clv, user_months))
        paid_back = payback_months(acquiring / joined, each) if joined > 0 else None
        if paid_back is not None:
            rows.append(("payback", paid_back, joined))
    return rows


def _margin(side: Side, over: Sequence[int]) -> float:
    account = side.account
    outlay = (
        spent(account, over, range(len(account.tactics))).cost
        + side.booked(over, Line.SUBSIDY)
        + side.booked(over, Line.COMMISSION)
    )
    halls = staff_cost(account, over) + remedies_cost(account, over)
    return side.revenue(over) * (1.0 - account.economics.serving_cost) - outlay - halls


def _net_value(side: Side, over: Sequence[int]) -> float:
    _, measured = side.account.periods()[-1]
    rate = side.account.economics.discount
    return sum(discounted(_margin(side, [month]), measured.index(month), rate) for month in over)


def tactic_rows(account: Account, over: Sequence[int], tactic: int) -> list[Row]:
    """What is measured of a tactic.

    kept_revenue: bills of people who are with us only because of its terms; it and roi are left out for tactics that
    give no terms, of which nobody can tell whom they keep. cannibalised: its price reductions to people who would have
    stayed without. budget_stops: months in which its budget stopped it.
    """
    money = spent(account, over, [tactic])
    rows: list[Row] = [
        ("contacts", counted(account, over, tactic, Count.CONTACTS), 1.0),
        ("acceptances", counted(account, over, tactic, Count.ACCEPTANCES), 1.0),
        ("complaints", counted(account, over, tactic, Count.COMPLAINTS), 1.0),
        ("budget_stops", counted(account, over, tactic, Count.BUDGET_STOPS), 1.0),
        ("tactic_cost", money.cost, 1.0),
        ("subsidy", money.subsidy, 1.0),
        ("commission", money.commission, 1.0),
        ("forgone", money.forgone, 1.0),
        ("cannibalised", money.cannibalised, 1.0),
    ]
    if tactic in account.attributed:
        rows += [("kept_revenue", money.kept, 1.0), roi_row(money, account.economics.serving_cost)]
    return rows


def roi_row(money: Spent, serving_cost: float) -> Row:
    """roi: what a tactic gained beyond all that it laid out, for each CNY of it.

    Gained is what the people it kept were billed before its reductions, less what serving them cost. So a reduction is
    an outlay for everybody, and comes back only from those whom it kept. The comparison with an arm without the tactic
    tells more: it also sees those who joined, or left because a contact woke them.
    """
    gained = money.kept * (1.0 - serving_cost) + money.forgone - money.cannibalised
    found = return_on(money.all, gained)
    return ("roi", found, money.all) if found is not None else ("roi", 0.0, 0.0)


def _ratio(kpi: str, part: float, whole: float) -> Row:
    return (kpi, part / whole, whole) if whole > 0 else (kpi, 0.0, 0.0)

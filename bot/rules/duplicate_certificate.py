"""What duplicate certificates cost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation

from bot.rules.certifications import certified_on
from bot.rules.decision import Decision, PolicyRow, Value
from bot.rules.policy import DUPLICATE_FEE, PolicyFault
from bot.rules.question import About, Question, rule

CENT = Decimal("0.01")


@rule("duplicate_certificate", About.NOTHING, DUPLICATE_FEE)
def duplicate_certificate(question: Question) -> Decision:
    """`duplicate_available`, with fee and total, for the series asked about, else for all ever certified."""
    catalogue = question.case.catalogue
    certified = {catalogue.tests[code].series for code in certified_on(question) if code in catalogue.tests}
    ever = [series for series in catalogue.series if series in certified]
    asked = list(dict.fromkeys(question.case.subject.series))
    wanted = asked or ever
    series = wanted[0] if len(wanted) == 1 else None
    without = [one for one in wanted if one not in certified]
    if without or not wanted:
        values: dict[str, Value] = {"series": without, "held": ever}
        return question.decision(question.reason("no_certificate_in_series", values), series=series)
    row = question.row(DUPLICATE_FEE)
    fee = money(row)
    total = fee * len(wanted)
    values = {"series": wanted, "fee_per_series": fee, "total": total}
    decision = question.decision(question.reason("duplicate_available", values, row), series=series)
    return replace(decision, fee=total)


def money(row: PolicyRow) -> Decimal:
    """The row's value as an amount to the cent. Raises PolicyFault."""
    value = row.value
    if not isinstance(value, (str, Decimal)):
        raise PolicyFault(row, "an amount of money, quoted")
    try:
        amount = Decimal(value)
        exact = amount.quantize(CENT)
    except InvalidOperation:
        raise PolicyFault(row, "an amount of money") from None
    if not amount.is_finite() or amount < 0 or exact != amount:
        raise PolicyFault(row, "an amount of money in whole cents")
    return exact

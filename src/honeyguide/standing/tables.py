"""The tables behind the sales curve, in words: months, and the sales of a window one by one."""

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.translation import gettext as _

from honeyguide.common.local import NOTHING, day_text, money_text, month_text
from honeyguide.common.plain_table import PlainTable
from honeyguide.common.words import PRODUCTS, words_of
from honeyguide.standing.curve import Curve
from honeyguide.standing.happenings import Sale
from honeyguide.standing.wording import status_word, why_not_text


def months_table(curve: Curve) -> PlainTable:
    """The latest month first."""
    columns = ((_("Month"), False), (_("Sales that count"), True), (_("Last 12 months"), True),
               (_("Status at its end"), False))  # fmt: skip
    rows = [
        (
            month_text(month.last),
            money_text(month.net),
            money_text(month.trailing),
            status_word(month.status) if month.status else NOTHING,
        )
        for month in reversed(curve.months)
    ]
    return PlainTable(columns, rows)


def sales_table(sales: Iterable[Sale]) -> PlainTable:
    """What each counts for the targets, and why where it does not (T3.1, T3.2)."""
    columns = ((_("Day"), False), (_("Client"), False), (_("Product"), False), (_("Paid"), True), (_("Refunded"), True),
               (_("Counts"), True), (_("Why not"), False))  # fmt: skip
    rows = [
        (
            day_text(sale.on),
            sale.client,
            words_of(PRODUCTS, sale.product),
            money_text(sale.net),
            money_text(sale.refunded) if sale.refunded else NOTHING,
            format_html("<strong>{}</strong>", money_text(sale.counts)),
            why_not_text(sale),
        )
        for sale in sales
    ]
    return PlainTable(columns, rows)

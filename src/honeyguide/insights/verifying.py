"""Whether the sums that the figures are read from are those of the movements."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Sum

from honeyguide.insights.models import FlowRow, MovementKind
from honeyguide.standing.models import FlowSum


def problems() -> Iterator[str]:
    """A line for each sum of a day or month that is not what its movements sum up to."""
    moved: Counter[tuple[str, str, str, str]] = Counter()
    rows = FlowRow.objects.order_by().values_list("partner", "day", "kind", "activity").annotate(Sum("points"))
    for partner, day, kind, how, points in rows.iterator():
        activity = how if kind == MovementKind.EARNED else ""
        moved[partner, f"{day}", kind, activity] += points
        moved[partner, f"{day:%Y-%m}", kind, activity] += points
    stored = {
        (partner, f"{day:%Y-%m}" if is_month else f"{day}", kind, activity): points
        for partner, is_month, day, kind, activity, points in FlowSum.objects.order_by()
        .values_list("partner__key", "is_month", "day", "kind", "activity", "points")
        .iterator()
    }
    for key in sorted(moved.keys() | stored.keys()):
        if stored.get(key) != moved.get(key):
            partner, when, *what = key
            yield (
                f"partner {partner}: points {' '.join(filter(None, what))} of {when}: "
                f"summed up {stored.get(key, 'nothing')}, the movements say {moved.get(key, 'nothing')}"
            )

"""What a page has hundreds of, drawn without a template: there they would be most of its work."""

from collections.abc import Iterable

from django import template
from django.template.base import render_value_in_context
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django_tables2 import Table

register = template.Library()


@register.simple_tag(takes_context=True)
def table_rows(context: Context, table: Table) -> SafeString:
    """The rows of a table's page: on a phone each cell is named by its column (`data-label`).

    What stands around a cell is worked out once a column: no column here has attributes that differ by row.
    """
    around = [
        format_html('<td class="{}" data-label="{}"><div class="cell">', column.attrs["td"]["class"], column.header)
        for column in table.columns
    ]
    drawn = []
    for row in table.paginated_rows:
        cells = [render_value_in_context(cell, context) for _column, cell in row.items()]
        drawn.append(f"<tr {row.attrs.as_html()}>")
        drawn += [f"{start}{cell}</div></td>" for start, cell in zip(around, cells, strict=True)]
        drawn.append("</tr>")
    return mark_safe("".join(drawn))  # noqa: S308 - each piece was escaped where it was made


@register.simple_tag
def name_options(pairs: Iterable[tuple[str, str]]) -> SafeString:
    """The options of a `<datalist>`: each a value and its words."""
    return format_html_join("", '<option value="{}">{}</option>', pairs)

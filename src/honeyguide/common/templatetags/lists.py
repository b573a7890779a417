"""What a page has hundreds of, drawn without a template: there they would be most of its work."""

from collections.abc import Iterable
from html import escape

from django import template
from django.template.base import render_value_in_context
from django.template.context import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django_tables2 import Table

from honeyguide.common.plain_table import PlainTable

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
    """The options of a `<datalist>`: each a value and its words. A thousand partners are, so without format_html."""
    options = (f'<option value="{escape(value)}">{escape(words)}</option>' for value, words in pairs)
    return mark_safe("".join(options))  # noqa: S308 - each piece is escaped


@register.simple_tag
def plain_table(table: PlainTable) -> SafeString:
    """A table of words; on a phone each cell is named by its column."""
    heads, around = [], []
    for title, is_number in table.columns:
        kind = ' class="number"' if is_number else ""
        heads.append(f'<th scope="col"{kind}>{conditional_escape(title)}</th>')
        around.append(f'<td{kind} data-label="{conditional_escape(title)}">')
    drawn = [
        '<div class="table-frame table-cards"><table class="table-list"><thead><tr>',
        *heads,
        "</tr></thead><tbody>",
    ]
    for row in table.rows:
        cells = (f"{start}{conditional_escape(cell)}</td>" for start, cell in zip(around, row, strict=True))
        drawn += ["<tr>", *cells, "</tr>"]
    drawn.append("</tbody></table></div>")
    return mark_safe("".join(drawn))  # noqa: S308 - each piece is escaped

"""Tabs: pages that belong together, above each of them."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import NoReverseMatch, reverse

register = template.Library()


@register.inclusion_tag("components/tab.html", takes_context=True)
def tab(context: Context, name: str, label: str, *also: str) -> dict[str, Any]:
    """A tab that leads to the page `name` (`app:name`); `also`: other pages that light it up.

    Stands in `<ul class="nav nav-tabs">`; nothing is drawn for a page that has no address in this installation.
    """
    match = getattr(context.get("request"), "resolver_match", None)
    here = match.view_name if match is not None else ""
    try:
        url = reverse(name)
    except NoReverseMatch:
        url = ""
    return {"url": url, "label": label, "is_current": here == name or here in also}

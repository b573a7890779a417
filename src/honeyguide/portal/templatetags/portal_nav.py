"""The menu of this site, for its layout."""

from typing import Any

from django import template
from django.template.context import Context

from honeyguide.access.nav import NavGroup, menu
from honeyguide.portal.nav import PORTAL_NAV

register = template.Library()


@register.simple_tag(takes_context=True)
def portal_nav(context: Context) -> list[NavGroup]:
    """The groups of links open to the visitor; none where the request came to no visitor."""
    request: Any = context.get("request")
    return menu(PORTAL_NAV, request) if hasattr(request, "person") else []

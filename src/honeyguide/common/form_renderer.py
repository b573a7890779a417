"""Forms from templates, but for lists to choose from: a template takes several pieces for each option."""

from collections.abc import Mapping
from typing import Any, override

from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"


class FormRenderer(TemplatesSetting):
    """Django's, with selects drawn in one go."""

    @override
    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name == SELECT:
            return drawn_select(context["widget"])
        return super().render(template_name, context, request)


def drawn_select(widget: Mapping[str, Any]) -> SafeString:
    """A select as the context of its widget describes it."""
    drawn: list[str] = [format_html('<select name="{}"{}>', widget["name"], flatatt(widget["attrs"]))]
    for group, options, _index in widget["optgroups"]:
        drawn += [format_html('<optgroup label="{}">', group)] if group else []
        drawn += [_option(option) for option in options]
        drawn += ["</optgroup>"] if group else []
    drawn.append("</select>")
    return mark_safe("".join(drawn))  # noqa: S308 - each piece is escaped


def _option(option: Mapping[str, Any]) -> str:
    attributes = flatatt(option["attrs"]) if option["attrs"] else ""
    value, label = conditional_escape(option["value"]), conditional_escape(option["label"])
    return f'<option value="{value}"{attributes}>{label}</option>'

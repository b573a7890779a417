"""A browser without scripts: finds a form on a page, with the values that it has there, and sends it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.http import HttpResponse, HttpResponseBase
from django.test import Client


@dataclass
class Form:
    """A form of a page: where it goes, and the values that it would send as it stands."""

    action: str
    values: dict[str, Any] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Collects the forms that are sent by POST."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.forms = page, list[Form]()
        self.now: Form | None = None
        self.choice = self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.now = Form(urljoin(self.page, given.get("action", "") or self.page))
            self.forms.append(self.now)
        elif self.now is not None:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        assert self.now is not None
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and name and kind not in {"file", "submit", "button"}:
            if kind not in {"checkbox", "radio"} or "checked" in given:
                self._set(name, given.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "textarea":
            self.text = name
            self.now.values[name] = ""
        elif tag == "select":
            self.choice = name
        elif tag == "option" and self.choice and "selected" in given:
            self._set(self.choice, given.get("value", ""))

    def _set(self, name: str, value: str) -> None:
        assert self.now is not None
        before = self.now.values.get(name)
        self.now.values[name] = value if before is None else [*([before] if isinstance(before, str) else before), value]

    def handle_data(self, data: str) -> None:
        if self.text and self.now is not None:
            self.now.values[self.text] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.now = None
        elif tag == "textarea":
            self.text = ""
        elif tag == "select":
            self.choice = ""


def forms_in(response: HttpResponseBase, page: str) -> list[Form]:
    """The forms of a response that are sent by POST; where one does not say, it goes to `page`."""
    found = _Forms(page)
    found.feed(response.content.decode())  # type: ignore[attr-defined]
    return found.forms


def form_to(client: Client, page: str, action: str, **having: str) -> Form:
    """The form of a page that goes to an address, and has these values."""
    response = client.get(page)
    assert response.status_code == 200, f"{page}: {response.status_code}"
    forms = [form for form in forms_in(response, page) if urlsplit(form.action).path == action]
    forms = [form for form in forms if all(form.values.get(name) == value for name, value in having.items())]
    assert forms, f"{page}: no form goes to {action}"
    return forms[0]


def send(client: Client, form: Form, *, referer: str = "", **typed: Any) -> HttpResponse:
    """Send a form with what is typed into it; `referer`: the page on which it stands, as browsers say."""
    headers = {"referer": f"http://testserver{referer}"} if referer else {}
    return client.post(form.action, {**form.values, **typed}, headers=headers)  # type: ignore[return-value]

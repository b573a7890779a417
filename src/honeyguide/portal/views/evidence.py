"""Evidence: what the company has handed in, the form for more, and its files."""

import secrets
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.files import file_response
from honeyguide.access.person import PersonRequest, actor_of, own_partner
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.common.lists import ListPage
from honeyguide.common.words import requirement_words
from honeyguide.files.checking import ACCEPT, what_is_taken
from honeyguide.files.storing import file_with
from honeyguide.requirements import limits, queries
from honeyguide.requirements.evidence_list import SEARCHED, EvidenceFilter, EvidenceTable
from honeyguide.requirements.models import EvidenceCase, EvidenceKind
from honeyguide.requirements.services import evidence as services


class EvidenceForm(forms.Form):
    """What is handed in, for which requirement. What is right is the service's to say."""

    form_token = forms.CharField(max_length=64, widget=forms.HiddenInput)
    requirement = forms.ChoiceField(label=gettext_lazy("For which requirement"))
    kind = forms.ChoiceField(
        label=gettext_lazy("What you hand in"), choices=EvidenceKind.choices, widget=forms.RadioSelect
    )
    link = forms.CharField(
        label=gettext_lazy("Address of a public page or video"),
        required=False,
        widget=forms.TextInput(attrs={"type": "url", "placeholder": "https://", "autocomplete": "off"}),
    )
    file = forms.FileField(label=gettext_lazy("File"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPT}))
    text = forms.CharField(
        label=gettext_lazy("In words"),
        required=False,
        max_length=limits.TEXT_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, offered: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        requirement, kind, file, text = (self.fields[name] for name in ("requirement", "kind", "file", "text"))
        choices = [(row["evidence"], requirement_words(row["requirement"])) for row in offered]
        requirement.choices = choices  # type: ignore[attr-defined]
        kind.initial = EvidenceKind.LINK
        file.help_text = what_is_taken()
        text.help_text = _("What is to be seen there, or the evidence itself when it is a text.")


class OwnEvidenceTable(EvidenceTable):
    """With the ways of the portal."""

    file_url = "portal:evidence_file"

    def beside(self, record: EvidenceCase) -> dict[str, Any]:
        """What waits can be taken back by the company's people."""
        if not record.is_waiting or self.request.person.viewing_as:
            return {}
        url = reverse("portal:evidence_withdraw", args=[record.uid])
        return {"withdraw_url": url, "csrf_token": get_token(self.request)}


class EvidencePage(ListPage):
    """All that was handed in, with its state and reasons, and what can be handed in now."""

    table_class = OwnEvidenceTable
    filterset_class = EvidenceFilter
    search_fields = SEARCHED
    search_label = gettext_lazy("Link, file, text, reason")
    export_name = "evidence"
    template_name = "portal/evidence.html"
    empty_icon = "file-check"
    empty_title = gettext_lazy("Nothing was handed in yet")
    empty_text = gettext_lazy("Hand in a link, a file or a text for what your status asks for.")

    def get_queryset(self) -> QuerySet[EvidenceCase]:
        """The company's own."""
        return queries.cases_of(own_partner(cast("PersonRequest", self.request)))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What is missing, and how soon the team answers."""
        request = cast("PersonRequest", self.request)
        return {
            **context,
            "offered": queries.offered(own_partner(request), request.person.standing),
            "may_act": not request.person.viewing_as,
            "answer_within_days": limits.ANSWER_WITHIN_DAYS,
        }


evidence = EvidencePage.as_view()


def evidence_new(request: PersonRequest) -> HttpResponse:
    """The form; `?requirement=` chooses one beforehand."""
    partner = own_partner(request)
    offered = queries.offered(partner, request.person.standing)
    if request.method != "POST":
        asked = request.GET.get("requirement", "")
        given = {"form_token": secrets.token_urlsafe(24), "requirement": asked}
        return _form_page(request, EvidenceForm(initial=given, offered=offered), offered, asked)
    form = EvidenceForm(request.POST, request.FILES, offered=offered)
    text = {name: request.POST.get(name, "") for name in ("requirement", "kind", "link", "text")}
    token = request.POST.get("form_token", "")[:64] or secrets.token_urlsafe(24)
    try:
        case = services.submit(
            partner=partner, **text, file=request.FILES.get("file"), form_token=token, actor=actor_of(request),
            now=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        show_refusal(form, refusal, alone=True)
        return _form_page(request, form, offered, text["requirement"], status=refusal.status)
    if case.submitted_at == request.now:  # the same form once more says it no second time
        messages.success(
            request, _("Handed in. You are told here and by e-mail when the program team has looked at it.")
        )
    return redirect("portal:evidence")


def _form_page(
    request: PersonRequest,
    form: EvidenceForm,
    offered: list[dict[str, Any]],
    asked: str,
    status: int = 200,
) -> HttpResponse:
    row = next((row for row in offered if row["evidence"] == asked), None)
    for name in ("link", "file"):  # shown only where they are asked for
        form.fields[name].required = True
    context = {"form": form, "offered": offered, "row": row, "asked": asked}
    return render(request, "portal/evidence_new.html", context, status=status)


@require_POST
def evidence_withdraw(request: PersonRequest, uid: str) -> HttpResponse:
    """Take back what waits."""
    services.withdraw(uid=uid, partner=own_partner(request), actor=actor_of(request), now=request.now)
    messages.success(request, _("Taken back. You can hand in something else."))
    return redirect("portal:evidence")


def evidence_file(request: PersonRequest, uid: str) -> FileResponse:
    """One of the company's own files."""
    file = file_with(uid, own_partner(request))
    return file_response(file, actor=actor_of(request), now=request.now)

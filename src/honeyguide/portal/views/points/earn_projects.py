"""Projects: reported, and followed until the client has confirmed them (G1.3)."""

import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of, own_partner
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.earning import limits, queries
from honeyguide.earning.awards import points_by_award
from honeyguide.earning.models import Project, ProjectState
from honeyguide.earning.services import confirming
from honeyguide.earning.services import projects as services
from honeyguide.earning.words import GRADES
from honeyguide.files.checking import ACCEPT
from honeyguide.portal.views.points.earn import ROWS_A_PAGE, TOKEN_CHARS, ManyFiles, files_help, token_of


class ProjectForm(forms.Form):
    """A project's report. What is right is the service's to say."""

    form_token = forms.CharField(max_length=TOKEN_CHARS, widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("Project"), max_length=limits.TITLE_MAX_CHARS)
    client = forms.CharField(
        label=gettext_lazy("Client"),
        max_length=limits.CLIENT_MAX_CHARS,
        widget=forms.TextInput(attrs={"list": "client-names", "autocomplete": "off"}),
    )
    launched_on = forms.DateField(
        label=gettext_lazy("In use since"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    simple = forms.IntegerField(label=gettext_lazy("Simple modules"), min_value=0, required=False)
    standard = forms.IntegerField(label=gettext_lazy("Standard modules"), min_value=0, required=False)
    complex = forms.IntegerField(label=gettext_lazy("Complex modules"), min_value=0, required=False)
    integration = forms.BooleanField(
        label=gettext_lazy("With integration through the API, or custom development"), required=False
    )
    report = forms.CharField(
        label=gettext_lazy("What was done"),
        max_length=limits.TEXT_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("The task, what is in use now, what changed for the client."),
    )
    ticked = forms.MultipleChoiceField(label=gettext_lazy("Checklist"), widget=forms.CheckboxSelectMultiple)
    file = forms.FileField(label=gettext_lazy("Report and signed papers"), widget=ManyFiles(attrs={"accept": ACCEPT}))
    contact_name = forms.CharField(label=gettext_lazy("Who confirms for the client"), max_length=limits.NAME_MAX_CHARS)
    contact_email = forms.EmailField(
        label=gettext_lazy("Their e-mail"),
        help_text=gettext_lazy(
            "When your report is accepted, they get a link to confirm the launch. No login is needed."
        ),
    )
    contact_language = forms.ChoiceField(label=gettext_lazy("Their language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines: Any = self.fields["ticked"]
        lines.choices = [(line.name, line.text) for line in queries.checklist()]
        self.fields["file"].help_text = files_help()

    def report_of(self) -> services.Report:
        """What was typed in, as the service takes it; what cannot be read is left out: it says what is wrong."""
        self.is_valid()
        clean = self.cleaned_data
        modules = [grade for grade in GRADES for _one in range(min(clean.get(grade) or 0, limits.MODULES_COUNT + 1))]
        texts = {name: str(self.data.get(name, "")) for name in ("title", "client", "report", "contact_name")}
        return services.Report(
            **texts,
            launched_on=clean.get("launched_on"),
            modules=modules,
            integration=bool(clean.get("integration")),
            ticked=self.data.getlist("ticked"),  # type: ignore[attr-defined]
            contact_email=str(self.data.get("contact_email", "")),
            contact_language=str(self.data.get("contact_language", "")),
        )


class AskForm(forms.Form):
    """Whom to ask again."""

    contact_name = forms.CharField(label=gettext_lazy("Who confirms for the client"), max_length=limits.NAME_MAX_CHARS)
    contact_email = forms.EmailField(label=gettext_lazy("Their e-mail"))


def earn_projects(request: PersonRequest) -> HttpResponse:
    """The company's projects with their state and points."""
    partner = own_partner(request)
    context = {
        "page": Paginator(queries.projects_of(partner), ROWS_A_PAGE).get_page(request.GET.get("page")),
        "points": points_by_award(partner, request.today),
        "may_act": _may_report(request),
    }
    return render(request, "portal/points/earn_projects.html", context)


def earn_project_new(request: PersonRequest) -> HttpResponse:
    """The report's form."""
    partner = own_partner(request)
    if request.method != "POST":
        initial = {"form_token": secrets.token_urlsafe(24), "launched_on": request.today, "contact_language": "en"}
        return _form_page(request, ProjectForm(initial=initial))
    form = ProjectForm(request.POST, request.FILES)
    try:
        services.submit(
            partner=partner,
            report=form.report_of(),
            files=request.FILES.getlist("file"),
            form_token=token_of(request),
            actor=actor_of(request),
            now=request.now,
        )
    except Refusal as refusal:
        shown = ProjectForm(request.POST, request.FILES)
        show_refusal(shown, refusal)
        return _form_page(request, shown, status=refusal.status)
    messages.success(request, _("Reported. When the program team has checked it, your client is asked to confirm."))
    return redirect("portal:points_earn_projects")


def _form_page(request: PersonRequest, form: ProjectForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "clients": queries.clients_of_partner(own_partner(request)),
        "may_report": _may_report(request),
    }
    return render(request, "portal/points/earn_project_new.html", context, status=status)


def _may_report(request: PersonRequest) -> bool:
    earns = queries.may_earn(request.person.standing) and queries.project_report() is not None
    return earns and not request.person.viewing_as


def earn_project(request: PersonRequest, uid: str) -> HttpResponse:
    """One project: what was reported, where it stands, what the client said."""
    return _project_page(request, queries.project_with(uid, own_partner(request)))


def _project_page(
    request: PersonRequest, project: Project, form: AskForm | None = None, status: int = 200
) -> HttpResponse:
    given = {"contact_name": project.contact_name, "contact_email": project.contact_email}
    points = points_by_award(project.partner, program_day(request.now)).get(project.uid)
    over = project.link_expires_at is not None and project.link_expires_at <= request.now
    context = {
        "project": project,
        "points": points,
        "link_over": over and project.state == ProjectState.ACCEPTED,
        "trail": confirming.trail(project),
        "ask_form": form or AskForm(initial=given),
        "may_act": not request.person.viewing_as,
    }
    return render(request, "portal/points/earn_project.html", context, status=status)


@require_POST
def earn_project_ask(request: PersonRequest, uid: str) -> HttpResponse:
    """Send the client a new link, perhaps to another person."""
    partner = own_partner(request)
    form = AskForm(request.POST)
    try:
        project = confirming.ask_again(
            uid=uid,
            partner=partner,
            contact_name=request.POST.get("contact_name", ""),
            contact_email=request.POST.get("contact_email", ""),
            actor=actor_of(request),
            now=request.now,
        )
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        show_refusal(form, refusal)
        return _project_page(request, queries.project_with(uid, partner), form, status=refusal.status)
    messages.success(request, _("Sent to %(email)s. Earlier links are over.") % {"email": project.contact_email})
    return redirect("portal:points_earn_project", uid)


@require_POST
def earn_project_withdraw(request: PersonRequest, uid: str) -> HttpResponse:
    """Take back a report that waits."""
    services.withdraw(uid=uid, partner=own_partner(request), actor=actor_of(request), now=request.now)
    messages.success(request, _("Taken back. You can report it anew."))
    return redirect("portal:points_earn_projects")

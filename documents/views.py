"""Pages of documents."""

from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from groups.models import Membership
from people.models import Person
from people.signed_in import person_of

from . import selectors, services
from .forms import DocumentForm
from .models import Document, Grant, Right
from .render import page_html
from .starters import BY_NAME, STARTERS

PAGE_SIZE = 24
LONGEST_QUERY = 100
SHELVES = {
    "": _("Tous"),
    "miens": _("Les miens"),
    "groupes": _("De mes groupes"),
    "partages": _("Partagés avec moi"),
}


@login_required
@require_GET
def list_documents(request: HttpRequest) -> HttpResponse:
    shelf = request.GET.get("rayon", "")
    shelf = shelf if shelf in SHELVES else ""
    query = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST_QUERY]
    found = _on_shelf(selectors.documents_for(person_of(request)), shelf, person_of(request))
    if query:
        found = found.filter(title__icontains=query)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "documents/list.html",
        {"page": page, "query": query, "shelf": shelf, "shelves": SHELVES.items()},
    )


def _on_shelf(documents: QuerySet[Document], shelf: str, person: Person) -> QuerySet[Document]:
    if shelf == "miens":
        return documents.filter(owner=person)
    if shelf == "groupes":
        return documents.filter(group__in=Membership.objects.filter(person=person).values("group"))
    if shelf == "partages":
        return documents.filter(pk__in=Grant.objects.filter(person=person).values("document")).exclude(owner=person)
    return documents


@login_required
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form = DocumentForm(request.POST, person=person_of(request))
        if form.is_valid():
            document = services.create_document(
                title=form.cleaned_data["title"],
                by=person_of(request),
                group=form.cleaned_data["group"],
                text=str(BY_NAME[form.cleaned_data["starter"]].text),
                write_id=form.cleaned_data["write_id"],
            )
            return redirect("documents:detail", document.pk)
    else:
        first = {"write_id": uuid4(), "group": request.GET.get("groupe", "")[:36], "starter": "blank"}
        form = DocumentForm(initial=first, person=person_of(request))
    return render(
        request, "documents/create.html", {"form": form, "starters": STARTERS}, status=422 if form.errors else 200
    )


@login_required
@require_GET
def detail(request: HttpRequest, document_id: UUID) -> HttpResponse:
    document = selectors.document_for(person_of(request), document_id)
    right = selectors.right_of(person_of(request), document)
    return render(
        request,
        "documents/detail.html",
        {
            "document": document,
            "may_write": right is not None and right >= Right.EDITOR,
            "is_owner": document.owner_id == person_of(request).pk,
            "text": page_html(document),
            "title_limit": services.LONGEST_TITLE,
        },
    )

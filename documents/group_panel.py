"""The latest documents, on their group's page."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from groups import panels
from groups.models import Group, Role
from people.signed_in import person_of

from . import selectors

SHOWN = 4


@panels.register(order=20)
def latest_documents(request: HttpRequest, group: Group, role: Role | None) -> str:
    """For who may read them: everybody in the group."""
    if role is None:
        return ""
    documents = selectors.documents_for(person_of(request)).filter(group=group)[:SHOWN]
    facts = {"group": group, "documents": documents, "may_create": role >= Role.MEMBER}
    return render_to_string("documents/group_panel.html", facts, request)

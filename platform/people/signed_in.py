"""The person behind a request, for views that `login_required` guards."""

from django.http import HttpRequest

from .models import Person


def person_of(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person), "the view lacks login_required"
    return request.user

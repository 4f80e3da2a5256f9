"""Addresses of groups."""

from django.urls import path

from . import views

app_name = "groups"
urlpatterns = [
    path("", views.list_groups, name="list"),
    path("<uuid:group_id>/", views.detail, name="detail"),
]

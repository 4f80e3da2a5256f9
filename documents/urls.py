"""Addresses of documents."""

from django.urls import path

from . import api, views

app_name = "documents"
urlpatterns = [
    path("", views.list_documents, name="list"),
    path("nouveau/", views.create, name="create"),
    path("<uuid:document_id>/", views.detail, name="detail"),
    path("<uuid:document_id>/access/", api.access, name="access"),
    path("<uuid:document_id>/people/", api.people, name="people"),
    path("<uuid:document_id>/guests/", api.guests, name="guests"),
    path("<uuid:document_id>/title/", api.title, name="title"),
    path("<uuid:document_id>/mentions/", api.mentions, name="mentions"),
    path("<uuid:document_id>/grants/", api.grants, name="grants"),
    path("<uuid:document_id>/grants/<uuid:person_id>/", api.grant, name="grant"),
]

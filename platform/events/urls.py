"""Addresses of events."""

from django.urls import path

from . import views

app_name = "events"
urlpatterns = [
    path("", views.list_events, name="list"),
    path("nouveau/", views.create, name="create"),
    path("<uuid:event_id>/", views.detail, name="detail"),
    path("<uuid:event_id>/modifier/", views.edit, name="edit"),
    path("<uuid:event_id>/venir/", views.come, name="come"),
    path("<uuid:event_id>/ne-plus-venir/", views.uncome, name="uncome"),
    path("<uuid:event_id>/calendrier.ics", views.calendar, name="calendar"),
]

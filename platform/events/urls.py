"""Addresses of events."""

from django.urls import path

from . import views

app_name = "events"
urlpatterns = [
    path("<uuid:event_id>/", views.detail, name="detail"),
]

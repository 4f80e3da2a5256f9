"""Addresses of notifications."""

from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("", views.list_notifications, name="list"),
    path("lues/", views.read_all, name="read_all"),
    path("<uuid:notification_id>/", views.open_notification, name="open"),
]

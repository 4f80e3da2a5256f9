"""Addresses of video."""

from django.urls import path

from . import views

app_name = "video"
urlpatterns = [path("<uuid:call_id>/", views.call, name="call")]

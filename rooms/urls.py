"""Addresses of rooms."""

from django.urls import path

from . import views

app_name = "rooms"
urlpatterns = [
    path("", views.rooms, name="list"),
    path("nouvelle/", views.create, name="create"),
    path("evenement/<uuid:event_id>/", views.of_event, name="of_event"),
    path("votes/<uuid:poll_id>/", views.poll, name="poll"),
    path("votes/<uuid:poll_id>/bulletin/", views.ballot, name="ballot"),
    path("votes/<uuid:poll_id>/liste.csv", views.roll_csv, name="roll_csv"),
    path("<uuid:room_id>/", views.room, name="detail"),
    path("<uuid:room_id>/messages/", views.messages, name="messages"),
    path("<uuid:room_id>/assemblee/", views.assembly, name="assembly"),
]

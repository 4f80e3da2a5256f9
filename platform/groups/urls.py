"""Addresses of groups."""

from django.urls import path

from . import views

app_name = "groups"
urlpatterns = [
    path("", views.list_groups, name="list"),
    path("nouveau/", views.create, name="create"),
    path("<uuid:group_id>/", views.detail, name="detail"),
    path("<uuid:group_id>/modifier/", views.edit, name="edit"),
    path("<uuid:group_id>/rejoindre/", views.join, name="join"),
    path("<uuid:group_id>/suivre/", views.follow, name="follow"),
    path("<uuid:group_id>/quitter/", views.leave, name="leave"),
    path("<uuid:group_id>/membres/", views.members, name="members"),
    path("<uuid:group_id>/membres/<uuid:person_id>/role/", views.set_role, name="set_role"),
    path("<uuid:group_id>/membres/<uuid:person_id>/retirer/", views.remove_member, name="remove_member"),
]

"""Addresses of people."""

from django.urls import path

from . import views

app_name = "people"
urlpatterns = [
    path("profil/", views.profile, name="profile"),
    path("bienvenue/", views.welcome, name="welcome"),
    path("langue/", views.language, name="language"),
    path("appareils/", views.sessions, name="sessions"),
    path("appareils/autres/deconnecter/", views.end_other_sessions, name="end_other_sessions"),
    path("appareils/<int:session_id>/deconnecter/", views.end_session, name="end_session"),
    path("communes/", views.communes, name="communes"),
]

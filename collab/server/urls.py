"""Every address of the site, app by app."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("compte/", include("allauth.urls")),
]

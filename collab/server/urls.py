"""Every address of the site, app by app."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sante/", views.health, name="health"),
    path("compte/", include("people.urls")),
    path("compte/", include("allauth.urls")),
    path("groupes/", include("groups.urls")),
    path("evenements/", include("events.urls")),
    path("notifications/", include("notifications.urls")),
    path("documents/", include("documents.urls")),
    path("appels/", include("video.urls")),
    path("salles/", include("rooms.urls")),
]

"""Every address of the site, app by app."""

from django.urls import include, path

from people import dev

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sante/", views.health, name="health"),
    path("compte/", include("people.urls")),
    path("compte/", include("people.account_urls")),
    path("dev/courrier/", dev.outbox, name="dev_outbox"),
    path("dev/connexion/<str:token>/", dev.sign_in, name="dev_login"),
    path("groupes/", include("groups.urls")),
    path("evenements/", include("events.urls")),
    path("notifications/", include("notifications.urls")),
    path("documents/", include("documents.urls")),
    path("appels/", include("video.urls")),
    path("salles/", include("rooms.urls")),
]

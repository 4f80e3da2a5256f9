"""Every socket address of the site."""

from django.urls import path

from collab.realtime.consumers import LiveConsumer

# Django types `path` for views; Channels routes ASGI applications with it.
routes = [path("live/", LiveConsumer.as_asgi())]  # type: ignore[arg-type]

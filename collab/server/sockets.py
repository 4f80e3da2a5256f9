"""Every socket address of the site."""

from django.urls import path

from collab.realtime.consumers import LiveConsumer

routes = [path("live/", LiveConsumer.as_asgi())]

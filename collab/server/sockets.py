"""Every socket address of the site."""

from django.urls import path

from collab.realtime.consumers import LiveConsumer
from documents.sync.consumer import DocumentConsumer

# Django types `path` for views; Channels routes ASGI applications with it.
routes = [
    path("live/", LiveConsumer.as_asgi()),  # type: ignore[arg-type]
    path("documents/<uuid:document_id>/sync", DocumentConsumer.as_asgi()),  # type: ignore[arg-type]
]

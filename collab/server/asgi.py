"""The application uvicorn serves: pages by Django, sockets by Channels."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab.server.settings.production")
pages = get_asgi_application()  # loads the apps; what follows imports their models

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from collab.realtime.origins import OriginGuard  # noqa: E402

from .bodies import BodyLimit  # noqa: E402
from .sockets import routes  # noqa: E402

sockets = OriginGuard(AuthMiddlewareStack(URLRouter(routes)))
application = ProtocolTypeRouter({"http": BodyLimit(pages), "websocket": sockets})

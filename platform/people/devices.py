"""A device's name out of what its browser says of itself: "Firefox sur Android"."""

import re

from django.utils.translation import gettext as _

# In this order: Edge and Opera also say Chrome, everything says Safari, Android also says Linux.
BROWSERS = [
    ("Edge", r"Edg"),
    ("Opera", r"OPR|Opera"),
    ("Samsung Internet", r"SamsungBrowser"),
    ("Firefox", r"Firefox|FxiOS"),
    ("Chrome", r"Chrome|CriOS"),
    ("Safari", r"Safari"),
]
SYSTEMS = [
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("Mac", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
]
HANDHELD = {"iPhone", "iPad", "Android"}


def device_name(user_agent: str) -> str:
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s sur %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Appareil inconnu")


def is_handheld(user_agent: str) -> bool:
    return _first(SYSTEMS, user_agent) in HANDHELD


def _first(names: list[tuple[str, str]], user_agent: str) -> str:
    return next((name for name, sign in names if re.search(sign, user_agent)), "")

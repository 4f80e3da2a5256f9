"""People in a call, each a real Chromium page; the test is their web process."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from playwright.async_api import Browser, BrowserContext, Page, Route

from video.backend import Joined, MediaBackend, Slot

SCRIPT = Path(__file__).with_name("caller.js").read_text()
ADDRESS = "https://appel.test/"  # answered by the browser itself: a secure page without a server
ARGUMENTS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
]


class Caller:
    def __init__(self, context: BrowserContext, page: Page, backend: MediaBackend, call: UUID) -> None:
        self._context, self.page, self.backend, self.call = context, page, backend, call
        self.session = uuid4()
        self.detour: tuple[int, int] | None = None  # the worker's port, and one that is to be used instead

    @classmethod
    async def arrive(cls, browser: Browser, backend: MediaBackend, call: UUID) -> "Caller":
        context = await browser.new_context()

        async def answer(route: Route) -> None:
            await route.fulfill(body=f"<!doctype html><title>a</title><body><script>{SCRIPT}</script>")

        await context.route(ADDRESS, answer)
        page = await context.new_page()
        await page.goto(ADDRESS)
        return cls(context, page, backend, call)

    async def join(self, may_publish: bool = True) -> Joined:
        joined = await self.backend.join(self.call, self.session, may_publish)
        await self.answer(joined.subscribe_offer)
        return joined

    async def answer(self, offer: str) -> None:
        answer = await self.page.evaluate("offer => caller.listen(offer)", self._detoured(offer))
        await self.backend.answer(self.call, self.session, answer)

    async def publish(self, **wishes: Any) -> None:
        await self._offer(await self.page.evaluate("wishes => caller.publish(wishes)", wishes))

    async def restart_ice(self) -> None:
        await self._offer(await self.page.evaluate("() => caller.restart()"))

    async def _offer(self, offer: dict[str, Any]) -> None:
        answer = await self.backend.publish(self.call, self.session, offer["sdp"], offer["sources"])
        await self.page.evaluate("answer => caller.accept(answer)", self._detoured(answer))

    def _detoured(self, sdp: str) -> str:
        if self.detour is None:
            return sdp
        worker, other = self.detour
        return sdp.replace(f"127.0.0.1 {worker} typ host", f"127.0.0.1 {other} typ host")

    async def received(self) -> dict[str, dict[str, float]]:
        found: dict[str, dict[str, float]] = await self.page.evaluate("() => caller.received()")
        return found

    async def pixel(self, mid: str) -> list[int]:
        pixel: list[int] = await self.page.evaluate("mid => caller.pixel(mid)", mid)
        return pixel

    async def leave(self) -> None:
        await self._context.close()


def mid_of(slots: tuple[Slot, ...], source: Caller, kind: str) -> str:
    """Raises StopIteration when the source has no slot."""
    return next(slot.mid for slot in slots if slot.source == source.session and slot.kind == kind)

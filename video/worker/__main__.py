"""`python -m video.worker`: one media worker, until SIGTERM."""

import asyncio
import logging
import signal
import sys

import uvloop
from django.conf import settings

from .aiortc_bridge import new_certificate
from .control import ControlPort
from .port import MediaPort
from .session import Ground
from .switchboard import Switchboard

log = logging.getLogger("video.worker")


async def serve() -> None:
    addresses = [address.strip() for address in settings.MEDIA_ADDRESSES if address.strip()]
    host = addresses[0] if len(addresses) == 1 else "0.0.0.0"  # noqa: S104
    port = MediaPort(host, settings.MEDIA_UDP_PORT, allow_local=settings.MEDIA_ALLOW_LOCAL)
    candidates = [(address, port.number) for address in addresses]
    switchboard = Switchboard(Ground(port, new_certificate(), candidates))
    control = ControlPort(switchboard, settings.MEDIA_SECRET)
    port.open()
    host, _colon, number = settings.MEDIA_CONTROL.split(",")[0].rpartition(":")
    control_number = await control.open(host, int(number))
    clock = asyncio.create_task(switchboard.keep_time(), name="clock")
    log.info("media on UDP %s, control on %s:%s", port.number, host, control_number)
    stopped = asyncio.Event()
    for number_of_signal in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number_of_signal, stopped.set)
    clock.add_done_callback(lambda _task: stopped.set())
    await stopped.wait()
    failed = clock.done()
    control.close()
    switchboard.close()
    await asyncio.sleep(0)  # the farewells of DTLS leave
    port.close()
    if failed:
        clock.result()
    clock.cancel()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    if not settings.MEDIA_SECRET:
        sys.exit("COLLAB_MEDIA_SECRET is empty: web processes and media workers know each other by it.")
    uvloop.run(serve())


if __name__ == "__main__":
    main()

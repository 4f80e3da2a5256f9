"""The control port: web processes prove the shared secret, then ask. Prose: docs/protocol/media.md."""

import asyncio
import logging
import secrets

import msgspec

from video import media_words as words

from . import bounds
from .errors import Refusal
from .switchboard import Switchboard

log = logging.getLogger(__name__)

PROOF_SECONDS = 5.0


class ControlPort:
    def __init__(self, switchboard: Switchboard, secret: str) -> None:
        self._switchboard, self._secret = switchboard, secret
        self.epoch = secrets.token_hex(16)
        self._desks: set[Desk] = set()
        self._server: asyncio.Server | None = None

    async def open(self, host: str, number: int) -> int:
        self._server = await asyncio.start_server(self._serve, host, number)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for desk in list(self._desks):
            desk.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        desk = Desk(writer, self._switchboard)
        if len(self._desks) >= bounds.MAX_CONTROL_CONNECTIONS:
            desk.cut()
            return
        self._desks.add(desk)
        try:
            if await self._welcome(reader, writer):
                while True:
                    desk.take(await _frame(reader))
        except (OSError, EOFError, TimeoutError, msgspec.DecodeError) as error:
            log.info("control connection ended: %s", error or type(error).__name__)
        finally:
            self._desks.discard(desk)
            self._switchboard.owner_left(desk)
            desk.cut()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        nonce = words.fresh_nonce()
        writer.write(words.framed(words.Challenge(version=words.VERSION, nonce=nonce)))
        async with asyncio.timeout(PROOF_SECONDS):
            proof = msgspec.json.decode(await _frame(reader), type=words.Proof)
        if not words.is_proof(proof.proof, words.proof_of(self._secret, "web", nonce, proof.nonce)):
            log.warning("a control connection did not know the secret")
            return False
        ours = words.proof_of(self._secret, "worker", nonce, proof.nonce)
        writer.write(words.framed(words.Welcome(proof=ours, epoch=self.epoch)))
        return True


class Desk:
    """One web process. Its words are answered in the order they came."""

    def __init__(self, writer: asyncio.StreamWriter, switchboard: Switchboard) -> None:
        self._writer, self._switchboard = writer, switchboard

    def tell(self, event: words.AnyEvent) -> None:
        self._write(words.Tidings(event=event))

    def take(self, body: bytes) -> None:
        try:
            request = msgspec.json.decode(body, type=words.Request)
        except msgspec.ValidationError as error:
            number = msgspec.json.decode(body, type=_Numbered).id
            self._write(words.Tidings(id=number, reply=words.Refused(code="bad_word", why=str(error))))
            return
        self._write(words.Tidings(id=request.id, reply=self._answer(request.ask)))

    def _answer(self, ask: words.AnyAsk) -> words.AnyReply:
        verb = getattr(self._switchboard, f"on_{ask.__struct_config__.tag}")
        try:
            reply: words.AnyReply = verb(ask, self)
        except Refusal as refusal:
            return words.Refused(code=refusal.code, why=refusal.why[:500])
        except Exception:  # one session's fault must not end everybody's call
            log.exception("a fault while answering %s", type(ask).__name__)
            return words.Refused(code="fault", why="see the worker's log")
        return reply

    def _write(self, word: words.Word) -> None:
        transport = self._writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > bounds.CONTROL_BACKLOG_BYTES:
            log.warning("a web process does not read its events")
            self.cut()
            return
        self._writer.write(words.framed(word))

    def cut(self) -> None:
        self._writer.close()


class _Numbered(msgspec.Struct):
    id: int


async def _frame(reader: asyncio.StreamReader) -> bytes:
    length = int.from_bytes(await reader.readexactly(words.LENGTH_BYTES), "big")
    if length > words.MAX_FRAME_BYTES:
        raise EOFError("a frame longer than allowed")
    return await reader.readexactly(length)

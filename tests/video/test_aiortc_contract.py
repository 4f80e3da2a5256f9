"""The private seams of aiortc and pylibsrtp that the worker leans on: a new version must pass here first."""

import asyncio
import inspect

import aiortc
import pylibsrtp
from aiortc import rtcdtlstransport as dtls

from video.worker import aiortc_bridge, srtp


class End:
    """A wire to the other end."""

    role = "controlled"

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self.other: End = self

    async def _recv(self) -> bytes:
        return await self.inbox.get()

    async def _send(self, data: bytes) -> None:
        self.other.inbox.put_nowait(data)


def test_the_versions_are_those_the_seams_were_read_in() -> None:
    assert aiortc.__version__ == "1.16.0"
    assert pylibsrtp.__version__ == "1.0.0"


def test_the_methods_we_call_have_the_form_we_know() -> None:
    assert list(inspect.signature(dtls.RTCDtlsTransport.__init__).parameters) == ["self", "transport", "certificates"]
    assert list(inspect.signature(dtls.RTCDtlsTransport.start).parameters) == ["self", "remoteParameters"]
    assert aiortc_bridge.PROFILES[0] is dtls.SRTP_AEAD_AES_128_GCM, "libsrtp was built without AES-GCM"


async def test_a_handshake_gives_srtp_sessions_that_we_can_call_directly() -> None:
    ours, theirs = End(), End()
    ours.other, theirs.other = theirs, ours
    certificate, other = aiortc_bridge.new_certificate(), aiortc_bridge.new_certificate()
    server = aiortc_bridge.Handshake(ours, certificate)
    client = dtls.RTCDtlsTransport(theirs, [other])
    client._set_role("client")
    fingerprints = [dtls.RTCDtlsFingerprint(*aiortc_bridge.fingerprint_of(certificate))]
    sessions, _none = await asyncio.gather(
        server.shake([aiortc_bridge.fingerprint_of(other)]),
        client.start(dtls.RTCDtlsParameters(fingerprints=fingerprints, role="server")),
    )
    assert sessions is not None
    assert server._ssl.get_selected_srtp_profile() == b"SRTP_AEAD_AES_128_GCM"

    packet = bytes.fromhex("806000070000000800000009") + b"payload"
    assert client._rx_srtp.unprotect(srtp.Outbound(sessions[1]).seal_rtp(packet)) == packet
    buffer = bytearray(2_048)
    sealed = client._tx_srtp.protect(packet)
    buffer[: len(sealed)] = sealed
    inbound = srtp.Inbound(sessions[0], buffer)
    length = inbound.open_rtp(len(sealed))
    assert bytes(buffer[:length]) == packet
    buffer[: len(sealed)] = sealed
    assert inbound.open_rtp(len(sealed)) == 0, "a replay opens"

    closed = asyncio.Event()
    server.when_closed(closed.set)
    await client.stop()
    await asyncio.wait_for(closed.wait(), 5)
    await server.close()


async def test_a_handshake_with_another_certificate_gives_nothing() -> None:
    ours, theirs = End(), End()
    ours.other, theirs.other = theirs, ours
    certificate, other = aiortc_bridge.new_certificate(), aiortc_bridge.new_certificate()
    server, client = aiortc_bridge.Handshake(ours, certificate), dtls.RTCDtlsTransport(theirs, [other])
    client._set_role("client")
    fingerprints = [dtls.RTCDtlsFingerprint(*aiortc_bridge.fingerprint_of(certificate))]
    sessions, _none = await asyncio.gather(
        server.shake([aiortc_bridge.fingerprint_of(certificate)]),  # not what the other one shows
        client.start(dtls.RTCDtlsParameters(fingerprints=fingerprints, role="server")),
    )
    assert sessions is None
    await client.stop()
    await server.close()

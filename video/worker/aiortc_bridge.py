"""What we take from aiortc: its certificate, its DTLS handshake, its reading of session descriptions.

Its media path and aioice stay out: no decoder, no encoder, no candidate gathering. The private seams used here are
held by tests/video/test_aiortc_contract.py; the version is pinned.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from aiortc import rtcdtlstransport as dtls
from aiortc import sdp as aiortc_sdp
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from pylibsrtp import Session

from .errors import Refusal

# Cheapest first: AES-128-GCM costs a third of what SHA1_80 does. Every browser has one of them.
PROFILES = [dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AES128_CM_SHA1_80]
PROFILES = [profile for profile in PROFILES if profile in dtls.SRTP_PROFILES]

Fingerprint = tuple[str, str]  # algorithm, value


class DatagramEnd(Protocol):
    """The place of aiortc's ICE transport under its DTLS."""

    role: str

    async def _recv(self) -> bytes: ...
    async def _send(self, data: bytes) -> None: ...


class Handshake(RTCDtlsTransport):  # type: ignore[misc]  # aiortc is not typed
    """A DTLS association, always as its server: as client, Chromium once chose the slow SRTP profile."""

    def __init__(self, end: DatagramEnd, certificate: RTCCertificate) -> None:
        super().__init__(end, [certificate])
        self._srtp_profiles = PROFILES
        self._set_role("server")

    async def shake(self, fingerprints: list[Fingerprint]) -> tuple[Session, Session] | None:
        """The SRTP sessions, inbound and outbound; None when the other side is not who it said."""
        parameters = RTCDtlsParameters(
            fingerprints=[RTCDtlsFingerprint(algorithm=algorithm, value=value) for algorithm, value in fingerprints],
            role="client",
        )
        await self.start(parameters)
        return (self._rx_srtp, self._tx_srtp) if self._state is dtls.State.CONNECTED else None

    def when_closed(self, call: Callable[[], None]) -> None:
        def look() -> None:
            if self._state in (dtls.State.CLOSED, dtls.State.FAILED):
                call()

        self.on("statechange", look)

    def close(self) -> Awaitable[None]:
        closing: Awaitable[None] = self.stop()
        return closing


def new_certificate() -> RTCCertificate:
    return RTCCertificate.generateCertificate()


def fingerprint_of(certificate: RTCCertificate) -> Fingerprint:
    first = certificate.getFingerprints()[0]
    return first.algorithm, first.value


def read_description(sdp: str) -> aiortc_sdp.SessionDescription:
    try:
        return aiortc_sdp.SessionDescription.parse(sdp)
    except Exception as error:  # mutated offers make it raise seven types, AssertionError and StopIteration among them
        raise Refusal("bad_sdp", f"{type(error).__name__}: {error}") from error

"""STUN binding requests and their answers (RFC 8489), as much as an ICE-lite end needs."""

import hmac
import socket
import struct
import zlib
from dataclasses import dataclass

COOKIE = 0x2112A442
BINDING_REQUEST = 0x0001
BINDING_SUCCESS = 0x0101

USERNAME = 0x0006
MESSAGE_INTEGRITY = 0x0008
XOR_MAPPED_ADDRESS = 0x0020
USE_CANDIDATE = 0x0025
FINGERPRINT = 0x8028
FINGERPRINT_MASK = 0x5354554E

HEADER = struct.Struct("!HHL12s")
ATTRIBUTE = struct.Struct("!HH")
INTEGRITY_BYTES = 20
MAX_USERNAME_BYTES = 512


@dataclass(frozen=True, slots=True)
class BindingRequest:
    transaction: bytes
    username: str
    nominates: bool
    signed: bytes  # the message up to its integrity attribute, its length as the signer saw it
    integrity: bytes

    def is_signed_with(self, password: bytes) -> bool:
        return hmac.compare_digest(hmac.digest(password, self.signed, "sha1"), self.integrity)


def read_request(data: bytes) -> BindingRequest | None:
    """None for anything but a well-formed, signed binding request; attributes after the signature do not count."""
    if len(data) < HEADER.size:
        return None
    method, length, cookie, transaction = HEADER.unpack_from(data)
    if method != BINDING_REQUEST or cookie != COOKIE or length % 4 or HEADER.size + length != len(data):
        return None
    username, nominates, place = "", False, HEADER.size
    while place + ATTRIBUTE.size <= len(data):
        kind, size = ATTRIBUTE.unpack_from(data, place)
        value = data[place + 4 : place + 4 + size]
        if len(value) != size:
            return None
        if kind == MESSAGE_INTEGRITY:
            if size != INTEGRITY_BYTES:
                return None
            seen_length = place + 4 + INTEGRITY_BYTES - HEADER.size
            signed = data[:2] + struct.pack("!H", seen_length) + data[4:place]
            return BindingRequest(transaction, username, nominates, signed, value)
        if kind == USERNAME:
            if size > MAX_USERNAME_BYTES:
                return None
            username = value.decode("utf-8", "replace")
        elif kind == USE_CANDIDATE:
            nominates = True
        place += 4 + size + (-size % 4)
    return None


def write_success(transaction: bytes, address: tuple[str, int], password: bytes) -> bytes:
    """`address` is where the request came from (IPv4)."""
    packed = int.from_bytes(socket.inet_aton(address[0]), "big") ^ COOKIE
    mapped = struct.pack("!HHBBHL", XOR_MAPPED_ADDRESS, 8, 0, 1, address[1] ^ (COOKIE >> 16), packed)
    return _seal(BINDING_SUCCESS, transaction, mapped, password)


def write_request(transaction: bytes, username: str, password: bytes, *, nominates: bool) -> bytes:
    """A check as a browser sends it: for tests and load clients, a lite end never asks."""
    name = username.encode()
    body = ATTRIBUTE.pack(USERNAME, len(name)) + name + b"\0" * (-len(name) % 4)
    if nominates:
        body += ATTRIBUTE.pack(USE_CANDIDATE, 0)
    return _seal(BINDING_REQUEST, transaction, body, password)


def _seal(method: int, transaction: bytes, body: bytes, password: bytes) -> bytes:
    def head(extra: int) -> bytes:
        return HEADER.pack(method, len(body) + extra, COOKIE, transaction)

    digest = hmac.digest(password, head(4 + INTEGRITY_BYTES) + body, "sha1")
    body += ATTRIBUTE.pack(MESSAGE_INTEGRITY, INTEGRITY_BYTES) + digest
    check = (zlib.crc32(head(8) + body) & 0xFFFFFFFF) ^ FINGERPRINT_MASK
    body += struct.pack("!HHL", FINGERPRINT, 4, check)
    return head(0) + body

"""Encryption as restic does it: AES-256 in counter mode, signed by Poly1305-AES ("The Poly1305-AES message-authentication code", Bernstein)."""

import ctypes
import _hashlib  # pyright: ignore[reportMissingTypeStubs]
from typing import Any

from runtime.failure import Failure

_PRIME = (1 << 130) - 5
_CLAMP = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF


def seal(text: bytes, nonce: bytes, key: bytes, mac_key: bytes, mac_r: bytes) -> bytes:
    """The nonce, the encrypted text and its tag. nonce, mac_key, mac_r: 16 bytes; key: 32 bytes. Raises Failure "quick-key"."""
    encrypted = _aes("EVP_aes_256_ctr", key, nonce, text)
    return nonce + encrypted + tag_of(encrypted, nonce, mac_key, mac_r)


def tag_of(message: bytes, nonce: bytes, mac_key: bytes, mac_r: bytes) -> bytes:
    """Poly1305-AES of a message: 16 bytes."""
    # One block in counter mode over zeros is the block cipher itself.
    pad = _aes("EVP_aes_128_ctr", mac_key, nonce, bytes(16))
    r = int.from_bytes(mac_r, "little") & _CLAMP
    total = 0
    for start in range(0, len(message), 16):
        total = (total + int.from_bytes(message[start : start + 16] + b"\x01", "little")) * r % _PRIME
    return ((total + int.from_bytes(pad, "little")) % (1 << 128)).to_bytes(16, "little")


def _aes(cipher: str, key: bytes, counter: bytes, text: bytes) -> bytes:
    """By the OpenSSL that Python's own hashlib is linked with: the standard library has no cipher."""
    try:
        openssl: Any = ctypes.CDLL(_hashlib.__file__)
        pointer = ctypes.c_void_p
        new, free, begin, update, choose = (
            openssl.EVP_CIPHER_CTX_new, openssl.EVP_CIPHER_CTX_free, openssl.EVP_EncryptInit_ex, openssl.EVP_EncryptUpdate, openssl[cipher],
        )  # fmt: skip
    except (OSError, AttributeError) as error:
        raise Failure("quick-key", "Cannot encrypt a key", f"{error}", "Use the Python of the host's own distribution") from error
    new.restype = choose.restype = pointer
    free.argtypes = [pointer]
    begin.argtypes = [pointer, pointer, pointer, ctypes.c_char_p, ctypes.c_char_p]
    update.argtypes = [pointer, ctypes.c_char_p, ctypes.POINTER(ctypes.c_int), ctypes.c_char_p, ctypes.c_int]
    context = new()
    try:
        encrypted, length = ctypes.create_string_buffer(len(text)), ctypes.c_int(0)
        is_done = begin(context, choose(), None, key, counter) == 1 and update(context, encrypted, length, text, len(text)) == 1
    finally:
        free(context)
    if not is_done or length.value != len(text):
        raise Failure("quick-key", "Cannot encrypt a key", f"OpenSSL refuses {cipher}", "Use the Python of the host's own distribution")
    return encrypted.raw

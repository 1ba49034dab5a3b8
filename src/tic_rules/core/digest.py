"""SHA-256 digests: of bytes, and of values as canonical JSON."""

from __future__ import annotations

import json
from hashlib import sha256


def digest_of(data: bytes | str) -> str:
    """The SHA-256 of bytes, or of a text in UTF-8, as 64 hexadecimal digits."""
    return sha256(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data).hexdigest()


def digest_of_values(values: object) -> str:
    """The SHA-256 of JSON values: keys in order, no blanks, UTF-8."""
    return digest_of(json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")))

"""Inputs from seeds: mutated, spliced, or made of tokens."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

ODD = [
    b"", b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\r", b"\x85", b"\x1b[31m", "\u202e".encode(),
    "\u2028".encode(), "\ufeff".encode(),
    "é".encode("utf-16"), b"9" * 400, b"-1", b"1e999", b"NaN", b"inf", b"0x10", b"1_000", "１２３".encode(),
    "³".encode(), "٣".encode(), "一二亿".encode(),
    b"2026-02-30", b"9999-12-31", b"0001-01-01", b"3/4/2026", "2026年6月".encode(), "≥".encode(), b"[", b"]",
    b"{", b"}", b"- " * 60, b"&a ", b"*a",
    b"!!python/object:os.system", b"<<: *a", b"? ", b": ", b"#", b"%YAML 1.2", b"=cmd|' /C calc'!A0",
    b"__class__", b"\\u0000", b"\xed\xa0\xbd", b"'", b'"',
    b"''", b'\\"', b",", b";", b"\t", b"\n", b"null", b"true", b"~", b"{at_least: 1, at_most: 0}",
    b"{not_before: 2026-01-01}",
    b"[{date: 2024-01-01, value: 1}]", b"[{date: null, value: null}]", b" " * 300, b"a" * 5000,
]  # fmt: skip
VALUES = [
    None, True, False, 0, -1, 1, 10**30, 1.5, 1e300, "", " ", "\0", "\x1b[31m", "\u202e中心", "9" * 400,
    "1e999", "NaN", "2026-02-30", "2026", "2026-06",
    "9999-12-31", "0001-01-01", "3/4/2026", "10亿元", "1,2,3", "十亿元", "99%", "true", "无", "host",
    "enterprise", "zhejiang_2022/teams-2y",
    "/contributions/³", "///", "~1~0",
    [], {}, [[]], [None], [{}], ["a"], {"at_least": 1}, {"at_least": 2, "at_most": 1},
    {"not_before": "2026-01-01", "not_after": "2020-01-01"},
    [{"date": "2024-02-01", "value": 3}, {"date": "2025-02-01", "value": 1}], [{"date": None, "value": None}],
    [{"value": {"at_most": 5}}], {"date": "2024"},
    "x" * 3000, "ﷺ" * 60, "３亿", "²", "٣", "1" * 25,
]  # fmt: skip


class Mutator:
    """Draws from one random source, so that a seed says everything."""

    def __init__(self, rng: random.Random, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> None:
        self.rng, self.seeds, self.tokens = rng, list(seeds), [*tokens, *ODD]
        self.blocks = [block for seed in self.seeds for block in re.split(rb"\n(?=[^\s#])", seed)] or [b"a"]
        self.lines = [
            line for seed in self.seeds for line in seed.splitlines(keepends=True) if line.strip()
        ] or [b"a\n"]

    def text(self) -> bytes:
        """A text: a mutated seed, lines of several, or tokens without sense."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.35:
            data = self._piece(rng.choice(self.seeds))
        elif kind < 0.7:
            data = b"\n".join(rng.choice(self.blocks) for _ in range(rng.randint(1, 5))) + b"\n"
        elif kind < 0.85:
            data = b"".join(rng.choice(self.lines) for _ in range(rng.randint(1, 12)))
        else:
            return b"".join(rng.choice(self.tokens) for _ in range(rng.randint(1, 40)))
        return self.changed(data)

    def _piece(self, seed: bytes) -> bytes:
        """A seed, or a run of its lines where it is long: small inputs are quick, and quick is many."""
        lines = seed.splitlines(keepends=True)
        if len(lines) < 15 or self.rng.random() < 0.05:
            return seed
        start = self.rng.randrange(len(lines))
        return b"".join(lines[start : start + self.rng.randint(1, 15)])

    def changed(self, data: bytes) -> bytes:
        rng = self.rng
        out = bytearray(data)
        for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 4, 8))):
            at = rng.randrange(len(out) + 1)
            do = rng.randrange(9)
            if do == 0:
                out[at:at] = rng.choice(self.tokens)
            elif do == 1:
                out[at : at + rng.randint(1, 6)] = rng.choice(self.tokens)
            elif do == 2:
                del out[at : at + rng.randint(1, 20)]
            elif do == 3 and out:
                out[at % len(out)] = rng.randrange(256)
            elif do == 4:
                out[at:at] = out[at : at + rng.randint(1, 60)] * rng.choice((1, 2, 3, 30))
            elif do == 5:
                out[at:at] = rng.choice(self.lines)
            elif do == 6:
                out = out[:at]
            elif do == 8:
                self._grown(out, at)
            else:
                out[at:at] = bytes([rng.randrange(256)])
        return bytes(out)

    def _grown(self, out: bytearray, at: int) -> None:
        """The structural kinds: one sign, token or line so often that what goes back and forth over it shows;
        blocks nested or closed."""
        rng = self.rng
        often = rng.choice((50, 500, 5_000, 40_000))
        kind = rng.randrange(5)
        if kind == 0:
            out[at:at] = (
                rng.choice(
                    (b" ", b"\n", b"\r", b"\t", b"1", b",", b'"', b"{", b"[", b"(", b"-", "一".encode())
                )
                * often
            )
        elif kind == 1:
            out[at:at] = rng.choice(self.tokens)[:20] * min(often, 2_000)
        elif kind == 2:
            out[at:at] = rng.choice(self.lines)[:200] * min(often, 300)
        elif kind == 3:
            opening, closing = rng.choice(
                ((b"[", b"]"), (b"{a: ", b"}"), (b"<a>", b"</a>"), (b"- ", b""), (b"2024:1;", b""))
            )
            out[at:at] = opening * min(often, 2_000) + closing * min(often, 2_000)
        else:
            out[at:at] = b"2024:a" + b" " * often + b"b"

    def tree(self, data: Any, changes: int) -> Any:
        """Data with some of its values, keys and entries replaced by odd ones."""
        for _ in range(changes):
            data = self._changed_at(data, self.rng.randint(0, 5))
        return data

    def _changed_at(self, data: Any, depth: int) -> Any:
        rng = self.rng
        if depth == 0 or not isinstance(data, (dict, list)) or not data:
            return rng.choice(VALUES)
        if isinstance(data, list):
            at = rng.randrange(len(data))
            kind = rng.random()
            if kind < 0.1:
                return [*data, *data[at:]]
            return [
                *data[:at],
                *([] if kind < 0.2 else [self._changed_at(data[at], depth - 1)]),
                *data[at + 1 :],
            ]
        key = rng.choice(list(data))
        kind = rng.random()
        if kind < 0.05:
            return {name: value for name, value in data.items() if name != key}
        if kind < 0.08:
            return {
                **data,
                rng.choice(("x", "__class__", "\x1b[31m", "id ", "日期", "a" * 300)): rng.choice(VALUES),
            }
        return {**data, key: self._changed_at(data[key], depth - 1)}

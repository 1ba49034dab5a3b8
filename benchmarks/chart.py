"""A bar chart as SVG, on a logarithmic scale; no library needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape


def bars(title: str, rows: Sequence[tuple[str, float]]) -> str:
    """Horizontal bars, the shortest first; names that begin with tic-rules stand out."""
    rows = sorted(rows, key=lambda row: row[1])
    left, width, step, top = 220, 460, 30, 56
    low, high = math.floor(math.log10(rows[0][1])), math.ceil(math.log10(rows[-1][1]))
    height = top + step * len(rows) + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 780 {height}" width="780" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="13">',
        f'<rect width="780" height="{height}" fill="#fff"/>'
        f'<text x="20" y="30" font-size="16" fill="#222">{escape(title)}</text>',
    ]
    for power in range(low, high + 1):
        x = left + width * (power - low) / (high - low)
        parts.append(f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{top - 8}" y2="{height - 30}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{x:.0f}" y="{height - 12}" text-anchor="middle" fill="#666">{_power(power)}</text>'
        )
    for place, (name, value) in enumerate(rows):
        y, length = top + step * place, width * (math.log10(value) - low) / (high - low)
        colour = "#b3261e" if name.startswith("tic-rules") else "#6b7a90"
        parts.append(
            f'<text x="{left - 10}" y="{y + 15}" text-anchor="end" fill="#222">{escape(name)}</text>'
        )
        parts.append(f'<rect x="{left}" y="{y}" width="{max(length, 2):.0f}" height="20" fill="{colour}"/>')
        parts.append(
            f'<text x="{left + max(length, 2) + 6:.0f}" y="{y + 15}" fill="#222">{value:,.2f}</text>'
            if value < 10
            else f'<text x="{left + length + 6:.0f}" y="{y + 15}" fill="#222">{value:,.0f}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _power(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"

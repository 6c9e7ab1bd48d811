"""Beginnings of assigned mobile numbers, from phonenumbers 9.0.43: written by `python -m infra.lists`."""

from __future__ import annotations

_WORDS = (
    "13 145 147 150 151 152 153 155 156 157 158 159 1610 162 165 166 167 170 171 172 173 17400 17401 17402 17403 17404 17405 "
    "175 176 177 178 18 190 191 192 193 195 196 197 198 199 "
)
ASSIGNED = frozenset(_WORDS.split())

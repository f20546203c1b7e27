"""Which of the two languages a reader gets, and how large the print is: kept by their own browser."""

from fastapi import Request

from api.words.language import Language

LANGUAGE_COOKIE = "dudao-language"
LARGE_COOKIE = "dudao-large"
"""`1`: the large print (大字版)."""


def choose(request: Request, default: Language) -> Language:
    """Return the reader's language: what they chose, else what their browser asks for, else ours."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in {"zh", "en"}:
        return "en" if chosen == "en" else "zh"
    first = request.headers.get("accept-language", "").split(",")[0].strip().lower()
    if first.startswith("en"):
        return "en"
    return "zh" if first.startswith("zh") else default

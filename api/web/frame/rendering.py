"""From a page's context to its answer: templates, what they may call, and the headers of a page."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from fastapi import Response
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from api.export.readable import cell
from api.web.frame.frame import Frame
from api.web.frame.static import static
from api.words import phrasing
from api.words.followed_names import followed_name
from api.words.instants import instant
from api.words.labels import anchor_of, field_of, label_of
from api.words.language import Language, Words, one_language
from api.words.last_day import last_day
from api.words.log_objects import log_object
from api.words.summaries import summary as in_one_line
from api.words.words import VOCABULARY
from domain.application import evaluation
from projections.items.shape import Field

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; font-src 'self'; frame-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types dudao"
)
"""What a page may load and run: files of its own, and nothing inline."""


def render(frame: Frame, template: str, page: Any, status: int = 200) -> Response:  # noqa: ANN401 - the page's own context
    """Return the page: `template` filled from `page`, its context."""
    language = frame.language
    body = _filled(template, language, frame=frame, page=page)
    headers = {
        "Content-Security-Policy": POLICY,
        "Content-Language": "en" if language == "en" else "zh-CN",
        "Vary": "Cookie, Accept-Language",
    }
    after = getattr(getattr(page, "refusal", None), "retry_after", None)
    if after is not None:
        headers["Retry-After"] = after
    return Response(body, status_code=status, media_type="text/html", headers=headers)


def fragment(language: Language, template: str, page: Any) -> Markup:  # noqa: ANN401 - as above
    """Return a part of a page that is the same for every reader of a language."""
    return Markup(_filled(template, language, page=page))  # noqa: S704 - filled with escapes


def _filled(template: str, language: Language, **context: Any) -> str:  # noqa: ANN401 - as above
    def t(zh: str, en: str) -> str:
        return Words(zh, en).speak(language)

    return _templates().get_template(template).render(t=t, **context)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("api.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["static"] = static
    filters: dict[str, Any] = templates.filters
    called = (
        word,
        said,
        instant,
        grouped,
        two_places,
        levels,
        phrasing.occupation,
        organisation,
        half,
        summary,
        label,
        field,
        last_day,
        object_said,
        in_words,
        followed,
    )
    for function in called:
        filters[function.__name__] = function
    filters["anchor"] = anchor_of
    return templates


def _language(context: Context) -> Language:
    frame: Frame = context["frame"]
    return frame.language


@pass_context
def word(context: Context, value: str | None, vocabulary: str) -> str:
    """Return what a value of a vocabulary is called; a value without a name stays as it is."""
    return phrasing.word(_language(context), vocabulary, value)


@pass_context
def said(context: Context, pair: Words | Mapping[str, str]) -> str:
    """Return a text that comes in both languages, `{zh, en}`."""
    if not isinstance(pair, Words):
        pair = Words(pair["zh"], pair["en"])
    return pair.speak(_language(context))


@pass_context
def half(context: Context, text: str) -> str:
    """Return one half of a text that says the same twice, `中文 / English`."""
    return one_language(text, _language(context))


@pass_context
def label(context: Context, field: str) -> str:
    """Return what a field of a form or filter is called; empty if it has no name."""
    return label_of(field, _language(context))


@pass_context
def field(context: Context, path: str) -> str:
    """Return what a field of a record is called, given its path."""
    return field_of(path, _language(context))


@pass_context
def followed(context: Context, name: str) -> str:
    """Return the name of a saved question, in the language as far as it is ours."""
    return followed_name(_language(context), name)


@pass_context
def in_words(context: Context, row: Mapping[str, Any], field: Field) -> str:
    """Return what stands in a cell of a row, in words."""
    return cell(row, field, _language(context))


@pass_context
def object_said(context: Context, entry: Any) -> str:  # noqa: ANN401 - an entry of the access log
    """Return what an entry of the access log was about, in words and with its number."""
    return log_object(_language(context), entry.object)


def grouped(number: int) -> str:
    """Return a count with its thousands apart: 12,345."""
    return f"{number:,}"


def two_places(mean: float) -> str:
    """Return a mean with two decimals, never as the whole mark that it falls short of."""
    return evaluation.two_places(Decimal(str(mean)))


@pass_context
def levels(context: Context, values: Collection[str]) -> str:
    """Return levels by rank, lowest first."""
    return phrasing.levels(_language(context), values)


@pass_context
def summary(context: Context, entry: Mapping[str, Any]) -> str:
    """Return what an entry says, in one line; the entry as the API shows it."""
    return in_one_line(_language(context), entry["type"], entry["data"])


@pass_context
def organisation(context: Context, code: str) -> str:
    """Return an organisation for people: centre, bureau, a district; a USCC or other text as it is."""
    vocabulary = "organisation" if code in VOCABULARY["organisation"] else "district"
    return phrasing.word(_language(context), vocabulary, code)

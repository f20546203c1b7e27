"""What the lists are called that following keeps of an enterprise or an occupation.

Their names are kept in Chinese, `虚构企业 疑点`; who reads English is told the same in English.
"""

from api.words.language import Language, Names, names

PARTS: Names = names(
    history=("记录", "records"),
    flags=("疑点", "flags"),
    assessments=("认定", "sessions"),
    roster=("名单", "roster"),
)
"""List → what it is called beside the thing that is followed."""
_BY_NAME = {words.zh: words for words in PARTS.values()}


def followed_name(language: Language, name: str) -> str:
    """Return the name of a question; of one that following kept, its last word in the language."""
    thing, space, part = name.rpartition(" ")
    words = _BY_NAME.get(part)
    return name if words is None or not space else f"{thing} {words.speak(language)}"

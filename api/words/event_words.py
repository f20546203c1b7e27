"""What the events of the ledger are called on the pages."""

from api.words.language import as_words
from domain.terms.naming import EVENTS

EVENT_NAMES = as_words(EVENTS)

"""One record says what the fold of an enterprise does with the entries of a kind of stream."""

from domain.registry import EVENTS
from domain.supervision.streams import STREAMS

OF_NOBODY = {"clock", "day", "demonstration"}
"""Kinds of stream whose entries stand in no file: they are about no enterprise."""


def test_of_every_kind_of_stream_it_is_said_what_its_entries_do():
    kinds = {kind.stem.partition(".")[0] for kind in EVENTS.values()}
    assert set(STREAMS) == kinds - OF_NOBODY


def test_what_is_taken_is_read_again_once_it_is_corrected():
    """A request is the exception: nobody corrects what was asked for."""
    nothing = STREAMS["roster"]
    taken = {name for name, stream in STREAMS.items() if stream.takes is not nothing.takes}
    reread = {name for name, stream in STREAMS.items() if stream.rereads is not nothing.rereads}
    assert taken - reread == {"record"}

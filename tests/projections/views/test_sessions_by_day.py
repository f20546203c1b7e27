"""What a session shows on a day is what had happened by that day."""

from datetime import date

from domain.assessment import ResultsPublished
from projections.views import sessions
from projections.views.row import item as shown
from tests.story import ELECTRICIAN, Story, item, session

PUBLISHED = ResultsPublished(
    assessment_id="a-1", published_on=date(2025, 3, 20), until=date(2025, 3, 27), where="公司网站"
)


def test_results_that_were_made_public_later_are_nothing_that_a_session_rests_on_before_that_day():
    story = Story().listed(item(ELECTRICIAN, "4"))
    held = story.tell(session(day=date(2025, 3, 10)))
    published = story.tell(PUBLISHED, PUBLISHED.published_on)
    corrected = story.correct(published, where="公司公告栏")
    before, after = sessions.rows(story.fold, "a-1")
    assert (before.valid_from, before.valid_to, after.valid_from, after.valid_to) == (
        date(2025, 3, 10),
        date(2025, 3, 20),
        date(2025, 3, 20),
        None,
    )
    by_then, later = shown(before.doc), shown(after.doc)
    assert by_then["because"] == [held]
    assert "results_published" not in by_then
    assert later["because"] == [held, published, corrected]
    assert later["results_published"][0]["where"] == "公司公告栏"

import pytest
from wagtail.models import Locale

from campaigns.models import AgendaPage, AgendaPointPage
from home.models import HomePage
from stories.models import StoryIndexPage, StoryPage


@pytest.fixture
def spanish(db) -> Locale:
    return Locale.objects.get_or_create(language_code="es")[0]


@pytest.fixture
def point(site: HomePage, spanish: Locale) -> AgendaPointPage:
    """An English point whose story exists in both languages; its Spanish twin shares the chosen story."""
    index = site.add_child(instance=StoryIndexPage(title="Stories", slug="stories"))
    story = index.add_child(instance=StoryPage(title="Two hands", slug="two-hands", display_name="Roberto"))
    agenda = site.add_child(instance=AgendaPage(title="Agenda", slug="agenda"))
    point = agenda.add_child(instance=AgendaPointPage(title="Families", slug="families", story=story))
    for page, title in (
        (index, "Historias"),
        (story, "Dos manos"),
        (agenda, "La agenda"),
        (point, "Familias"),
    ):
        twin = page.copy_for_translation(spanish)
        twin.title = title
        twin.save_revision().publish()
    return point


def test_spanish_point_tells_the_story_in_spanish(client, point, spanish) -> None:
    text = client.get(point.get_translation(spanish).url).content.decode()
    assert "Dos manos" in text
    assert "Two hands" not in text


def test_spanish_agenda_names_the_stories_in_spanish(client, point, spanish) -> None:
    text = client.get(point.get_parent().get_translation(spanish).url).content.decode()
    assert "Dos manos" in text
    assert "Two hands" not in text


def test_a_withdrawn_story_stands_behind_no_point(client, point) -> None:
    point.story.unpublish()
    for page in (point, point.get_parent()):
        assert "Two hands" not in client.get(page.url).content.decode()


def test_a_story_without_a_public_translation_is_left_out_of_the_spanish_agenda(
    client, point, spanish
) -> None:
    point.story.get_translation(spanish).unpublish()
    for page in (point, point.get_parent()):
        text = client.get(page.get_translation(spanish).url).content.decode()
        assert "Dos manos" not in text
        assert "Two hands" not in text


def test_the_agenda_asks_for_all_its_stories_at_once(point, django_assert_num_queries) -> None:
    agenda = AgendaPage.objects.get(locale__language_code="en")
    agenda.add_child(instance=AgendaPointPage(title="Another", slug="another", story=point.story))
    with django_assert_num_queries(2):
        assert [one.told_story.title for one in agenda.points()] == ["Two hands", "Two hands"]

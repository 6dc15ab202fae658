import pytest

from home.templatetags.drawings import inline_svg
from home.templatetags.numbers import number_parts


@pytest.mark.parametrize(
    ("printed", "before", "number", "after"),
    [
        ("110", "", "110", ""),
        ("1,400", "", "1,400", ""),
        ("more than 130,000", "more than", "130,000", ""),
        ("más de 130 000", "más de", "130 000", ""),
        ("about $4 million", "about", "$4", "million"),
        ("unos 4 millones de dólares", "unos", "4", "millones de dólares"),
        ("about 3 in 5", "about", "3 in 5", ""),
        ("unos 3 de cada 5", "unos", "3 de cada 5", ""),
        ("every 2", "every", "2", ""),
        ("6.3 million", "", "6.3", "million"),
        ("none published", "", "none published", ""),
    ],
)
def test_a_printed_number_is_split_from_the_words_around_it(printed, before, number, after):
    assert number_parts(printed) == {"before": before, "number": number, "after": after}


def test_a_drawing_with_a_label_is_a_picture_and_without_one_is_hidden():
    assert 'role="img" aria-label="A bridge"' in inline_svg("brand/mark.svg", label="A bridge")
    assert 'aria-hidden="true"' in inline_svg("brand/mark.svg")


def test_a_label_cannot_break_out_of_its_attribute():
    assert '"><script>' not in inline_svg("brand/mark.svg", label='"><script>')


def test_a_drawing_that_stands_twice_has_ids_of_its_own():
    plain = inline_svg("illustrations/journey-route.svg")
    again = inline_svg("illustrations/journey-route.svg", prefix="again-")
    assert 'id="journey-route-paper"' in plain
    assert 'id="again-journey-route-paper"' in again
    assert 'id="journey-route-paper"' not in again


@pytest.mark.parametrize("path", ["illustrations/none.svg", "../css/site.css", "../../manage.py"])
def test_only_drawings_of_the_site_are_set_into_the_page(path):
    assert inline_svg(path) == ""

from home.demo.builder import Demo
from home.models import StandardPage


def test_pages_made_in_one_transaction_are_reached_after_it(site, client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        demo = Demo()
        parent = demo.page(
            site, StandardPage, slug="about", en={"title": "About us"}, es={"title": "Sobre nosotros"}
        )
        demo.page(parent, StandardPage, slug="people", en={"title": "People"}, es={"title": "Personas"})
    for address in ("/en/about/people/", "/es/about/", "/es/about/people/"):
        assert client.get(address).status_code == 200

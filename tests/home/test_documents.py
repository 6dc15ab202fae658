"""Documents that staff upload."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form

TEN_MEGABYTES = 10 * 1024 * 1024


@pytest.mark.django_db
@pytest.mark.parametrize(("size", "refused"), [(TEN_MEGABYTES, False), (TEN_MEGABYTES + 1, True)])
def test_a_document_of_more_than_ten_megabytes_is_refused(size, refused):
    file = SimpleUploadedFile("report.txt", b"x" * size)
    form = get_document_form(get_document_model())({"title": "Report"}, {"file": file})
    assert ("file" in form.errors) is refused

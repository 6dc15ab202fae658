from datetime import date

import factory

from advocacy.models import Chamber, Congress, Delivery, District, Letter, Official, Title, ZipDistrict


class CongressFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Congress
        django_get_or_create = ("number",)

    number = 119
    starts = date(2025, 1, 3)
    ends = date(2027, 1, 3)
    is_fictional = True


class DistrictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = District
        skip_postgeneration_save = True

    congress = factory.SubFactory(CongressFactory)
    state = "AZ"
    number = 3

    @factory.post_generation
    def zips(self, create, extracted, **kwargs):
        for zip5 in extracted or []:
            ZipDistrict.objects.create(zip5=zip5, district=self)


class OfficialFactory(factory.django.DjangoModelFactory):
    """A senator for Arizona, unless told otherwise."""

    class Meta:
        model = Official

    class Params:
        representative = factory.Trait(
            chamber=Chamber.HOUSE,
            title=Title.REPRESENTATIVE,
            district=factory.SubFactory(DistrictFactory),
            state=factory.SelfAttribute("district.state"),
        )

    first_name = "Ottilie"
    last_name = factory.Sequence(lambda n: f"March{n}")
    name = factory.LazyAttribute(lambda one: f"{one.first_name} {one.last_name}")
    title = Title.SENATOR
    chamber = Chamber.SENATE
    state = "AZ"
    email = factory.LazyAttribute(lambda one: f"{one.last_name.lower()}@office.example")
    is_fictional = True
    valid_from = date(2025, 1, 3)


class LetterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Letter

    form_token = factory.Faker("uuid4")
    state = "awaiting_confirmation"
    campaign_key = factory.Faker("uuid4")
    campaign_title = "Tell Congress"
    organisation = "Puente"
    name = "Ana Pérez"
    email = "ana@example.org"
    street = "12 Mesquite Lane"
    city = "Phoenix"
    region = "AZ"
    zip5 = "85004"
    district = "AZ-03"
    matched_by = "zip"
    language = "en"
    subject = "Please protect children"
    opening = "I write to you.\n\nI ask two things."
    own_words = "My niece is two.\nShe sings."
    closing = "Thank you."
    consent = "It goes to the offices."


class DeliveryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Delivery

    letter = factory.SubFactory(
        LetterFactory, state="confirmed", confirmed_at=factory.Faker("past_datetime", tzinfo=None)
    )
    official = factory.SubFactory(OfficialFactory)
    official_name = factory.SelfAttribute("official.name")
    office = factory.LazyAttribute(lambda one: one.official.office)
    salutation = "Dear Senator March,"
    address = factory.SelfAttribute("official.email")
    is_fictional = factory.SelfAttribute("official.is_fictional")

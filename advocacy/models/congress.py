"""Who sits where, and since when. Everything here has dates, because on one day in January it all changes."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from advocacy.states import CHOICES, STATES


class Chamber(models.TextChoices):
    HOUSE = "house", _("House")
    SENATE = "senate", _("Senate")


class Congress(models.Model):
    """One Congress of two years, with its district lines."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    starts = models.DateField(_("starts"))
    ends = models.DateField(_("ends"), help_text=_("The day the next one starts."))
    is_fictional = models.BooleanField(
        _("fictional"), default=False, help_text=_("A directory of invented people, for demonstrations.")
    )
    try_zips = models.JSONField(
        _("ZIP codes to try"),
        default=list,
        blank=True,
        help_text=_("Shown on the form of a fictional directory: a list of ZIP codes."),
    )

    class Meta:
        verbose_name = _("Congress")
        verbose_name_plural = _("Congresses")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="congress_ends_after_start")
        ]

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def in_force(cls, on: date) -> "Congress | None":
        return cls.objects.filter(starts__lte=on, ends__gt=on).first()


class DistrictKind(models.TextChoices):
    HOUSE = "house", _("votes in the House")
    DELEGATE = "delegate", _("delegate without a vote")


class District(models.Model):
    """A district of the House in one Congress; number 0 is a state's or territory's only one."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="districts")
    state = models.CharField(_("state"), max_length=2, choices=CHOICES)
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=DistrictKind, default=DistrictKind.HOUSE)

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["state", "number"]
        constraints = [
            models.UniqueConstraint(fields=["congress", "state", "number"], name="district_once"),
            models.CheckConstraint(condition=Q(kind__in=DistrictKind.values), name="district_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="district_state_is_known"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """ "AZ-03"; it names the district in forms and on letters, whatever the Congress."""
        return f"{self.state}-{self.number:02}"

    @property
    def label(self) -> str:
        """The district in words, in the active language."""
        if self.number:
            return _("%(state)s, district %(number)s") % {"state": STATES[self.state], "number": self.number}
        if self.kind == DistrictKind.DELEGATE:
            return _("%(territory)s, delegate to the House") % {"territory": STATES[self.state]}
        return _("%(state)s, the whole state") % {"state": STATES[self.state]}


class ZipDistrict(models.Model):
    """A ZIP code lies, at least in part, in a district."""

    zip5 = models.CharField("ZIP", max_length=5)
    district = models.ForeignKey(District, models.CASCADE, related_name="zips")

    class Meta:
        verbose_name = _("ZIP code")
        verbose_name_plural = _("ZIP codes")
        constraints = [models.UniqueConstraint(fields=["zip5", "district"], name="zip_district_once")]

    def __str__(self) -> str:
        return f"{self.zip5} {self.district}"


class Title(models.TextChoices):
    SENATOR = "Senator", _("Senator")
    REPRESENTATIVE = "Representative", _("Representative")
    DELEGATE = "Delegate", _("Delegate")
    RESIDENT_COMMISSIONER = "Resident Commissioner", _("Resident Commissioner")


class OfficialQuerySet(models.QuerySet["Official"]):
    def holding_office(self, on: date) -> "OfficialQuerySet":
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)


class Official(models.Model):
    """A person in office from `valid_from` until the day before `valid_to`."""

    name = models.CharField(_("name"), max_length=160)
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    title = models.CharField(_("title"), max_length=40, choices=Title)
    chamber = models.CharField(_("chamber"), max_length=10, choices=Chamber)
    state = models.CharField(_("state"), max_length=2, choices=CHOICES)
    district = models.ForeignKey(
        District, models.CASCADE, null=True, blank=True, related_name="officials", verbose_name=_("district")
    )
    party = models.CharField(_("party"), max_length=40, blank=True)
    email = models.EmailField(_("email"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    valid_from = models.DateField(_("in office from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    is_fictional = models.BooleanField(_("fictional"), default=False)

    objects = OfficialQuerySet.as_manager()

    class Meta:
        verbose_name = _("person in office")
        verbose_name_plural = _("people in office")
        ordering = ["state", "-chamber", "district__number", "last_name"]
        indexes = [models.Index(fields=["state", "chamber"])]
        constraints = [
            models.CheckConstraint(condition=Q(chamber__in=Chamber.values), name="official_chamber_is_known"),
            models.CheckConstraint(
                condition=Q(chamber=Chamber.SENATE, district=None)
                | Q(chamber=Chamber.HOUSE, district__isnull=False),
                name="official_house_has_district",
            ),
            # An invented person never has an address at which a real one could be reached.
            models.CheckConstraint(
                condition=Q(is_fictional=False) | Q(email="") | Q(email__endswith=".example"),
                name="fictional_official_has_fictional_address",
            ),
        ]

    def __str__(self) -> str:
        return _("%(title)s %(name)s") % {"title": self.get_title_display(), "name": self.name}

    @property
    def office(self) -> str:
        """What they hold, as it stands on an envelope: "Senator Ana Vale, Arizona"."""
        place = self.district.label if self.district and self.district.number else STATES[self.state]
        return _("%(title)s %(name)s, %(place)s") % {
            "title": self.get_title_display(),
            "name": self.name,
            "place": place,
        }

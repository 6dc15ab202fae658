from datetime import date
from pathlib import Path

from django.db import transaction

from advocacy.models import (
    Chamber,
    Congress,
    District,
    DistrictKind,
    LetterCampaignPage,
    Official,
    TargetRule,
    Title,
    ZipDistrict,
)
from home.demo.builder import Demo

FOLDER = Path(__file__).parent


def seed(demo: Demo) -> None:
    """The fictional directory, staff for it, and the "Tell Congress" page in both languages."""
    demo.user("campaigns", "Campaign staff", "Letter readers")
    seed_directory(demo.read(FOLDER / "directory.json"))
    content = demo.read(FOLDER / "tell-congress.json")
    demo.page(
        demo.home,
        LetterCampaignPage,
        slug=content["slug"],
        image=content["image"],
        en=_fields(content["en"]),
        es=_fields(content["es"]),
        target_rules=[TargetRule(chamber=chamber) for chamber in Chamber.values],
    )


def _fields(values: dict) -> dict:
    return {**values, "prompts": [{"type": "prompt", "value": prompt} for prompt in values["prompts"]]}


@transaction.atomic
def seed_directory(content: dict) -> None:
    """Invented people on the shape of a real Congress; nothing if any directory is there."""
    if Congress.objects.exists():
        return
    dates = {name: date.fromisoformat(content["congress"][name]) for name in ("starts", "ends")}
    congress = Congress.objects.create(
        number=content["congress"]["number"],
        is_fictional=True,
        try_zips=content["congress"]["try_zips"],
        **dates,
    )
    districts = {}
    for row in content["districts"]:
        district = District.objects.create(
            congress=congress,
            state=row["state"],
            number=row["number"],
            kind=row.get("kind", DistrictKind.HOUSE),
        )
        districts[row["state"], row["number"]] = district
        ZipDistrict.objects.bulk_create(ZipDistrict(zip5=zip5, district=district) for zip5 in row["zips"])
    Official.objects.bulk_create(
        Official(
            name=f"{row['first_name']} {row['last_name']}",
            first_name=row["first_name"],
            last_name=row["last_name"],
            title=row["title"],
            chamber=Chamber.SENATE if row["title"] == Title.SENATOR else Chamber.HOUSE,
            state=row["state"],
            district=districts[row["state"], row["district"]] if "district" in row else None,
            email=row["email"],
            is_fictional=True,
            valid_from=dates["starts"],
        )
        for row in content["officials"]
    )

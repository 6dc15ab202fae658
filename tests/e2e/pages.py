"""Every page of the demo, as a path below the language."""

STORIES = ("alexis", "julio", "carlos", "roberto", "ana-ruth")
PAGES = (
    "",
    "stories/",
    *(f"stories/{name}/" for name in STORIES),
    "journey/",
    "agenda/",
    "give/",
    "tell-congress/",
    "about/",
    "privacy/",
)

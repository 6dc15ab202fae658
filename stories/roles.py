"""Editors write the sourced figures; only moderators take one away."""

ROLES = {
    "Editors": ["stories.view_figure", "stories.add_figure", "stories.change_figure"],
    "Moderators": [
        "stories.view_figure",
        "stories.add_figure",
        "stories.change_figure",
        "stories.delete_figure",
    ],
}

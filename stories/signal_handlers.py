from home.signals import seed_demo


def connect() -> None:
    seed_demo.connect(seed_stories, dispatch_uid="stories.seed_stories")


def seed_stories(sender, demo, **kwargs) -> None:
    from stories.demo.seed import seed

    seed(demo)

"""What the ground floor announces, so that the floors above can act without being imported."""

from django.dispatch import Signal

# Load the demo's content. Receivers run in the order of INSTALLED_APPS, so an app finds what the
# apps below it made. Arguments: demo, a home.demo.builder.Demo.
seed_demo = Signal()

# Look for work that a lost task forgot: due mail, unsettled sends, unprocessed webhooks. No arguments.
sweep = Signal()

"""The outside world on a laptop: a Stripe, an email provider and a Congress delivery endpoint.

Run it with ``python -m sandbox``; nothing in it is real. It speaks the wire protocols of the services it
stands for, so the site runs unmodified against it. It imports nothing of the site.

How a part plugs in
-------------------
Each part is a package with one function, ``part(services: Services) -> Part`` (both in ``sandbox.app``):

- ``services.config``: a :class:`sandbox.config.Config`.
- ``services.store``: a :class:`sandbox.store.Store`: JSON objects by (kind, id), with look-up keys.
- ``services.faults``: a :class:`sandbox.faults.Faults`; faults on API calls are applied by the core itself,
  to the paths a part names in ``Part.api_prefixes`` (relative to the part, e.g. ``"/v1/"``).
- ``services.webhooks``: a :class:`sandbox.webhooks.Webhooks`. Call ``webhooks.register(name, url=, secret=,
  signer=)`` once, then ``webhooks.send(name, payload, event_id=, event_type=)`` whenever something happened.
- ``services.stopping``: a ``threading.Event`` set at shutdown, for anything that waits.

The returned ``Part`` has ``name`` (also its URL prefix, ``/<name>``), ``title``, ``blueprint``,
``api_prefixes``, ``summary`` (a function giving ``Link(label, url, count)`` for the index page) and
``error`` (a function ``(status, message) -> Response`` that answers in the provider's own error shape).
Pages extend ``base.html`` (blocks ``title`` and ``content``) and live in ``templates/<name>/``.

In tests, ``sandbox.app.Sandbox(Config(port=0, ...))`` is a context manager that serves on a free port.
"""

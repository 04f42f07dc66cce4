"""The vendors' systems simulated over real HTTP, for the demo, for tests and for trying settings out.

A served sandbox holds one seeded world (`sandbox.world`) and, under one port, any of the simulated systems
beside a control API:

* ``http://127.0.0.1:PORT/severa``      behaves as Severa's REST API (``/v1/...`` follows directly)
* ``http://127.0.0.1:PORT/poweroffice`` behaves as PowerOffice Go (``/OAuth/Token``, ``/v2/...``)
* ``http://127.0.0.1:PORT/visma_net``   behaves as Visma.net Financials (``/v1/...``, ``/v2/...``) and as the token
  service of Visma Connect (``/connect/token``)
* ``http://127.0.0.1:PORT/control``     what people do in the vendors' own screens, and what tests need

The ready file names the addresses and the credentials:
``{"severa": {"base_url", "client_id", "client_secret"}, "poweroffice": {"base_url", "application_key",
"client_key", "subscription_key"}, "visma_net": {"base_url", "connect_url", "client_id", "client_secret", "tenant_id",
"customer_tenant_id", "settings"}, "control_url", "rate_limits", "pid"}``. ``settings`` are what a person who knows the
simulated company would set for it. Severa's invoice statuses are set up for the first ERP that is served.

Control calls (JSON in, JSON out):

* ``GET /`` lists systems, kinds of objects and actions with a line of help each; ``GET /world`` shows the seeded
  invoices with their traps (why one of them must not go through) and the clock.
* ``POST /{system}/{action}`` acts as a person would; ``GET /{system}/objects/{kind}`` shows everything stored.
* ``GET /exchanges[?system=&since=INDEX]`` shows recorded requests and answers with the secrets removed,
  ``DELETE /exchanges`` forgets them, ``POST /exchanges/recording {"on": bool}`` switches the recording.
* ``POST /faults {"system", "method", "path", "kind", "times"}`` orders a fault for the next matching requests:
  ``status:NNN``, ``drop_before``, ``drop_after``, ``delay:MS`` or ``expire_token``. ``path`` is exact below the
  base URL, a prefix ending in ``*``, or a template such as ``/v1/invoices/{guid}``. ``GET`` lists, ``DELETE`` clears.
* ``POST /clock {"advance_seconds": N}`` moves the time of every simulated system.

The package shares no code with the connectors or the core: a misreading of a contract must not stand at both ends
of a test. Each system is a package with ``build(world, clock, limits_on) -> System`` (see `sandbox.system`).
"""

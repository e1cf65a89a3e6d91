# Image and packages are pinned by their hashes; renew them with
#   docker buildx imagetools inspect python:3.13-slim-trixie   and   make lock
ARG PYTHON=python:3.13.15-slim-trixie@sha256:8d9d0b8bcf6506481eae4907c18f5e3e7902e629f5f6d684f9e7c32e85e3ddf0

FROM ${PYTHON} AS build
WORKDIR /src
RUN python -m venv /opt/dailypapers
COPY deploy/requirements.txt deploy/
RUN /opt/dailypapers/bin/pip install --no-cache-dir --require-hashes --requirement deploy/requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY config config
COPY demo demo
COPY locale locale
COPY templates templates
COPY src src
RUN /opt/dailypapers/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM ${PYTHON}
COPY --from=build /opt/dailypapers /opt/dailypapers
ENV PATH=/opt/dailypapers/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --create-home --uid 1000 papers && install --directory --owner papers /data
USER 1000:1000
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["dailypapers"]
CMD ["serve"]

FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /opt/dailypapers \
 && /opt/dailypapers/bin/pip install --no-cache-dir --constraint constraints.txt '.[postgres]'

FROM python:3.13-slim
COPY --from=build /opt/dailypapers /opt/dailypapers
ENV PATH=/opt/dailypapers/bin:$PATH PYTHONUNBUFFERED=1
RUN useradd --create-home --uid 1000 papers && install -d -o papers /data
USER papers
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["dailypapers"]
CMD ["serve"]

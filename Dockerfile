# One image for every process: `ringwatch collector`, `scheduler`, `web`, `migrate` ...
FROM python:3.13-slim-bookworm
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends openssl postgresql-client \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
COPY LICENSE README.md pyproject.toml ./
COPY rules rules
COPY words words
COPY storage storage
COPY operations operations
COPY notify notify
COPY reports reports
COPY wiring wiring
COPY collector collector
COPY scheduler scheduler
COPY web web
COPY ringwatch ringwatch
COPY deploy/compose deploy/compose
RUN useradd --uid 10001 --no-create-home ringwatch \
    && install -d -o ringwatch -g ringwatch -m 0700 /data \
    && python -m compileall -q /app
ENV PYTHONUNBUFFERED=1 RINGWATCH_DATA=/data
USER ringwatch
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["python", "-m", "ringwatch"]
CMD ["run"]

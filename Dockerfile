FROM python:3.11-slim-trixie@sha256:90744cff8f32887f075c47d747a173ff333e9e98801667af93c357fa9f5e28ff AS native
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev
COPY service/engine/executors/native native
RUN python native/compiler.py

FROM python:3.11-slim-trixie@sha256:90744cff8f32887f075c47d747a173ff333e9e98801667af93c357fa9f5e28ff

ENV PYTHONUNBUFFERED=1 \
    PYTHONPATH=/app \
    FEEDFORWARD_DATA_DIR=/data \
    FEEDFORWARD_HOST=0.0.0.0

RUN useradd --system --uid 10001 --no-create-home feedforward \
    && install --directory --owner=feedforward /data
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

COPY --from=native /usr/local/lib/feedforward /usr/local/lib/feedforward
COPY migrations migrations
COPY service service
RUN python -m compileall -q service migrations

USER feedforward
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, ssl, urllib.request as r; s = 's' * bool(os.environ.get('FEEDFORWARD_TLS_CERTIFICATE')); r.urlopen('http' + s + '://127.0.0.1:' + os.environ.get('FEEDFORWARD_PORT', '8000') + '/readyz', timeout=4, context=ssl._create_unverified_context())"]

# Every request needs a key, and there is none before you make it:
#   docker run --rm -v feedforward:/data feedforward keys create --name me --scopes admin
#   docker run -p 127.0.0.1:8000:8000 -v feedforward:/data feedforward
ENTRYPOINT ["python", "-m", "service.cli"]
CMD ["serve"]

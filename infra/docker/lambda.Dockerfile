# The collector as a Lambda image, for who prefers one to the zip. Build from the project's root:
#   docker build --platform linux/amd64 -f infra/docker/lambda.Dockerfile -t pedalcast-collector .
# Lambda runs it as a user of its own, with everything but /tmp read-only, and looks after its health.
FROM public.ecr.aws/lambda/python:3.12 AS build
WORKDIR /build
COPY requirements/uv.txt requirements/lambda.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
 && uv pip install --no-cache --target /package --require-hashes --only-binary :all: -r requirements/lambda.txt
COPY lambda/collector /package/collector

FROM public.ecr.aws/lambda/python:3.12
COPY --from=build /package ${LAMBDA_TASK_ROOT}
CMD ["collector.handler.handler"]

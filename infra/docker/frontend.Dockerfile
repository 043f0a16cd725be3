# The built page, and nginx in front of the service. Build from the root:
#   docker build --platform linux/amd64 -f infra/docker/frontend.Dockerfile -t pedalcast/frontend .
FROM node:24-bookworm-slim AS build
WORKDIR /page
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend/ ./
RUN npm run build -- --logLevel warn

# Its entry point fills the templates in from the environment, into /etc/nginx/conf.d: with a read-only root mount
# something writable there and at /tmp.
FROM nginxinc/nginx-unprivileged:1.28-bookworm
COPY --from=build /page/dist /usr/share/pedalcast
COPY infra/nginx/snippets /etc/nginx/snippets
COPY infra/nginx/https /etc/nginx/https
COPY infra/nginx/templates /etc/nginx/templates
USER 0
RUN rm /etc/nginx/conf.d/default.conf
USER 101
ENV PAGE_DIR=/usr/share/pedalcast SNIPPETS=/etc/nginx/snippets HTTP_PORT=8080 HTTPS_PORT=8443 \
    UPSTREAM_SERVERS="server api:8000 max_fails=1 fail_timeout=5s;" \
    NGINX_ENVSUBST_FILTER="^(PAGE_DIR|SNIPPETS|HTTP_PORT|HTTPS_PORT|UPSTREAM_SERVERS|WEBROOT|CERTIFICATES|SERVER_NAME)$"
EXPOSE 8080 8443
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/"]

# ReYNa Studio in one image. Alone it needs nothing else: a Postgres of its own keeps its data in the volume.
#
#     docker build -t reyna-studio .
#     docker run --init -p 127.0.0.1:3000:3000 -v reyna:/data reyna-studio
#
# The first account needs the setup code that it prints. compose.yaml runs it beside Postgres and NATS.

# The version that package.json names in bun-types; test/tidy.test.ts holds them together.
FROM oven/bun:1.4.5-slim AS packages
WORKDIR /studio
COPY package.json bun.lock bunfig.toml ./
RUN bun install --frozen-lockfile --production

FROM oven/bun:1.4.5-slim
WORKDIR /studio
COPY --from=packages /studio/node_modules node_modules
COPY . .
# A new volume takes over the owner of the folder that it is mounted on.
RUN mkdir --mode=700 /data && chown bun:bun /data

ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    REYNA_DATA=/data
USER bun
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
# With node:http, since fetch would go through an HTTP_PROXY that is meant for the model.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["bun", "-e", "require('node:http').get(`http://127.0.0.1:${process.env.PORT}/up`, (up) => process.exit(up.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
CMD ["bun", "src/main.ts"]

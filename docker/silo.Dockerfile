# syntax=docker/dockerfile:1
# A silo: grains, Kafka streams, training; with role api also the HTTP API. Built from the repository's root:
#   docker build -t levee-silo:v1 -f docker/silo.Dockerfile .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /levee
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages dotnet publish src/Silo/Silo.csproj -c Release -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# LightGBM's native library is linked with OpenMP.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir /data \
    && chown "$APP_UID:$APP_UID" /data
WORKDIR /app
COPY --from=build /app .
# No core dumps or diagnostics pipes: the root file system is read-only in Kubernetes.
ENV DOTNET_EnableDiagnostics=0
USER $APP_UID
EXPOSE 8000 11111 30000
# No HEALTHCHECK: Compose and Kubernetes probe /health/live and /health/ready themselves.
ENTRYPOINT ["dotnet", "Levee.Silo.dll"]

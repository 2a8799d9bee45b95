# syntax=docker/dockerfile:1
# The HTTP API in a process of its own, a client of the silos. Built from the repository's root:
#   docker build -t ml-api:v1 -f docker/api.Dockerfile .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /levee
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages dotnet publish src/Api/Api.csproj -c Release -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# LightGBM's native library, which comes along wherever a model may be trained, is linked with OpenMP.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app .
ENV DOTNET_EnableDiagnostics=0
USER $APP_UID
EXPOSE 8000
# No HEALTHCHECK: Compose and Kubernetes probe /health/live and /health/ready themselves.
ENTRYPOINT ["dotnet", "Levee.Api.dll"]

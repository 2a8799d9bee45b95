using System.Net;
using Levee.Storage;

namespace Levee.Integration.Harness;

/// <summary>A silo that asks for keys, and whom its dashboard lets in.</summary>
internal sealed class DashboardAccess
{
    // What the package maps: its pages, and what they read.
    private static readonly string[] Paths =
    [
        "", "index.html", "index.min.js", "favicon.ico", "version", "DashboardCounters", "ClusterStats", "Reminders", "Reminders/1", "HistoricalStats/x",
        "SiloProperties/x", "SiloMetadata/x", "SiloStats/x", "SiloCounters/x", "GrainStats/x", "TopGrainMethods", "GrainState", "LifecycleStages",
        "GrainTypes", "Trace",
    ];

    private readonly string _operator = ApiKeyText.Create();
    private readonly string _scorer = ApiKeyText.Create();

    /// <summary>What the silo is started with.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Levee:Security:Enabled", "true"),
        .. Key(0, "operator", _operator, "operate"),
        .. Key(1, "scorer", _scorer, "score"),
    ];

    /// <summary>Has the requests of a test bear the operator's key.</summary>
    public void LetIn(SiloUnderTest silo) => silo.Http.DefaultRequestHeaders.Add("X-Api-Key", _operator);

    /// <summary>Nobody without a key and no scorer gets anything, an operator all but the log.</summary>
    public async Task AssertOperatorsOnlyAsync(SiloUnderTest silo)
    {
        using var http = new HttpClient { BaseAddress = silo.Http.BaseAddress };
        foreach (var path in Paths)
        {
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, await StatusAsync(http, path, null)));
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, await StatusAsync(http, path, _scorer)));
            var status = await StatusAsync(http, path, _operator);

            // The log would show what Orleans says of grains by their keys, which are customers' ids.
            Assert.True(path == "Trace" ? status == HttpStatusCode.Forbidden : status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden), $"{path}: {status}");
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "", _operator));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "ClusterStats", _operator));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/dashboard/" + path, UriKind.Relative));
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.StatusCode;
    }

    private static (string Key, string Value)[] Key(int number, string name, string key, string role) =>
    [
        ($"Levee:Security:Keys:{number}:Name", name),
        ($"Levee:Security:Keys:{number}:Hash", Convert.ToHexString(ApiKeyText.Hash(key))),
        ($"Levee:Security:Keys:{number}:Roles:0", role),
    ];
}

using System.Net;
using System.Text;
using System.Text.Json;

namespace Levee.Api.Tests;

/// <summary>An HTTP answer with its JSON.</summary>
public sealed record Answer(HttpStatusCode Status, string? MediaType, string Body, HttpResponseMessage Response)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>Names of the faulty fields in problem details, in order.</summary>
    public string[] Fields => [.. Json.GetProperty("errors").EnumerateObject().Select(e => e.Name)];

    /// <summary>The first message about a field.</summary>
    public string Message(string field) => Json.GetProperty("errors").GetProperty(field)[0].GetString()!;

    public static async Task<Answer> PostAsync(HttpClient client, string path, string json) =>
        await PostAsync(client, path, new StringContent(json, Encoding.UTF8, "application/json"));

    public static async Task<Answer> PostAsync(HttpClient client, string path, HttpContent? content) =>
        await FromAsync(await client.PostAsync(new Uri(path, UriKind.Relative), content));

    public static async Task<Answer> GetAsync(HttpClient client, string path) =>
        await FromAsync(await client.GetAsync(new Uri(path, UriKind.Relative)));

    public static async Task<Answer> SendAsync(HttpClient client, HttpRequestMessage message) =>
        await FromAsync(await client.SendAsync(message));

    private static async Task<Answer> FromAsync(HttpResponseMessage response) => new(
        response.StatusCode,
        response.Content.Headers.ContentType?.MediaType,
        await response.Content.ReadAsStringAsync(),
        response);

    /// <summary>Checks that the answer is a good one.</summary>
    public void Ok() => Assert.True(Response.IsSuccessStatusCode, $"{Status}: {Body}");

    /// <summary>Checks that this is a problem of a status, as RFC 9457 has it.</summary>
    public Answer IsProblem(HttpStatusCode status)
    {
        Assert.True(status == Status, $"expected {status}, got {Status}: {Body}");
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal((int)status, Json.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(Json.GetProperty("title").GetString()));
        return this;
    }
}

namespace Levee.Api.Security;

/// <summary>Headers that keep browsers from doing with an answer what nobody meant.</summary>
internal static class SecurityHeaders
{
    /// <summary>Answers are data: nothing in them is run, and no page frames them.</summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>The dashboard is a page that brings scripts and styles of its own.</summary>
    private const string PagePolicy = "frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";

    /// <summary>Sets them; the documentation page replaces the policy by one of its own.</summary>
    public static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/dashboard") ? PagePolicy : DataPolicy;
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = OneYear;
        }
    }
}

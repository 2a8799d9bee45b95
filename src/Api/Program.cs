using System.Globalization;
using Levee.Api;
using Levee.Api.Hosting;

try
{
    var builder = WebApplication.CreateBuilder(args);
    var port = StartupErrors.ReadPort(builder.Configuration);
    builder.WebHost.UseKestrel(server => server.AddServerHeader = false);
    builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://*:{port}"));
    builder.AddLeveeApi();
    builder.AddClusterClient();

    var app = builder.Build();
    app.MapLeveeApi();
    app.Run();
    return 0;
}
catch (Exception e) when (StartupErrors.Describe(e) is { } sentence)
{
    Console.Error.WriteLine(sentence);
    return 1;
}

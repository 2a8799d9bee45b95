using Levee.Api;
using Levee.Api.Hosting;
using Levee.Api.Logging;
using Levee.Api.Security;

try
{
    var builder = WebApplication.CreateBuilder(args);
    var port = StartupErrors.ReadPort(builder.Configuration);
    var certificate = TlsCertificate.Load(builder.Configuration);
    builder.WebHost.UseKestrel(server => server.Listen(port, certificate));
    builder.Logging.AddLeveeConsole();
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

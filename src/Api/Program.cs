using System.Globalization;
using Levee.Api;
using Levee.Api.Hosting;

var builder = WebApplication.CreateBuilder(args);
var port = builder.Configuration.GetValue("Levee:Port", 8000);
builder.WebHost.UseKestrel(server => server.AddServerHeader = false);
builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://*:{port}"));
builder.AddLeveeApi();
builder.AddClusterClient();

var app = builder.Build();
app.MapLeveeApi();
app.Run();

namespace Levee.Api.Hosting;

/// <summary>A setting is missing or wrong; the message names its key.</summary>
internal sealed class SettingException(string message) : Exception(message);
